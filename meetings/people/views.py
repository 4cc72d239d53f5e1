"""Participants and venues as they stand on the wire."""

from collections.abc import Iterable

from pydantic import BaseModel

from meetings.live.models import Participant
from meetings.live.roles import AttendanceKind, Presence, Role
from meetings.people.models import MeetingVenue


class ParticipantView(BaseModel):
    """A participant as everybody in the meeting sees it."""

    id: str
    person: str | None
    name: str
    unit: str
    title: str
    role: Role
    kind: AttendanceKind
    sector: str | None
    venue: str | None
    presence: Presence
    muted: bool
    position: int


class VenueView(BaseModel):
    """A venue that takes part."""

    id: str
    name: str
    type: str
    capacity: int
    position: int


def participant_view(row: Participant) -> ParticipantView:
    """One participant; select `sector` with the row when there are many."""
    return ParticipantView(
        id=str(row.pk),
        person=str(row.person_id) if row.person_id else None,
        name=row.name,
        unit=row.unit,
        title=row.title,
        role=Role(row.role),
        kind=AttendanceKind(row.attendance_kind),
        sector=row.sector.name if row.sector else None,
        venue=str(row.venue) if row.venue else None,
        presence=Presence(row.presence),
        muted=row.muted,
        position=row.position,
    )


def participant_views(rows: Iterable[Participant]) -> list[ParticipantView]:
    """Several participants in the order given."""
    return [participant_view(row) for row in rows]


def venue_view(row: MeetingVenue) -> VenueView:
    """One venue of a meeting; select `venue` with the row."""
    return VenueView(
        id=str(row.venue_id),
        name=row.venue.name,
        type=row.venue.type,
        capacity=row.venue.capacity,
        position=row.position,
    )
