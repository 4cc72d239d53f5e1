"""Changes to tasks. Each is one conditional update and its step on the timeline, in one transaction.

Whoever comes second is told the state as it is now (`WRONG_STATE`); nothing is read first and written later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from meetings.followups import machine
from meetings.followups.machine import Action, ContactStage, Rating, ResultClass, TaskState
from meetings.followups.models import ContactLog, Evaluation, FollowUpTask, TaskReply, TaskStep
from meetings.live.models import Meeting
from meetings.minutes.models import Minutes
from meetings.minutes.services import paper_of
from meetings.minutes.words import CITY_TIME
from meetings.record.models import Opinion
from server.accounts.models import Organization, Person, Unit
from server.core import clock
from server.core.errors import Code, Refused


def today() -> date:
    """The calendar day in the city."""
    return clock.now().astimezone(CITY_TIME).date()


def suggest_from_minutes(minutes: Minutes, *, row: int, by: Person, proposer: Person | None = None) -> FollowUpTask:
    """建议交办 from a row of issued minutes (`row` counts from 1). The proposer is whoever gave the opinion."""
    if not minutes.is_frozen:
        raise Refused(Code.WRONG_STATE, state=minutes.state)
    rows = [suggested for block in paper_of(minutes).blocks for suggested in block.rows]
    if not 1 <= row <= len(rows):
        raise Refused(Code.NOT_FOUND, what="row")
    wanted = rows[row - 1]
    opinions = list(
        Opinion.objects.filter(meeting_id=minutes.meeting_id, no__in=wanted.opinions).select_related("speaker__person")
    )
    try:
        return _suggest(
            by=by,
            proposer=_proposer(opinions, proposer, minutes.organization),
            opinions=opinions,
            organization=minutes.organization,
            meeting_id=minutes.meeting_id,
            minutes=minutes,
            minutes_row=row,
            title=wanted.text,
            suggested_lead=wanted.lead,
            suggested_co=wanted.co,
            suggested_due=wanted.due,
        )
    except IntegrityError:
        # Two secretaries at once: one task per row.
        raise Refused(Code.WRONG_STATE, state="SUGGESTED") from None


def suggest_from_opinion(
    opinion: Opinion, *, by: Person, title: str = "", detail: str = "", proposer: Person | None = None
) -> FollowUpTask:
    """建议交办 straight from an opinion."""
    meeting: Meeting = opinion.meeting
    return _suggest(
        by=by,
        proposer=_proposer([opinion], proposer, meeting.organization),
        opinions=[opinion],
        organization=meeting.organization,
        meeting_id=meeting.pk,
        minutes=Minutes.objects.filter(meeting=meeting).first(),
        title=title or opinion.text[:300],
        detail=detail,
    )


def drop(task: UUID, *, by: Person, reason: str) -> None:
    """A suggestion that is not taken further."""
    _move(task, Action.DROP, by=by, note=_reason(reason))


@dataclass(frozen=True)
class Assignment:
    """交办: to whom, on which reference, until when."""

    lead_unit: Unit
    co_units: Sequence[Unit]
    reference: str
    due: date
    note: str = ""


def assign(task: UUID, assignment: Assignment, *, by: Person) -> None:
    """SUGGESTED or RETURNED → ASSIGNED. Every assignment names the 批示/交办 reference it stands on."""
    if assignment.due < today():
        raise Refused(Code.BAD_REQUEST, fields=["due"])
    with transaction.atomic():
        _move(
            task,
            Action.ASSIGN,
            by=by,
            note=f"{assignment.reference} {assignment.note}".strip(),
            lead_unit=assignment.lead_unit,
            reference=assignment.reference,
            due=assignment.due,
        )
        FollowUpTask.objects.get(pk=task).co_units.set(
            [unit for unit in assignment.co_units if unit.pk != assignment.lead_unit.pk]
        )


def accept(task: UUID, *, by: Person) -> None:
    """签收."""
    _move(task, Action.ACCEPT, by=by, lead_unit_id=by.unit_id)


def give_back(task: UUID, *, by: Person, reason: str) -> None:
    """退回: not ours, because …"""
    _move(task, Action.RETURN, by=by, note=_reason(reason), lead_unit_id=by.unit_id)


def contact(task: UUID, *, by: Person, stage: ContactStage, on: date, note: str) -> None:
    """沟通记录: a talk with the proposer."""
    if on > today():
        raise Refused(Code.BAD_REQUEST, fields=["on"])
    with transaction.atomic():
        row = _locked(task)
        if TaskState(row.state) not in machine.ORIGINS[Action.CONTACT] or row.lead_unit_id != by.unit_id:
            raise Refused(Code.WRONG_STATE, state=row.state)
        now = clock.now()
        ContactLog.objects.create(task=row, stage=stage, on=on, note=note, at=now, by=by)
        TaskStep.objects.create(task=row, action=Action.CONTACT, to_state=row.state, at=now, by=by, note=note)


def reply(task: UUID, *, by: Person, text: str, result_class: ResultClass) -> None:
    """答复: only after the proposer was spoken to at least once."""
    with transaction.atomic():
        row = _locked(task)
        if TaskState(row.state) in machine.ORIGINS[Action.REPLY] and not row.contacts.exists():
            raise Refused(Code.BAD_REQUEST, fields=["contacts"])
        _move(task, Action.REPLY, by=by, note=result_class.value, lead_unit_id=by.unit_id)
        TaskReply.objects.create(task=row, text=text, result_class=result_class, at=clock.now(), by=by)


def ask_more(task: UUID, *, by: Person, reason: str) -> None:
    """补充了解: the reply leaves something open."""
    _move(task, Action.ASK_MORE, by=by, note=_reason(reason))


def accept_reply(task: UUID, *, by: Person) -> None:
    """The reply is in order and goes to the proposer."""
    _move(task, Action.ACCEPT_REPLY, by=by)


def evaluate(task: UUID, *, by: Person, attitude: Rating, result: Rating, reason: str) -> TaskState:
    """评价 of the last reply: attitude and result apart."""
    if machine.needs_reason(attitude=attitude, result=result):
        _reason(reason)
    with transaction.atomic():
        row = _locked(task)
        last = row.replies.last()
        if last is None:
            raise Refused(Code.WRONG_STATE, state=row.state)
        to = machine.after_evaluation(result=result, result_class=ResultClass(last.result_class))
        changes: dict[str, Any] = {}
        if to is TaskState.REHANDLING:
            changes["due"] = today() + timedelta(days=machine.REHANDLE_DAYS)
        if to is TaskState.TRACKING:
            changes["look_back_on"] = today() + timedelta(days=machine.LOOK_BACK_DAYS)
        _move(task, Action.EVALUATE, by=by, to=to, note=reason.strip(), **changes)
        Evaluation.objects.create(
            task=row, reply=last, attitude=attitude, result=result, reason=reason.strip(), at=clock.now(), by=by
        )
    return to


def look_back(task: UUID, *, by: Person, holds: bool, note: str) -> None:
    """回头看: what was answered holds, or it has to be handled again."""
    if holds:
        _move(task, Action.LOOK_BACK, by=by, to=TaskState.CLOSED, note=note.strip(), look_back_on=None)
        return
    due = today() + timedelta(days=machine.REHANDLE_DAYS)
    _move(task, Action.LOOK_BACK, by=by, to=TaskState.REHANDLING, note=_reason(note), due=due, look_back_on=None)


def _suggest(*, by: Person, proposer: Person, opinions: Sequence[Opinion], **fields: Any) -> FollowUpTask:
    now = clock.now()
    with transaction.atomic():
        task = FollowUpTask.objects.create(proposer=proposer, created_at=now, changed_at=now, **fields)
        task.opinions.set(opinions)
        TaskStep.objects.create(task=task, action=Action.SUGGEST, to_state=task.state, at=now, by=by)
    return task


def _proposer(opinions: Sequence[Opinion], named: Person | None, organization: Organization) -> Person:
    """Whom the reply is for: named by the secretary, or the first who gave one of the opinions."""
    if named is not None:
        if named.organization_id != organization.pk:
            raise Refused(Code.BAD_REQUEST, fields=["proposer"])
        return named
    for opinion in sorted(opinions, key=lambda one: one.no):
        if opinion.speaker and opinion.speaker.person:
            return opinion.speaker.person
    raise Refused(Code.BAD_REQUEST, fields=["proposer"])


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused(Code.REASON_REQUIRED)
    return text.strip()


def _locked(task: UUID) -> FollowUpTask:
    row = FollowUpTask.objects.select_for_update().filter(pk=task).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, what="task")
    return row


def _move(
    task: UUID, action: Action, *, by: Person, to: TaskState | None = None, note: str = "", **changes: Any
) -> None:
    """The one conditional update. A unit's actions also hold only while the task is still that unit's."""
    target = to or machine.NEXT[action]
    rows = FollowUpTask.objects.filter(pk=task, state__in=machine.ORIGINS[action])
    if action is not Action.ASSIGN and "lead_unit_id" in changes:
        rows = rows.filter(lead_unit_id=changes.pop("lead_unit_id"))
    now = clock.now()
    with transaction.atomic():
        if not rows.update(state=target, changed_at=now, **changes):
            state = FollowUpTask.objects.filter(pk=task).values_list("state", flat=True).first()
            raise Refused(Code.WRONG_STATE, state=state)
        TaskStep.objects.create(task_id=task, action=action, to_state=target, at=now, by=by, note=note[:500])
