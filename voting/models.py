"""Polls (快速征询), who may answer, who has answered, and what was counted.

A secret poll keeps counters (`Tally`) and who took part (`Participation`), never a row that holds a person and a
choice; `closing` removes the counters and writes the participations anew. A named poll keeps `Ballot` rows. Times and
numbers in the order of casting are kept nowhere, and every key is random.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from meetings.live.models import Meeting, Participant
from server.core import ids


class PollMode(StrEnum):
    """记名 / 无记名."""

    NAMED = "NAMED"
    SECRET = "SECRET"  # noqa: S105 - a mode, not a password


class PollKind(StrEnum):
    """单选 / 多选."""

    SINGLE = "SINGLE"
    MULTIPLE = "MULTIPLE"


class PollState(StrEnum):
    """READY → OPEN → CLOSED; OPEN → VOID with a reason; DISPUTED when the counts do not agree at closing."""

    READY = "READY"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    VOID = "VOID"
    DISPUTED = "DISPUTED"


class Poll(models.Model):
    """征询: a question with options. Nothing of it but the state changes once it is open.

    Its row is the ballots' lock: casting updates it only while it is OPEN. Lock the meeting first, then the poll.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="polls")
    number = models.PositiveIntegerField()
    question = models.CharField(max_length=300)
    options = models.JSONField()
    mode = models.CharField(max_length=8, choices=[(mode.value, mode.value) for mode in PollMode])
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in PollKind])
    max_choices = models.PositiveSmallIntegerField(default=1)
    rule = models.CharField(max_length=60)
    state = models.CharField(
        max_length=8, default=PollState.READY, choices=[(state.value, state.value) for state in PollState]
    )
    eligible_count = models.PositiveIntegerField(null=True, blank=True)
    electorate = models.CharField(max_length=64, blank=True)
    config = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_poll_per_number"),
            models.UniqueConstraint(
                fields=["meeting"], condition=models.Q(state="OPEN"), name="one_open_poll_per_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.question}"


class Eligible(models.Model):
    """A person who may answer: written when the poll opens, never afterwards."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="electors")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["poll", "participant"], name="one_right_per_person_and_poll")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} may answer {self.poll_id}"


class Participation(models.Model):
    """A person has answered. Not what, not when.

    `command_ids` are the client's random ids, so that a ballot sent again gets the same answer; closing erases them.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="participations")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    command_ids = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["poll", "participant"], name="one_participation_per_person_and_poll")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} answered {self.poll_id}"


class Tally(models.Model):
    """The counter of one option while a secret poll is open. Nobody reads it before closing; closing deletes it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="tallies")
    option = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["poll", "option"], name="one_tally_per_option")]

    def __str__(self) -> str:
        return f"tally of {self.poll_id}"


class Ballot(models.Model):
    """A person's answer in a named poll; may change until closing."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    choices = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["poll", "participant"], name="one_ballot_per_person_and_poll")
        ]

    def __str__(self) -> str:
        return f"ballot of {self.participant_id}"
