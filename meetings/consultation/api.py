"""Consultations over HTTP: everybody of the organisation reads, the secretaries' office writes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field, StringConstraints

from meetings.consultation import services
from meetings.consultation.machine import STEP_OF, Move, Progress, Status, Step, moves_from, steps
from meetings.consultation.models import Consultation, ConsultationForm, ConsultationMeeting
from meetings.live.models import Participant
from meetings.live.roles import MeetingState, Role
from server.accounts.guard import holding, signed_in
from server.accounts.models import Account, OrganizationRole
from server.core.errors import Code, Refused, refuse

router = Router(tags=["consultations"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConsultationIn(Schema):
    """What a secretary writes to open a consultation."""

    title: Line
    form: ConsultationForm = ConsultationForm.REMOTE
    topic: str = Field(default="", max_length=500)
    brand: str = Field(default="", max_length=50)


class MeetingIn(Schema):
    """What a secretary writes to call a meeting. The start carries its offset."""

    title: Line
    scheduled_start: AwareDatetime
    planned_minutes: int = Field(default=120, ge=5, le=1440)


class MoveIn(Schema):
    """An order that moves a consultation on."""

    move: Move
    reason: str = Field(default="", max_length=500)


class Created(Schema):
    """The id of what was made."""

    id: UUID


class StepOut(Schema):
    """One of the eight steps."""

    step: Step
    progress: Progress
    since: datetime | None


class MeetingOut(Schema):
    """A meeting of the consultation; `role` is mine in it, if any."""

    id: UUID
    title: str
    state: MeetingState
    scheduled_start: datetime
    planned_minutes: int
    started_at: datetime | None
    ended_at: datetime | None
    participants: int
    role: Role | None


class HistoryOut(Schema):
    """One move that was made."""

    move: Move
    to: Status
    at: datetime
    by: str | None
    reason: str


class ConsultationRow(Schema):
    """A line in the list."""

    id: UUID
    title: str
    form: ConsultationForm
    topic: str
    status: Status
    brand: str
    step: int
    meetings: int
    next_meeting: datetime | None
    created_at: datetime


class ConsultationPage(Schema):
    """A page of the list."""

    items: list[ConsultationRow]
    total: int
    may_create: bool


class ConsultationOut(Schema):
    """The whole consultation."""

    id: UUID
    title: str
    form: ConsultationForm
    topic: str
    status: Status
    brand: str
    organization: str
    created_at: datetime
    created_by: str
    steps: list[StepOut]
    meetings: list[MeetingOut]
    history: list[HistoryOut]
    may_edit: bool
    moves: list[Move]


class BelongsTo(Schema):
    """The consultation that a meeting belongs to."""

    id: UUID
    title: str


PAGE = 20


@router.get("/", response=ConsultationPage)
def consultations(request: HttpRequest, q: str = "", page: int = 1) -> ConsultationPage:
    """Consultations of the own organisation, newest first."""
    account = signed_in(request)
    found = Consultation.objects.filter(organization_id=account.person.organization_id)
    if q.strip():
        found = found.filter(title__icontains=q.strip())
    # The order is said again: an aggregate drops that of the model.
    counted = found.annotate(meeting_count=Count("meetings")).order_by("-created_at", "id")
    paginator = Paginator(counted, PAGE)
    shown = paginator.get_page(max(page, 1))
    rows = list(counted[max(0, shown.start_index() - 1) : shown.end_index()])
    upcoming = _next_meetings([row.pk for row in rows])
    return ConsultationPage(
        items=[
            ConsultationRow(
                **_common(row),
                step=sum(state.progress != Progress.PENDING for state in steps(Status(row.status))),
                meetings=row.meeting_count,
                next_meeting=upcoming.get(row.pk),
            )
            for row in rows
        ],
        total=paginator.count,
        may_create=OrganizationRole.SECRETARY in account.roles(),
    )


@router.post("/", response={201: Created})
def create(request: HttpRequest, body: ConsultationIn) -> tuple[int, Created]:
    """Open a consultation."""
    account = holding(request, OrganizationRole.SECRETARY)
    row = services.open_consultation(organization=account.person.organization, by=account.person, **body.model_dump())
    return 201, Created(id=row.pk)


@router.get("/of-meeting/{meeting_id}", response=BelongsTo)
def of_meeting(request: HttpRequest, meeting_id: UUID) -> BelongsTo:
    """Which consultation a meeting of the own organisation belongs to."""
    account = signed_in(request)
    link = (
        ConsultationMeeting.objects.select_related("consultation")
        .filter(meeting_id=meeting_id, consultation__organization_id=account.person.organization_id)
        .first()
    ) or refuse(Code.NOT_FOUND, what="consultation")
    return BelongsTo(id=link.consultation_id, title=link.consultation.title)


@router.get("/{consultation_id}", response=ConsultationOut)
def consultation(request: HttpRequest, consultation_id: UUID) -> ConsultationOut:
    """One consultation with its steps and meetings."""
    account = signed_in(request)
    row = _mine(account, consultation_id)
    may_edit = OrganizationRole.SECRETARY in account.roles()
    history = list(row.steps.select_related("by"))
    entered = {moved.to_status: moved.at for moved in history}
    status = Status(row.status)
    return ConsultationOut(
        **_common(row),
        organization=row.organization.name,
        created_by=row.created_by.name,
        steps=[
            StepOut(step=state.step, progress=state.progress, since=_since(state.step, row, entered))
            for state in steps(status)
        ],
        meetings=_meetings(row, account),
        history=[
            HistoryOut(
                move=Move(moved.move),
                to=Status(moved.to_status),
                at=moved.at,
                by=moved.by.name if moved.by else None,
                reason=moved.reason,
            )
            for moved in history
        ],
        may_edit=may_edit,
        moves=moves_from(status) if may_edit else [],
    )


@router.post("/{consultation_id}/move", response={204: None})
def move(request: HttpRequest, consultation_id: UUID, body: MoveIn) -> tuple[int, None]:
    """Move a consultation on."""
    account = holding(request, OrganizationRole.SECRETARY)
    services.move(_mine(account, consultation_id), body.move, by=account.person, reason=body.reason)
    return 204, None


@router.post("/{consultation_id}/meetings", response={201: Created})
def call_meeting(request: HttpRequest, consultation_id: UUID, body: MeetingIn) -> tuple[int, Created]:
    """Call a meeting; the secretary who calls it is on its roster as SECRETARY."""
    account = holding(request, OrganizationRole.SECRETARY)
    made = services.call_meeting(_mine(account, consultation_id), by=account, **body.model_dump())
    return 201, Created(id=made)


def _mine(account: Account, consultation_id: UUID) -> Consultation:
    """A consultation of the own organisation; others are as good as absent."""
    rows = Consultation.objects.select_related("organization", "created_by")
    row = rows.filter(pk=consultation_id, organization_id=account.person.organization_id).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, what="consultation")
    return row


def _common(row: Consultation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "form": row.form,
        "topic": row.topic,
        "status": row.status,
        "brand": row.brand,
        "created_at": row.created_at,
    }


def _since(step: Step, row: Consultation, entered: dict[str, datetime]) -> datetime | None:
    if step is Step.TOPIC:
        return row.created_at
    moments = [entered[status] for status, of in STEP_OF.items() if of is step and status in entered]
    return min(moments, default=None)


def _meetings(row: Consultation, account: Account) -> list[MeetingOut]:
    links = row.meetings.select_related("meeting").annotate(people=Count("meeting__participants"))
    links = links.order_by("meeting__scheduled_start", "meeting_id")
    mine = dict(
        Participant.objects.filter(meeting__consultation__consultation=row, person_id=account.person_id).values_list(
            "meeting_id", "role"
        )
    )
    return [
        MeetingOut(
            id=link.meeting.pk,
            title=link.meeting.title,
            state=MeetingState(link.meeting.state),
            scheduled_start=link.meeting.scheduled_start,
            planned_minutes=link.meeting.planned_minutes,
            started_at=link.meeting.started_at,
            ended_at=link.meeting.ended_at,
            participants=link.people,
            role=Role(mine[link.meeting.pk]) if link.meeting.pk in mine else None,
        )
        for link in links
    ]


def _next_meetings(consultations: list[UUID]) -> dict[UUID, datetime]:
    """The nearest meeting to come (or under way) of each."""
    open_states = [MeetingState.NOTIFIED, MeetingState.LOBBY, MeetingState.LIVE, MeetingState.PAUSED]
    rows = ConsultationMeeting.objects.filter(consultation__in=consultations, meeting__state__in=open_states)
    found: dict[UUID, datetime] = {}
    for consultation_id, start in rows.values_list("consultation_id", "meeting__scheduled_start"):
        found[consultation_id] = min(start, found.get(consultation_id, start))
    return found
