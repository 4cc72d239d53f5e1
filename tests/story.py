"""Words to tell a test's story in: a room with people, who do things.

Rows are made the way the product makes them: through commands wherever a command exists.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from meetings.live import commands, journal
from meetings.live.events import Event
from meetings.live.execute import Answer, execute
from meetings.live.models import JournalEntry, Meeting, Participant
from meetings.live.roles import KIND_OF_ROLE, Presence, Role
from meetings.people.models import Attendance, MeetingVenue, Venue
from server.accounts.models import Account, Organization, Person, Sector

PASSWORD = "Chengwan-2026!"


@dataclass
class Somebody:
    """A participant who can do things."""

    room: "Room"
    id: uuid.UUID

    @property
    def row(self) -> Participant:
        """The participant as it is now."""
        return Participant.objects.get(pk=self.id)

    def does(self, type_: str, *, command_id: str | None = None, **fields: Any) -> Answer:
        """Give a command, as the wire would bring it."""
        command = commands.parse({"type": type_, **fields})
        return execute(
            meeting_id=self.room.meeting_id,
            actor=self.id,
            command_id=command_id or str(uuid.uuid4()),
            command=command,
        )


@dataclass
class Room:
    """A meeting and its people."""

    meeting_id: uuid.UUID
    organization: Organization

    @property
    def meeting(self) -> Meeting:
        """The meeting as it is now."""
        return Meeting.objects.get(pk=self.meeting_id)

    def person(self, name: str, role: Role = Role.MEMBER, *, present: bool = True, **fields: Any) -> Somebody:
        """Somebody on the roster, inside unless said otherwise."""
        person = Person.objects.create(organization=self.organization, name=name)
        row = Participant.objects.create(
            meeting_id=self.meeting_id,
            person=person,
            name=name,
            role=role,
            attendance_kind=KIND_OF_ROLE[role],
            presence=Presence.PRESENT if present else Presence.INVITED,
            **fields,
        )
        if present:
            Attendance.objects.create(participant=row, arrived_at=datetime(2026, 5, 21, 6, 30, tzinfo=UTC))
        return Somebody(self, row.pk)

    def host(self, name: str = "青云岭") -> Somebody:
        """The host."""
        return self.person(name, Role.HOST)

    def member(self, name: str = "赵立春", **fields: Any) -> Somebody:
        """A member who is inside."""
        return self.person(name, Role.MEMBER, **fields)

    def venue(self, name: str = "东屿区政协分会场") -> Venue:
        """A venue that takes part."""
        venue = Venue.objects.create(organization=self.organization, name=name)
        MeetingVenue.objects.create(meeting_id=self.meeting_id, venue=venue)
        return venue

    def account(self, somebody: Somebody, username: str) -> Account:
        """An account for somebody, with the password already changed."""
        person = somebody.row.person
        assert person is not None
        return Account.objects.create_user(
            username=username, password=PASSWORD, person=person, must_change_password=False
        )

    @property
    def events(self) -> list[Event]:
        """The journal as events."""
        rows = JournalEntry.objects.filter(meeting_id=self.meeting_id).order_by("seq")
        return [event for row in rows if (event := journal.typed(row)) is not None]

    @property
    def types(self) -> list[str]:
        """The journal as event types."""
        return [event.type for event in self.events]


def new_room(state: str = "LIVE") -> Room:
    """A meeting of 澄湾市 in the given state."""
    organization, _ = Organization.objects.get_or_create(name="政协澄湾市委员会", defaults={"short_name": "澄湾市政协"})
    Sector.objects.get_or_create(organization=organization, name="工商联界")
    meeting = Meeting.objects.create(
        organization=organization,
        title="“加快新能源充电桩建设”远程协商会",
        state=state,
        scheduled_start=datetime(2026, 5, 21, 6, 30, tzinfo=UTC),
    )
    return Room(meeting.pk, organization)
