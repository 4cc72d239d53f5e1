"""The demo city's consultation and its meeting today, made by the commands that a secretary would give.

There is always one meeting that has not ended: who has played one through finds a fresh one at the next start.
"""

from datetime import datetime, time

from django.utils import timezone

from meetings.agenda.commands import ItemIn, SetItems
from meetings.consultation import services
from meetings.consultation.machine import Move
from meetings.consultation.models import Consultation, ConsultationForm
from meetings.live.commands import Command
from meetings.live.execute import Answer, execute
from meetings.live.lifecycle import Cancel, Publish
from meetings.live.models import Meeting, Participant
from meetings.live.roles import MeetingState, Role
from meetings.people.commands import GrantLeave, Invite, InviteGuest
from server.accounts.models import Account, Person
from server.core import clock, ids
from server.demo.city import City, minutes_between
from server.demo.materials import laid_out
from server.demo.people import People

OPEN = (
    MeetingState.DRAFT,
    MeetingState.NOTIFIED,
    MeetingState.LOBBY,
    MeetingState.LIVE,
    MeetingState.PAUSED,
)
STAFF = (Role.HOST, Role.RECORDER, Role.TECH, Role.VENUE_CLERK)


def meeting_today(city: City, people: People, *, documents: bool = True) -> Meeting:
    """The open meeting, or a new one; with the documents on its table unless there is no need of them."""
    meetings = Meeting.objects.filter(organization=people.organization, title=city.meeting.title)
    for meeting in meetings.filter(state__in=OPEN).order_by("-scheduled_start"):
        if meeting.state != MeetingState.NOTIFIED or meeting.scheduled_start >= _at("00:00"):
            return meeting
        _Desk(meeting, people).does(Cancel(reason="会期已过，另行通知"))
    return _called(city, people, documents=documents)


def _called(city: City, people: People, *, documents: bool) -> Meeting:
    secretary = Account.objects.get(person=_secretary(city, people))
    meeting_id = services.call_meeting(
        _consultation(city, people),
        by=secretary,
        title=city.meeting.title,
        scheduled_start=_at(city.meeting.start),
        planned_minutes=minutes_between(city.meeting.start, city.meeting.end),
    )
    meeting = Meeting.objects.get(pk=meeting_id)
    desk = _Desk(meeting, people)
    _invite(city, people, desk)
    desk.does(SetItems(items=_agenda(city, desk)))
    for document in city.documents if documents else []:
        desk.does(laid_out(document, by=desk.me))
    for member in city.members:
        if member.attendance == "leave":
            desk.does(GrantLeave(participant=desk.seats[member.id].pk, reason="因公请假"))
    desk.does(Publish())
    meeting.refresh_from_db()
    return meeting


def _consultation(city: City, people: People) -> Consultation:
    found = Consultation.objects.filter(organization=people.organization, title=city.consultation.title).first()
    if found is not None:
        return found
    by = _secretary(city, people)
    made = services.open_consultation(
        organization=people.organization,
        by=by,
        title=city.consultation.title,
        form=ConsultationForm.REMOTE,
        topic=city.topic.title,
    )
    for move in (Move.SELECT, Move.APPROVE_PLAN, Move.CONFIRM_PARTICIPANTS, Move.PUBLISH_NOTICE):
        services.move(made, move, by=by)
    made.refresh_from_db()
    return made


def _secretary(city: City, people: People) -> Person:
    return people.persons[next(each.id for each in city.staff if each.role == Role.SECRETARY)]


def _at(clock_time: str) -> datetime:
    today = timezone.localdate(clock.now())
    return timezone.make_aware(datetime.combine(today, time.fromisoformat(clock_time)))


class _Desk:
    """The secretary at work: gives commands, and knows who has which seat."""

    def __init__(self, meeting: Meeting, people: People) -> None:
        self._meeting = meeting
        self._people = people
        self.seats: dict[str, Participant] = {}
        self.me = Participant.objects.get(meeting=meeting, role=Role.SECRETARY)

    def does(self, command: Command) -> Answer:
        return execute(meeting_id=self._meeting.pk, actor=self.me.pk, command_id=str(ids.new()), command=command)

    def invites(self, who: list[str], role: Role, *, venue: str | None = None) -> None:
        persons = {self._people.persons[each].pk: each for each in who}
        at = self._people.venues[venue].pk if venue else None
        self.does(Invite(persons=list(persons), role=role, venue=at))
        for row in Participant.objects.filter(meeting=self._meeting, person__in=persons):
            assert row.person_id is not None
            self.seats[persons[row.person_id]] = row

    def invites_guest(self, who: str, *, name: str, unit: str, title: str, role: Role, venue: str | None) -> None:
        at = self._people.venues[venue].pk if venue else None
        answer = self.does(InviteGuest(guest_name=name, unit=unit, title=title, role=role, venue=at))
        assert answer.result is not None
        self.seats[who] = Participant.objects.get(pk=answer.result["participant"])


def _invite(city: City, people: People, desk: _Desk) -> None:
    clerk_of = {venue.clerk: venue.id for venue in city.venues}
    for person in city.staff:
        if person.role in STAFF:
            desk.invites([person.id], Role(person.role), venue=clerk_of.get(person.id))
    desk.invites([each.id for each in city.leaders], Role.LEADER)
    desk.invites([each.id for each in city.officers if each.role == Role.AUDITOR], Role.AUDITOR)
    for venue in [None, *(each.id for each in city.venues)]:
        desk.invites([each.id for each in city.members if each.venue == venue], Role.MEMBER, venue=venue)
    desk.invites([each.id for each in city.departments], Role.DEPARTMENT)
    for expert in city.experts:
        desk.invites([expert.id], Role.EXPERT, venue=expert.venue)
    for guest in city.guests:
        desk.invites_guest(guest.id, name=guest.name, unit="", title=guest.title, role=Role.PUBLIC, venue=guest.venue)
    for observer in city.observers:
        desk.invites_guest(
            observer.id, name=observer.name, unit=observer.kind, title="", role=Role.OBSERVER, venue=None
        )


def _agenda(city: City, desk: _Desk) -> list[ItemIn]:
    seats = desk.seats
    return [
        ItemIn(
            kind=item.kind,
            title=item.title,
            minutes=item.minutes,
            presenter=seats[item.speaker].pk if item.speaker in seats else None,
        )
        for item in city.agenda
    ]
