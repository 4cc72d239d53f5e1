"""Commands at the door: the roster, signing in, the lobby, seats in venues, muting and showing out."""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from pydantic import Field

from meetings.live.commands import Command, handles
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingEnded
from meetings.live.models import Participant
from meetings.live.roles import BEFORE_THE_END, DOORS_OPEN, KIND_OF_ROLE, STAFF_ROLES, MeetingState, Presence, Role
from meetings.live.scene import Scene
from meetings.people import events, links
from meetings.people.expulsion import close_sockets_after_commit
from meetings.people.models import Attendance, MeetingVenue, Venue
from meetings.people.views import participant_view, participant_views, venue_view
from server.accounts.models import Appointment, Member, OrganizationRole, Person
from server.core.errors import Code, Refused

AFTER_EVERYBODY = 2_100_000_000
"""Where guests stand in lists."""
WALK_IN = STAFF_ROLES | {Role.VENUE_CLERK, Role.LEADER}
"""Roles that need nobody to admit them."""


class Invite(Command, name="people.invite"):
    """Put people of the organisation on the roster with a role; `venue` seats them (for a clerk: the own venue)."""

    persons: list[UUID] = Field(min_length=1, max_length=2500)
    role: Role
    venue: UUID | None = None


class InviteGuest(Command, name="people.invite_guest"):
    """Put a guest without an account on the roster. The link is made over HTTP (`/api/people/…/guest-link`)."""

    guest_name: str = Field(min_length=1, max_length=50)
    unit: str = Field(default="", max_length=80)
    title: str = Field(default="", max_length=100)
    role: Role = Role.PUBLIC
    venue: UUID | None = None


class Uninvite(Command, name="people.uninvite"):
    """Take somebody off the roster who has not come yet."""

    participant: UUID


class GrantLeave(Command, name="people.grant_leave"):
    """请假: approve somebody's leave."""

    participant: UUID
    reason: str = Field(default="", max_length=200)


class CheckIn(Command, name="people.check_in"):
    """签到: sign in at the door."""


class TakeSeat(Command, name="people.take_seat"):
    """Sit down in the venue whose QR was scanned, or (without a token) leave the venue."""

    token: str | None = Field(default=None, max_length=300)


class Admit(Command, name="people.admit"):
    """Let people in who wait."""

    participants: list[UUID] = Field(min_length=1, max_length=2500)


class AdmitAll(Command, name="people.admit_all"):
    """Let everybody in who waits."""


class Leave(Command, name="people.leave"):
    """Leave the meeting."""


class Remove(Command, name="people.remove"):
    """请离会场: show somebody out for good."""

    participant: UUID
    reason: str = Field(default="", max_length=200)


class Mute(Command, name="people.mute"):
    """Shut somebody's microphone on the server."""

    participant: UUID


class Unmute(Command, name="people.unmute"):
    """Take the mute back."""

    participant: UUID


@handles(Invite)
def invite(cmd: Invite, scene: Scene) -> Iterator[Event]:
    """Add the people who are not on the roster yet; refuse if all are."""
    scene.require_state(*BEFORE_THE_END)
    _require_may_appoint(cmd, scene)
    yield from _bring_venue(cmd.venue, scene)
    known = set(Participant.objects.filter(meeting=scene.meeting).values_list("person_id", flat=True))
    persons = Person.objects.filter(pk__in=cmd.persons, organization=scene.meeting.organization)
    fresh = [person for person in persons.select_related("unit") if person.pk not in known]
    if not fresh:
        raise Refused(Code.ALREADY_INVITED)
    sectors = {
        member.person_id: member.sector
        for member in Member.objects.filter(person__in=fresh, organization=scene.meeting.organization).select_related(
            "sector"
        )
    }
    rows = [
        Participant(
            meeting=scene.meeting,
            person=person,
            name=person.name,
            unit=person.unit.name if person.unit else "",
            title=person.title,
            role=cmd.role,
            attendance_kind=KIND_OF_ROLE[cmd.role],
            sector=sectors.get(person.pk),
            venue=cmd.venue,
            position=person.position,
        )
        for person in fresh
    ]
    Participant.objects.bulk_create(rows)
    scene.result["participants"] = [str(row.pk) for row in rows]
    yield events.Invited(participants=participant_views(rows))


@handles(InviteGuest)
def invite_guest(cmd: InviteGuest, scene: Scene) -> Iterator[Event]:
    """Add a guest whose name and unit the inviter vouches for. Guests never hold an office of the meeting."""
    scene.require_state(*BEFORE_THE_END)
    if cmd.role not in (Role.PUBLIC, Role.EXPERT, Role.OBSERVER, Role.MEDIA, Role.DEPARTMENT):
        raise Refused(Code.NOT_ALLOWED, role=cmd.role.value)
    yield from _bring_venue(cmd.venue, scene)
    row = Participant.objects.create(
        meeting=scene.meeting,
        name=cmd.guest_name.strip(),
        unit=cmd.unit.strip(),
        title=cmd.title.strip(),
        role=cmd.role,
        attendance_kind=KIND_OF_ROLE[cmd.role],
        venue=cmd.venue,
        position=AFTER_EVERYBODY,
    )
    scene.result["participant"] = str(row.pk)
    yield events.Invited(participants=[participant_view(row)])


@handles(Uninvite)
def uninvite(cmd: Uninvite, scene: Scene) -> Iterator[Event]:
    """Only before having come, and only whoever has left nothing behind: what happened stays."""
    scene.require_state(*BEFORE_THE_END)
    row = scene.participant(cmd.participant)
    if row.presence not in (Presence.INVITED, Presence.ON_LEAVE) or row.attendance.exists():
        raise Refused(Code.WRONG_STATE, presence=row.presence)
    if row.pk == scene.me.pk:
        raise Refused(Code.NOT_ALLOWED)
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        raise Refused(Code.WRONG_STATE, presence=row.presence) from None
    yield events.Uninvited(participant=str(cmd.participant))


@handles(GrantLeave)
def grant_leave(cmd: GrantLeave, scene: Scene) -> Iterator[Event]:
    """INVITED → ON_LEAVE."""
    scene.require_state(*BEFORE_THE_END)
    row = scene.participant(cmd.participant)
    if row.presence != Presence.INVITED:
        raise Refused(Code.WRONG_STATE, presence=row.presence)
    _move([row], Presence.ON_LEAVE)
    yield events.LeaveGranted(participants=[participant_view(row)], reason=cmd.reason)


@handles(CheckIn)
def check_in(cmd: CheckIn, scene: Scene) -> Iterator[Event]:
    """Staff walk in; others wait; who had been admitted before walks back in. Signing in twice changes nothing."""
    scene.require_state(*DOORS_OPEN)
    me = scene.me
    if me.presence in (Presence.PRESENT, Presence.WAITING):
        return
    if me.role in WALK_IN or me.attendance.exists():
        _enter([me], scene)
    else:
        _move([me], Presence.WAITING)
    yield events.CheckedIn(participants=[participant_view(me)])


@handles(TakeSeat)
def take_seat(cmd: TakeSeat, scene: Scene) -> Iterator[Event]:
    """The token proves the room; the person is who signed in. A clerk's seat is fixed: the own venue."""
    scene.require_state(*DOORS_OPEN)
    me = scene.me
    if me.role == Role.VENUE_CLERK:
        raise Refused(Code.NOT_ALLOWED)
    venue = None
    if cmd.token is not None:
        meeting, venue = links.venue_of(cmd.token)
        if meeting != scene.meeting.pk or not scene.meeting.venues.filter(venue=venue).exists():
            raise Refused(Code.LINK_UNKNOWN)
    if me.venue == venue:
        return
    me.venue = venue
    me.save(update_fields=["venue"])
    yield events.Seated(participants=[participant_view(me)])


@handles(Admit)
def admit(cmd: Admit, scene: Scene) -> Iterator[Event]:
    """WAITING → PRESENT for the people named; refuse when none of them waits (a colleague was quicker)."""
    waiting = _waiting(scene).filter(pk__in=cmd.participants)
    yield from _let_in(list(waiting), scene)


@handles(AdmitAll)
def admit_all(cmd: AdmitAll, scene: Scene) -> Iterator[Event]:
    """WAITING → PRESENT for everybody."""
    yield from _let_in(list(_waiting(scene)), scene)


@handles(Leave)
def leave(cmd: Leave, scene: Scene) -> Iterator[Event]:
    """PRESENT or WAITING → LEFT."""
    scene.require_state(*DOORS_OPEN)
    me = scene.me
    if me.presence not in (Presence.PRESENT, Presence.WAITING):
        return
    _exit([me], scene, Presence.LEFT)
    yield events.Left(participants=[participant_view(me)])


@handles(Remove)
def remove(cmd: Remove, scene: Scene) -> Iterator[Event]:
    """Anybody but the host → REMOVED; their sockets are closed. A host may show out another host."""
    scene.require_state(*BEFORE_THE_END)
    row = scene.participant(cmd.participant)
    if (row.role == Role.HOST and scene.me.role != Role.HOST) or row.pk == scene.me.pk:
        raise Refused(Code.NOT_ALLOWED)
    if row.presence == Presence.REMOVED:
        return
    _exit([row], scene, Presence.REMOVED)
    close_sockets_after_commit(scene.meeting.pk, row.pk)
    yield events.Removed(participants=[participant_view(row)], reason=cmd.reason)


@handles(Mute)
def mute(cmd: Mute, scene: Scene) -> Iterator[Event]:
    """Shut a microphone."""
    row = _whose_microphone(cmd.participant, scene)
    if not row.muted:
        row.muted = True
        row.save(update_fields=["muted"])
        yield events.Muted(participants=[participant_view(row)])


@handles(Unmute)
def unmute(cmd: Unmute, scene: Scene) -> Iterator[Event]:
    """Take a mute back."""
    row = _whose_microphone(cmd.participant, scene)
    if row.muted:
        row.muted = False
        row.save(update_fields=["muted"])
        yield events.Unmuted(participants=[participant_view(row)])


@reacts_to(MeetingEnded)
def everybody_leaves(event: MeetingEnded, scene: Scene) -> Iterator[Event]:
    """散会 closes every stay. Presence is kept as it was: it tells who was there at the end."""
    Attendance.objects.filter(participant__meeting=scene.meeting, left_at=None).update(left_at=scene.now)
    yield from ()


def _require_may_appoint(cmd: Invite, scene: Scene) -> None:
    """Auditors hold that office; hosts are named before the meeting, or by its host."""
    if cmd.role == Role.AUDITOR:
        officers = Appointment.objects.filter(person__in=cmd.persons, role=OrganizationRole.AUDITOR)
        if officers.values("person").distinct().count() < len(set(cmd.persons)):
            raise Refused(Code.NOT_ALLOWED, role=cmd.role.value)
    running = scene.meeting.state in (MeetingState.LIVE, MeetingState.PAUSED)
    if cmd.role in (Role.HOST, Role.CO_HOST) and running and scene.actor and scene.actor.role != Role.HOST:
        raise Refused(Code.NOT_ALLOWED, role=cmd.role.value)


def _bring_venue(venue_id: UUID | None, scene: Scene) -> Iterator[Event]:
    """Make sure that a venue named for somebody takes part."""
    if venue_id is None or scene.meeting.venues.filter(venue=venue_id).exists():
        return
    venue = Venue.objects.filter(pk=venue_id, organization=scene.meeting.organization).first()
    if venue is None:
        raise Refused(Code.NOT_FOUND, what="venue")
    row = MeetingVenue.objects.create(meeting=scene.meeting, venue=venue, position=scene.meeting.venues.count())
    yield events.VenueAdded(venue=venue_view(row))


def _waiting(scene: Scene) -> "QuerySet[Participant]":
    scene.require_state(*DOORS_OPEN)
    return Participant.objects.filter(meeting=scene.meeting, presence=Presence.WAITING).select_related("sector")


def _let_in(rows: list[Participant], scene: Scene) -> Iterator[Event]:
    if not rows:
        raise Refused(Code.NOBODY_WAITING)
    _enter(rows, scene)
    yield events.Admitted(participants=participant_views(rows))


def _enter(rows: list[Participant], scene: Scene) -> None:
    _move(rows, Presence.PRESENT)
    Attendance.objects.bulk_create([Attendance(participant=row, arrived_at=scene.now) for row in rows])


def _exit(rows: list[Participant], scene: Scene, presence: Presence) -> None:
    _move(rows, presence)
    Attendance.objects.filter(participant__in=rows, left_at=None).update(left_at=scene.now)


def _move(rows: list[Participant], presence: Presence) -> None:
    for row in rows:
        row.presence = presence
    Participant.objects.filter(pk__in=[row.pk for row in rows]).update(presence=presence)


def _whose_microphone(participant_id: UUID, scene: Scene) -> Participant:
    """A clerk reaches into the own venue only."""
    scene.require_state(*BEFORE_THE_END)
    row = scene.participant(participant_id)
    if scene.me.role == Role.VENUE_CLERK and (scene.me.venue is None or row.venue != scene.me.venue):
        raise Refused(Code.NOT_ALLOWED)
    return row
