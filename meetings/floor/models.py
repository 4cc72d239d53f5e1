"""Requests to speak and speeches.

`SpeakerRequest` rows are the truth; the order that people see is computed by `order`. Requests are withdrawn or
converted, never deleted. Who is heard follows from the open `Speech`; letting them be heard is `stage`.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting, Participant
from server.core import ids


class RequestKind(StrEnum):
    """预约 / 即席 / 提问 / 回应 / 插话."""

    SCHEDULED = "SCHEDULED"
    IMPROMPTU = "IMPROMPTU"
    QUESTION = "QUESTION"
    RESPONSE = "RESPONSE"
    DIALOGUE = "DIALOGUE"


class RequestState(StrEnum):
    """QUEUED → SPEAKING → DONE; or WITHDRAWN, SKIPPED (过号), CONVERTED_TO_WRITTEN (转书面)."""

    QUEUED = "QUEUED"
    SPEAKING = "SPEAKING"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"
    SKIPPED = "SKIPPED"
    CONVERTED_TO_WRITTEN = "CONVERTED_TO_WRITTEN"


LIMIT_SECONDS = {
    RequestKind.SCHEDULED: 360,
    RequestKind.IMPROMPTU: 180,
    RequestKind.QUESTION: 120,
    RequestKind.RESPONSE: 240,
    RequestKind.DIALOGUE: 120,
}


class Queue(models.Model):
    """Whether requests are taken."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="queue")
    is_open = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"queue of {self.meeting_id}"


class SpeakerRequest(models.Model):
    """发言申请 by a person. `arrival` is the server's order of arrival within the meeting."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="speaker_requests")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="speaker_requests")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RequestKind])
    topic = models.CharField(max_length=200, blank=True)
    on_behalf_of = models.CharField(max_length=50, blank=True)
    state = models.CharField(max_length=20, default=RequestState.QUEUED)
    arrival = models.PositiveIntegerField()
    requested_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["arrival"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=models.Q(state__in=["QUEUED", "SPEAKING"]),
                name="one_open_request_per_person_and_kind",
            ),
            models.UniqueConstraint(fields=["meeting", "arrival"], name="one_request_per_arrival"),
        ]

    def __str__(self) -> str:
        return f"{self.arrival} {self.participant_id} {self.state}"


class Speech(models.Model):
    """发言: who spoke from when to when, through which venue, with which limit."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="speeches")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="speeches")
    request = models.OneToOneField(SpeakerRequest, null=True, blank=True, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RequestKind])
    on_behalf_of = models.CharField(max_length=50, blank=True)
    topic = models.CharField(max_length=200, blank=True)
    venue = models.UUIDField(null=True, blank=True)
    limit_seconds = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["started_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting"], condition=models.Q(ended_at=None), name="one_open_speech_per_meeting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.started_at:%H:%M}"
