"""What waits for me: the home page's meetings and to-dos, from all slices below this one."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Router, Schema

from meetings.followups import access, services
from meetings.followups.machine import TaskState, Urgency, urgency
from meetings.live.models import Meeting, Participant
from meetings.live.roles import MeetingState, Presence, Role
from meetings.minutes.models import FROZEN, Minutes, MinutesState
from meetings.minutes.words import CITY_TIME
from meetings.people.models import Venue
from server.accounts.guard import signed_in
from server.accounts.models import Account, OrganizationRole
from server.core import clock

router = Router(tags=["me"])

RECENT = timedelta(days=30)
MAX_MEETINGS = 50
MAX_TODOS = 50


class TodoKind(StrEnum):
    """What there is to do."""

    WRITE_MINUTES = "WRITE_MINUTES"
    REVIEW_MINUTES = "REVIEW_MINUTES"
    ASSIGN_TASK = "ASSIGN_TASK"
    ACCEPT_TASK = "ACCEPT_TASK"
    REPLY_TASK = "REPLY_TASK"
    CHECK_REPLY = "CHECK_REPLY"
    EVALUATE_TASK = "EVALUATE_TASK"


KIND_OF_STATE: dict[TaskState, TodoKind] = {
    TaskState.SUGGESTED: TodoKind.ASSIGN_TASK,
    TaskState.RETURNED: TodoKind.ASSIGN_TASK,
    TaskState.ASSIGNED: TodoKind.ACCEPT_TASK,
    TaskState.IN_PROGRESS: TodoKind.REPLY_TASK,
    TaskState.REHANDLING: TodoKind.REPLY_TASK,
    TaskState.REPLIED: TodoKind.CHECK_REPLY,
    TaskState.EVALUATING: TodoKind.EVALUATE_TASK,
}


class MeetingOut(Schema):
    """A meeting that I am on the roster of. `has_minutes`: issued ones."""

    id: UUID
    title: str
    state: MeetingState
    scheduled_start: datetime
    planned_minutes: int
    started_at: datetime | None
    ended_at: datetime | None
    my_role: Role
    host_name: str | None
    venue_name: str | None
    can_manage: bool
    has_minutes: bool


class TodoOut(Schema):
    """Something that waits for me."""

    kind: TodoKind
    id: UUID
    title: str
    path: str
    due_on: date | None
    overdue: bool


class Counts(Schema):
    """Figures for the page's head."""

    today: int
    coming: int
    todos: int
    tasks: int


class HomeOut(Schema):
    """The home page: meetings by time (recent ones last first), to-dos with the most urgent first."""

    now: datetime
    meetings: list[MeetingOut]
    todos: list[TodoOut]
    counts: Counts


@router.get("/home", response=HomeOut)
def home(request: HttpRequest) -> HomeOut:
    """My meetings and what waits for me."""
    account = signed_in(request)
    now = clock.now()
    meetings = _meetings(account, now)
    todos = sorted([*_papers(account), *_tasks(account)], key=lambda todo: (not todo.overdue, todo.due_on or date.max))
    day = services.today()
    open_ones = [meeting for meeting in meetings if meeting.state not in (MeetingState.ENDED, MeetingState.DONE)]
    today = sum(_day(meeting.scheduled_start) == day for meeting in open_ones)
    return HomeOut(
        now=now,
        meetings=meetings,
        todos=todos[:MAX_TODOS],
        counts=Counts(
            today=today,
            coming=len(open_ones) - today,
            todos=len(todos),
            tasks=access.waiting_for(account).count(),
        ),
    )


def _meetings(account: Account, now: datetime) -> list[MeetingOut]:
    """Drafts are seen only by those who prepare them."""
    seats = (
        Participant.objects.filter(person_id=account.person_id)
        .exclude(presence=Presence.REMOVED)
        .exclude(meeting__state=MeetingState.CANCELLED)
        .filter(Q(meeting__scheduled_start__gte=now - RECENT) | Q(meeting__state__in=["LIVE", "PAUSED", "LOBBY"]))
        .select_related("meeting", "meeting__minutes")
        .order_by("meeting__scheduled_start")
    )
    desk = (Role.HOST, Role.CO_HOST, Role.SECRETARY)
    seen = [seat for seat in seats[:MAX_MEETINGS] if seat.meeting.state != MeetingState.DRAFT or seat.role in desk]
    hosts = dict(
        Participant.objects.filter(meeting__in=[seat.meeting_id for seat in seen], role=Role.HOST).values_list(
            "meeting_id", "name"
        )
    )
    venues = dict(Venue.objects.filter(pk__in=[s.venue for s in seen if s.venue]).values_list("pk", "name"))
    return [
        MeetingOut(
            id=seat.meeting_id,
            title=seat.meeting.title,
            state=MeetingState(seat.meeting.state),
            scheduled_start=seat.meeting.scheduled_start,
            planned_minutes=seat.meeting.planned_minutes,
            started_at=seat.meeting.started_at,
            ended_at=seat.meeting.ended_at,
            my_role=Role(seat.role),
            host_name=hosts.get(seat.meeting_id),
            venue_name=venues.get(seat.venue) if seat.venue else None,
            can_manage=seat.role in desk,
            has_minutes=_issued(seat.meeting),
        )
        for seat in seen
    ]


def _issued(meeting: Meeting) -> bool:
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    return minutes is not None and minutes.is_frozen


def _papers(account: Account) -> list[TodoOut]:
    """Minutes to write or to issue, and ended meetings without any, for the secretaries' office."""
    if OrganizationRole.SECRETARY not in account.roles():
        return []
    organization = account.person.organization_id
    drafts = Minutes.objects.filter(organization_id=organization).exclude(state__in=[one.value for one in FROZEN])
    bare = Meeting.objects.filter(organization_id=organization, state=MeetingState.ENDED, minutes=None)
    return [
        TodoOut(
            kind=TodoKind.WRITE_MINUTES if row.state == MinutesState.DRAFTING else TodoKind.REVIEW_MINUTES,
            id=row.pk,
            title=row.title,
            path=f"/minutes/{row.pk}",
            due_on=None,
            overdue=False,
        )
        for row in drafts
    ] + [
        TodoOut(
            kind=TodoKind.WRITE_MINUTES,
            id=row.pk,
            title=row.title,
            path=f"/meetings/{row.pk}/minutes",
            due_on=None,
            overdue=False,
        )
        for row in bare
    ]


def _tasks(account: Account) -> list[TodoOut]:
    day = services.today()
    late = (Urgency.OVERDUE, Urgency.LONG_OVERDUE)
    return [
        TodoOut(
            kind=KIND_OF_STATE[TaskState(row.state)],
            id=row.pk,
            title=row.title,
            path=f"/followups/{row.pk}",
            due_on=row.due,
            overdue=urgency(state=TaskState(row.state), due=row.due, today=day) in late,
        )
        for row in access.waiting_for(account)[:MAX_TODOS]
    ]


def _day(moment: datetime) -> date:
    return moment.astimezone(CITY_TIME).date()
