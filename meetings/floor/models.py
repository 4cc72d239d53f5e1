"""Requests to speak and speeches.

`SpeakerRequest` rows are the truth; the order that people see is computed by `order`. Requests are withdrawn,
passed over or converted, never deleted. Whoever's `Speech` has a `slot` has the floor: one person, up to four in a
dialogue. Letting them be heard is `stage`.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.floor.order import Preset, Rule
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
    """排队 → 待命 → 请发言 → 发言中 (⇄ 中断) → 发言完毕; or 已撤回, 过号, 转书面."""

    QUEUED = "QUEUED"
    ON_DECK = "ON_DECK"
    CALLED = "CALLED"
    SPEAKING = "SPEAKING"
    INTERRUPTED = "INTERRUPTED"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"
    SKIPPED = "SKIPPED"
    CONVERTED_TO_WRITTEN = "CONVERTED_TO_WRITTEN"


WAITING = (RequestState.QUEUED, RequestState.ON_DECK, RequestState.CALLED)
OPEN = (*WAITING, RequestState.SPEAKING, RequestState.INTERRUPTED)


class AnswerState(StrEnum):
    """What became of a question: 待回应 / 已回应 / 会后书面答复. Empty until it was put."""

    NONE = ""
    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    IN_WRITING = "IN_WRITING"


class Halt(StrEnum):
    """Why a speech's clock stands: the meeting is adjourned, or the speech was interrupted."""

    NONE = ""
    ADJOURNED = "ADJOURNED"
    INTERRUPTED = "INTERRUPTED"


LIMIT_SECONDS = {
    RequestKind.SCHEDULED: 360,
    RequestKind.IMPROMPTU: 180,
    RequestKind.QUESTION: 120,
    RequestKind.RESPONSE: 240,
    RequestKind.DIALOGUE: 120,
}
MICROPHONES = 4
"""So many may be open at once in a dialogue."""


class Queue(models.Model):
    """Whether requests are taken, by which rule they are put in order, and whether a dialogue is open.

    `length` is what everybody was told last.
    """

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="queue")
    is_open = models.BooleanField(default=False)
    preset = models.CharField(
        max_length=12, default=Preset.FIRST_COME, choices=[(preset.value, preset.value) for preset in Preset]
    )
    scheduled_first = models.BooleanField(default=True)
    public_may_ask = models.BooleanField(default=True)
    dialogue = models.BooleanField(default=False)
    length = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"queue of {self.meeting_id}"

    @property
    def rule(self) -> Rule:
        """The rule as `order` takes it."""
        return Rule(preset=Preset(self.preset), scheduled_first=self.scheduled_first)


class SpeakerRequest(models.Model):
    """发言申请 by a person.

    `arrival` is the server's order of arrival within the meeting, `rank` the host's word on it. A question is put
    to a department (`to`); a response may say which question it `answers`.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="speaker_requests")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="speaker_requests")
    asked_by = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RequestKind])
    topic = models.CharField(max_length=200, blank=True)
    on_behalf_of = models.CharField(max_length=50, blank=True)
    to = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, blank=True, default=AnswerState.NONE)
    state = models.CharField(max_length=20, default=RequestState.QUEUED)
    arrival = models.PositiveIntegerField()
    requested_at = models.DateTimeField()
    rank = models.PositiveIntegerField(null=True, blank=True)
    placed = models.BooleanField(default=False)
    calls = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True, blank=True)
    ready = models.BooleanField(default=False)
    requeued = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["arrival"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=models.Q(state__in=["QUEUED", "ON_DECK", "CALLED", "SPEAKING", "INTERRUPTED"]),
                name="one_open_request_per_person_and_kind",
            ),
            models.UniqueConstraint(fields=["meeting", "arrival"], name="one_request_per_arrival"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(state__in=["ON_DECK", "CALLED"]),
                name="one_who_is_next_per_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrival} {self.participant_id} {self.state}"


class Speech(models.Model):
    """发言: who spoke from when to when, through which venue, with which limit.

    `no` counts the speeches of the meeting. `slot` numbers the open microphones: 0, and up to 3 in a dialogue;
    empty: no longer, or for now not, on the floor. The clock has run for `spent_ms`, and since `running_since`
    where that is set. Not `timed`: no clock counts down (leaders, hosts, dialogues).
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="speeches")
    no = models.PositiveIntegerField(default=0)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="speeches")
    request = models.ForeignKey(
        SpeakerRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="speeches"
    )
    answers = models.ForeignKey(SpeakerRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RequestKind])
    on_behalf_of = models.CharField(max_length=50, blank=True)
    topic = models.CharField(max_length=200, blank=True)
    venue = models.UUIDField(null=True, blank=True)
    limit_seconds = models.PositiveIntegerField()
    timed = models.BooleanField(default=True)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    spent_ms = models.PositiveBigIntegerField(default=0)
    running_since = models.DateTimeField(null=True, blank=True)
    halted = models.CharField(max_length=11, blank=True, default=Halt.NONE)

    class Meta:
        ordering: ClassVar = ["no"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "no"], name="one_speech_per_number"),
            models.UniqueConstraint(fields=["meeting", "slot"], name="one_speech_per_microphone"),
            models.UniqueConstraint(
                fields=["participant"], condition=models.Q(slot__isnull=False), name="one_microphone_per_person"
            ),
            models.CheckConstraint(condition=models.Q(slot=None) | models.Q(slot__lt=4), name="four_microphones"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(slot=None, running_since=None), name="what_ended_is_still"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.started_at:%H:%M}"

    def stop_clock(self, now: datetime) -> None:
        """Settle what has been spent until now."""
        if self.running_since is not None:
            self.spent_ms += max(0, (now - self.running_since) // timedelta(milliseconds=1))
            self.running_since = None

    @property
    def overtime_ms(self) -> int:
        """By how much the limit was passed, of what is settled."""
        return max(0, self.spent_ms - self.limit_seconds * 1000) if self.timed else 0
