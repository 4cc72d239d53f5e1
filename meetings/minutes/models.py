"""Minutes of a meeting: blocks while they are drafted, a frozen paper once they are issued.

Until the issue the `MinutesBlock` rows are the truth; from then on it is `snapshot`, canonical JSON whose SHA-256 is
`sha256`, and nothing here is written any more. A correction is a new revision, never a change.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting
from meetings.minutes.blocks import BlockKind
from server.accounts.models import Organization, Person
from server.core import ids


class MinutesState(StrEnum):
    """The machine of domain 2.7. This release goes DRAFTING → REVIEWING → ISSUED."""

    DRAFTING = "DRAFTING"
    REVIEWING = "REVIEWING"
    COUNTERSIGN = "COUNTERSIGN"
    APPROVING = "APPROVING"
    SIGNED = "SIGNED"
    ISSUED = "ISSUED"
    DELIVERED = "DELIVERED"
    ARCHIVED = "ARCHIVED"


FROZEN = frozenset({MinutesState.ISSUED, MinutesState.DELIVERED, MinutesState.ARCHIVED})


class Minutes(models.Model):
    """协商纪要 of one meeting. `version` guards the head of the paper (title, recipients) like a block's version."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    state = models.CharField(
        max_length=12, default=MinutesState.DRAFTING, choices=[(state.value, state.value) for state in MinutesState]
    )
    series = models.CharField(max_length=100)
    issuer = models.CharField(max_length=100)
    title = models.CharField(max_length=250)
    sent_to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    copies = models.PositiveSmallIntegerField(default=30)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    issue_year = models.PositiveSmallIntegerField(null=True, blank=True)
    issue_no = models.PositiveIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    snapshot = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=64, blank=True)
    head_seq = models.PositiveBigIntegerField(null=True, blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "id"]
        verbose_name_plural = "minutes"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "series", "issue_year", "issue_no"], name="one_issue_per_number"
            ),
            # What is issued has its number, its text and its hash; what is not has none of them.
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[state.value for state in sorted(FROZEN)],
                    issue_year__isnull=False,
                    issue_no__gte=1,
                    issued_at__isnull=False,
                )
                & ~models.Q(sha256="")
                | models.Q(
                    state__in=[state.value for state in MinutesState if state not in FROZEN],
                    issue_no=None,
                    issued_at=None,
                    sha256="",
                ),
                name="issued_is_numbered_and_hashed",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-issued_at"], name="minutes_by_issue")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_frozen(self) -> bool:
        """Nothing may be written any more."""
        return self.state in FROZEN


class MinutesBlock(models.Model):
    """One block while the minutes are drafted. `edited_by` is empty as long as no human has touched the text."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in BlockKind])
    heading = models.CharField(max_length=100)
    facts = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    text = models.TextField(blank=True)
    rows = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["minutes", "kind"], name="one_block_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class BlockRevision(models.Model):
    """A text that a block had: nothing that somebody wrote is lost."""

    block = models.ForeignKey(MinutesBlock, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    rows = models.JSONField(default=list)
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["block", "version"], name="one_revision_per_version")]

    def __str__(self) -> str:
        return f"{self.block_id} v{self.version}"


class MinutesStep(models.Model):
    """One step of the paper: drafted, submitted, returned, issued; by whom, when, with which comment."""

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
