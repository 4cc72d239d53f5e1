"""Tasks over HTTP: my list, one task with its timeline, and the actions on it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from meetings.followups import access, services
from meetings.followups.machine import Action, ContactStage, Rating, ResultClass, TaskState, Urgency, urgency
from meetings.followups.models import FollowUpTask
from meetings.minutes.models import Minutes
from meetings.record.models import Opinion
from server.accounts.guard import holding, signed_in
from server.accounts.models import Account, OrganizationRole, Person, Unit
from server.core.errors import Code, Refused, refuse

router = Router(tags=["followups"])

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
PAGE = 20


class SuggestIn(Schema):
    """A suggestion: a row of issued minutes (counted from 1), or an opinion."""

    minutes: UUID | None = None
    row: int | None = None
    opinion: UUID | None = None
    title: str = Field(default="", max_length=300)
    detail: str = Field(default="", max_length=5000)
    proposer: UUID | None = None


class AssignIn(Schema):
    """交办."""

    lead_unit: int
    co_units: list[int] = Field(default=[], max_length=20)
    reference: Annotated[Text, StringConstraints(max_length=100)]
    due: date
    note: str = Field(default="", max_length=300)


class ReasonIn(Schema):
    """Why."""

    reason: str = Field(default="", max_length=500)


class ContactIn(Schema):
    """沟通记录."""

    stage: ContactStage
    on: date
    note: Annotated[Text, StringConstraints(max_length=500)]


class ReplyIn(Schema):
    """答复."""

    text: Annotated[Text, StringConstraints(max_length=20_000)]
    result_class: ResultClass


class EvaluateIn(Schema):
    """评价."""

    attitude: Rating
    result: Rating
    reason: str = Field(default="", max_length=500)


class LookBackIn(Schema):
    """回头看."""

    holds: bool
    note: str = Field(default="", max_length=500)


class Suggested(Schema):
    """The task's id."""

    id: UUID


class UnitOut(Schema):
    """A unit that can be assigned."""

    id: int
    name: str


class TaskRow(Schema):
    """A line in the list."""

    id: UUID
    title: str
    state: TaskState
    lead: str
    due: date | None
    urgency: Urgency
    proposer: str
    meeting_title: str
    changed_at: datetime
    waits_for_me: bool


class TaskPage(Schema):
    """A page of the list, with counts of all that I may see."""

    items: list[TaskRow]
    total: int
    page: int
    pages: int
    waiting: int
    states: dict[TaskState, int]


class OpinionOut(Schema):
    """An opinion the task comes from."""

    id: UUID
    no: int
    aspect: str
    text: str
    speaker: str | None


class ContactOut(Schema):
    """One talk with the proposer."""

    stage: ContactStage
    on: date
    note: str
    by: str


class EvaluationOut(Schema):
    """The proposer's word on a reply."""

    attitude: Rating
    result: Rating
    reason: str
    at: datetime
    by: str


class ReplyOut(Schema):
    """One reply with its evaluation."""

    text: str
    result_class: ResultClass
    at: datetime
    by: str
    evaluation: EvaluationOut | None


class StepOut(Schema):
    """One step on the timeline."""

    action: Action
    to: TaskState
    at: datetime
    by: str
    note: str


class TaskOut(Schema):
    """The whole task and what I may do with it now."""

    id: UUID
    title: str
    detail: str
    state: TaskState
    urgency: Urgency
    meeting: UUID
    meeting_title: str
    minutes: UUID | None
    minutes_no: int | None
    minutes_year: int | None
    proposer: str
    suggested_lead: str
    suggested_co: list[str]
    suggested_due: str
    lead: str
    co: list[str]
    reference: str
    due: date | None
    look_back_on: date | None
    opinions: list[OpinionOut]
    contacts: list[ContactOut]
    replies: list[ReplyOut]
    timeline: list[StepOut]
    actions: list[Action]


class Evaluated(Schema):
    """Where the evaluation led."""

    state: TaskState


@router.get("/", response=TaskPage)
def tasks(
    request: HttpRequest, state: TaskState | None = None, waiting: bool = False, q: str = "", page: int = 1
) -> TaskPage:
    """Tasks that I may see, the latest change first; `waiting` only those whose next step is mine."""
    account = signed_in(request)
    mine = set(access.waiting_for(account).values_list("pk", flat=True))
    seen = access.visible_to(account)
    by_state = seen.order_by().values_list("state").annotate(n=Count("pk", distinct=True))
    counts = {TaskState(name): n for name, n in by_state}
    found = seen.filter(pk__in=mine) if waiting else seen
    if state is not None:
        found = found.filter(state=state)
    if q.strip():
        found = found.filter(title__icontains=q.strip()[:100])
    shown = Paginator(found.select_related("lead_unit", "proposer", "meeting"), PAGE).get_page(max(page, 1))
    today = services.today()
    return TaskPage(
        items=[
            TaskRow(
                id=row.pk,
                title=row.title,
                state=TaskState(row.state),
                lead=row.lead_unit.name if row.lead_unit else row.suggested_lead,
                due=row.due,
                urgency=urgency(state=TaskState(row.state), due=row.due, today=today),
                proposer=row.proposer.name,
                meeting_title=row.meeting.title,
                changed_at=row.changed_at,
                waits_for_me=row.pk in mine,
            )
            for row in shown
        ],
        total=shown.paginator.count,
        page=shown.number,
        pages=shown.paginator.num_pages,
        waiting=len(mine),
        states=counts,
    )


@router.get("/units", response=list[UnitOut])
def units(request: HttpRequest) -> list[UnitOut]:
    """Units of the own organisation in 建制 order."""
    account = signed_in(request)
    rows = Unit.objects.filter(organization_id=account.person.organization_id)
    return [UnitOut(id=row.pk, name=row.name) for row in rows]


@router.post("/", response={201: Suggested})
def suggest(request: HttpRequest, body: SuggestIn) -> tuple[int, Suggested]:
    """建议交办, by the secretaries' office."""
    account = holding(request, OrganizationRole.SECRETARY)
    organization = account.person.organization_id
    proposer = None
    if body.proposer is not None:
        people = Person.objects.filter(pk=body.proposer, organization_id=organization)
        proposer = people.first() or refuse(Code.BAD_REQUEST, fields=["proposer"])
    if body.minutes is not None and body.row is not None:
        minutes = Minutes.objects.select_related("organization").filter(
            pk=body.minutes, organization_id=organization
        ).first() or refuse(Code.NOT_FOUND, what="minutes")
        task = services.suggest_from_minutes(minutes, row=body.row, by=account.person, proposer=proposer)
        return 201, Suggested(id=task.pk)
    if body.opinion is None:
        raise Refused(Code.BAD_REQUEST, fields=["minutes", "opinion"])
    opinions = Opinion.objects.select_related("meeting__organization", "speaker__person")
    opinion = opinions.filter(pk=body.opinion, meeting__organization_id=organization).first() or refuse(
        Code.NOT_FOUND, what="opinion"
    )
    task = services.suggest_from_opinion(
        opinion, by=account.person, title=body.title.strip(), detail=body.detail.strip(), proposer=proposer
    )
    return 201, Suggested(id=task.pk)


@router.get("/of-minutes/{minutes_id}", response=dict[int, UUID])
def of_minutes(request: HttpRequest, minutes_id: UUID) -> dict[int, UUID]:
    """Which rows of the minutes have become tasks that I may see: row → task."""
    account = signed_in(request)
    rows = access.visible_to(account).filter(minutes_id=minutes_id, minutes_row__isnull=False)
    return {row: pk for row, pk in rows.values_list("minutes_row", "pk") if row is not None}


@router.get("/{task_id}", response=TaskOut)
def task(request: HttpRequest, task_id: UUID) -> TaskOut:
    """One task."""
    account = signed_in(request)
    return _out(account, _seen(account, task_id))


@router.post("/{task_id}/drop", response={204: None})
def drop(request: HttpRequest, task_id: UUID, body: ReasonIn) -> tuple[int, None]:
    """A suggestion that is not taken further."""
    account = _may(request, task_id, Action.DROP)
    services.drop(task_id, by=account.person, reason=body.reason)
    return 204, None


@router.post("/{task_id}/assign", response={204: None})
def assign(request: HttpRequest, task_id: UUID, body: AssignIn) -> tuple[int, None]:
    """交办, by the supervision office."""
    account = _may(request, task_id, Action.ASSIGN)
    known = Unit.objects.filter(organization_id=account.person.organization_id)
    lead = known.filter(pk=body.lead_unit).first() or refuse(Code.BAD_REQUEST, fields=["lead_unit"])
    assignment = services.Assignment(
        lead_unit=lead,
        co_units=list(known.filter(pk__in=body.co_units)),
        reference=body.reference,
        due=body.due,
        note=body.note.strip(),
    )
    services.assign(task_id, assignment, by=account.person)
    return 204, None


@router.post("/{task_id}/accept", response={204: None})
def accept(request: HttpRequest, task_id: UUID) -> tuple[int, None]:
    """签收, by the lead unit."""
    account = _may(request, task_id, Action.ACCEPT)
    services.accept(task_id, by=account.person)
    return 204, None


@router.post("/{task_id}/return", response={204: None})
def give_back(request: HttpRequest, task_id: UUID, body: ReasonIn) -> tuple[int, None]:
    """退回, by the lead unit."""
    account = _may(request, task_id, Action.RETURN)
    services.give_back(task_id, by=account.person, reason=body.reason)
    return 204, None


@router.post("/{task_id}/contact", response={204: None})
def contact(request: HttpRequest, task_id: UUID, body: ContactIn) -> tuple[int, None]:
    """沟通记录, by the lead unit."""
    account = _may(request, task_id, Action.CONTACT)
    services.contact(task_id, by=account.person, stage=body.stage, on=body.on, note=body.note)
    return 204, None


@router.post("/{task_id}/reply", response={204: None})
def reply(request: HttpRequest, task_id: UUID, body: ReplyIn) -> tuple[int, None]:
    """答复, by the lead unit."""
    account = _may(request, task_id, Action.REPLY)
    services.reply(task_id, by=account.person, text=body.text, result_class=body.result_class)
    return 204, None


@router.post("/{task_id}/ask_more", response={204: None})
def ask_more(request: HttpRequest, task_id: UUID, body: ReasonIn) -> tuple[int, None]:
    """补充了解, by the secretaries' office or the proposer."""
    account = _may(request, task_id, Action.ASK_MORE)
    services.ask_more(task_id, by=account.person, reason=body.reason)
    return 204, None


@router.post("/{task_id}/accept_reply", response={204: None})
def accept_reply(request: HttpRequest, task_id: UUID) -> tuple[int, None]:
    """Pass the reply on to the proposer, by the secretaries' office."""
    account = _may(request, task_id, Action.ACCEPT_REPLY)
    services.accept_reply(task_id, by=account.person)
    return 204, None


@router.post("/{task_id}/evaluate", response=Evaluated)
def evaluate(request: HttpRequest, task_id: UUID, body: EvaluateIn) -> Evaluated:
    """评价, by the proposer."""
    account = _may(request, task_id, Action.EVALUATE)
    return Evaluated(state=services.evaluate(task_id, by=account.person, **body.model_dump()))


@router.post("/{task_id}/look_back", response={204: None})
def look_back(request: HttpRequest, task_id: UUID, body: LookBackIn) -> tuple[int, None]:
    """回头看, by the secretaries' office."""
    account = _may(request, task_id, Action.LOOK_BACK)
    services.look_back(task_id, by=account.person, holds=body.holds, note=body.note)
    return 204, None


def _seen(account: Account, task_id: UUID) -> FollowUpTask:
    rows = access.visible_to(account).select_related("lead_unit", "proposer", "meeting", "minutes")
    found = rows.filter(pk=task_id).first()
    if found is None:
        raise Refused(Code.NOT_FOUND, what="task")
    return found


def _may(request: HttpRequest, task_id: UUID, action: Action) -> Account:
    account = signed_in(request)
    access.require(account, _seen(account, task_id), action)
    return account


def _out(account: Account, row: FollowUpTask) -> TaskOut:
    state = TaskState(row.state)
    return TaskOut(
        id=row.pk,
        title=row.title,
        detail=row.detail,
        state=state,
        urgency=urgency(state=state, due=row.due, today=services.today()),
        meeting=row.meeting_id,
        meeting_title=row.meeting.title,
        minutes=row.minutes_id,
        minutes_no=row.minutes.issue_no if row.minutes else None,
        minutes_year=row.minutes.issue_year if row.minutes else None,
        proposer=row.proposer.name,
        suggested_lead=row.suggested_lead,
        suggested_co=row.suggested_co,
        suggested_due=row.suggested_due,
        lead=row.lead_unit.name if row.lead_unit else "",
        co=[unit.name for unit in row.co_units.all()],
        reference=row.reference,
        due=row.due,
        look_back_on=row.look_back_on,
        opinions=[
            OpinionOut(
                id=opinion.pk,
                no=opinion.no,
                aspect=opinion.aspect,
                text=opinion.text,
                speaker=opinion.speaker.name if opinion.speaker else None,
            )
            for opinion in row.opinions.select_related("speaker")
        ],
        contacts=[
            ContactOut(stage=ContactStage(one.stage), on=one.on, note=one.note, by=one.by.name)
            for one in row.contacts.select_related("by")
        ],
        replies=[
            ReplyOut(
                text=one.text,
                result_class=ResultClass(one.result_class),
                at=one.at,
                by=one.by.name,
                evaluation=EvaluationOut(
                    attitude=Rating(one.evaluation.attitude),
                    result=Rating(one.evaluation.result),
                    reason=one.evaluation.reason,
                    at=one.evaluation.at,
                    by=one.evaluation.by.name,
                )
                if hasattr(one, "evaluation")
                else None,
            )
            for one in row.replies.select_related("by", "evaluation__by")
        ],
        timeline=[
            StepOut(action=Action(one.action), to=TaskState(one.to_state), at=one.at, by=one.by.name, note=one.note)
            for one in row.steps.select_related("by")
        ],
        actions=access.actions_now(account, row),
    )
