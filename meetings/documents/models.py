"""The materials of a meeting, and which page of which is shown to everybody.

Rows are the truth; files lie in a folder named after the document's id (`storage`). A document in PROCESSING waits for
a process that renders it (`rendering`): `worker` and `leased_until` say whether one is at it.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting, Participant
from server.core import ids


class DocumentState(StrEnum):
    """PROCESSING → READY | FAILED; any → RECALLED (收回)."""

    PROCESSING = "PROCESSING"
    READY = "READY"
    FAILED = "FAILED"
    RECALLED = "RECALLED"


class MeetingDocument(models.Model):
    """材料: one uploaded file. `ready_pages` pages can be looked at; `pages` is 0 until the file has been opened."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=120)
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField()
    pages = models.PositiveIntegerField(default=0)
    ready_pages = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=10,
        default=DocumentState.PROCESSING,
        choices=[(state.value, state.value) for state in DocumentState],
    )
    error = models.CharField(max_length=40, blank=True)
    uploader = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="documents")
    position = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=36, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "position"], name="one_document_per_position"),
            models.CheckConstraint(
                condition=models.Q(ready_pages__lte=models.F("pages")), name="no_more_pages_ready_than_there_are"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["leased_until"], condition=models.Q(state="PROCESSING"), name="documents_to_render")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"


class Presenting(models.Model):
    """The page that everybody is shown. The row is there only while something is presented."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="presenting")
    document = models.ForeignKey(MeetingDocument, on_delete=models.CASCADE)
    page = models.PositiveIntegerField()
    presenter = models.ForeignKey(Participant, on_delete=models.PROTECT)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.document_id} page {self.page}"
