"""The durable meeting: its row is the lock, its journal is the record.

`Meeting.seq` and `Meeting.head` are the journal's last number and link. Journal entries are never changed or deleted;
redaction for the law empties personal fields and keeps the digest.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models

from meetings.live.roles import AttendanceKind, MeetingState, Presence, Role
from server.accounts.models import Organization, Person, Sector
from server.core import ids


class Meeting(models.Model):
    """One live session. Locked (`select_for_update`) for every live change, always before any poll.

    `acting_host` acts for the host, who is lost (see `hosting`).
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    title = models.CharField(max_length=200)
    state = models.CharField(
        max_length=12, default=MeetingState.DRAFT, choices=[(state.value, state.value) for state in MeetingState]
    )
    scheduled_start = models.DateTimeField()
    planned_minutes = models.PositiveSmallIntegerField(default=120)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    acting_host = models.ForeignKey("Participant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        ordering: ClassVar = ["-scheduled_start", "id"]

    def __str__(self) -> str:
        return self.title


class Participant(models.Model):
    """参会人: a person with a role in one meeting. Guests have no `person`; name and unit were fixed by the inviter.

    `venue` is the id of the venue where the person sits: then the venue's endpoint is the person's camera and
    microphone. `muted` is the server's word, not a wish of the browser.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    name = models.CharField(max_length=50)
    unit = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=12, choices=[(role.value, role.value) for role in Role])
    attendance_kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in AttendanceKind])
    sector = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.PROTECT)
    venue = models.UUIDField(null=True, blank=True)
    presence = models.CharField(
        max_length=8, default=Presence.INVITED, choices=[(presence.value, presence.value) for presence in Presence]
    )
    muted = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "person"], name="one_seat_per_person_and_meeting")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.role})"


class Seen(models.Model):
    """When somebody who runs the meeting was last seen connected, by whichever web process (see `hosting`)."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="seen")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.participant_id} {self.at:%H:%M:%S}"


class JournalEntry(models.Model):
    """One event as it happened. `data` is canonical JSON; `link` chains the entries (see `journal`)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="journal")
    seq = models.PositiveBigIntegerField()
    at = models.CharField(max_length=24)
    type = models.CharField(max_length=60)
    v = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=8)
    actor = models.CharField(max_length=36, blank=True)
    data = models.TextField()
    redacted = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    link = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["meeting", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["meeting", "seq"], name="one_entry_per_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: what happened stays."""
        raise TypeError("Journal entries cannot be deleted.")


class CommandReceipt(models.Model):
    """The answer already given to a command id of one actor: a command sent twice is done once."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE)
    actor = models.CharField(max_length=36, blank=True)
    command_id = models.CharField(max_length=64)
    name = models.CharField(max_length=60)
    seq = models.PositiveBigIntegerField()
    result = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "actor", "command_id"], name="one_receipt_per_command")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.command_id}"
