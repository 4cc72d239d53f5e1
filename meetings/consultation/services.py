"""Changes to consultations: opening one, moving it on, calling a meeting in it.

A move is one conditional update: who comes second is told the state as it is now.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from meetings.consultation import gates
from meetings.consultation.machine import BY_THE_SYSTEM, MOVES, NEED_REASON, Move, Status
from meetings.consultation.models import Consultation, ConsultationForm, ConsultationMeeting, ConsultationStep
from meetings.live import commands
from meetings.live.execute import execute
from meetings.live.models import Meeting
from meetings.live.roles import Role
from server.accounts.models import Account, Organization, Person
from server.core import clock, ids
from server.core.errors import Code, Refused


def open_consultation(
    *, organization: Organization, by: Person, title: str, form: ConsultationForm, topic: str = "", brand: str = ""
) -> Consultation:
    """A new consultation; without a brand of its own it runs under the organisation's."""
    return Consultation.objects.create(
        organization=organization,
        title=title,
        form=form,
        topic=topic,
        brand=brand or organization.brand,
        created_at=clock.now(),
        created_by=by,
    )


def move(consultation: Consultation, order: Move, *, by: Person, reason: str = "") -> None:
    """Move it on as a person orders; refuses a closed gate with its objections."""
    if order in BY_THE_SYSTEM:
        raise Refused(Code.NOT_ALLOWED)
    if order in NEED_REASON and not reason.strip():
        raise Refused(Code.REASON_REQUIRED)
    with transaction.atomic():
        # Locked: what the gates ask must still hold when the status changes.
        here = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if here.status in MOVES[order][0] and (objections := gates.objections(order, here)):
            raise Refused(Code.WRONG_STATE, state=here.status, gate=objections)
        if not _moved(here, order, by=by, reason=reason.strip()):
            raise Refused(Code.WRONG_STATE, state=here.status)


def meeting_started(meeting: Meeting, now: datetime) -> None:
    """The first meeting that starts brings its consultation to the table."""
    row = Consultation.objects.select_for_update(of=("self",)).filter(meetings__meeting=meeting).first()
    if row is not None and row.status in MOVES[Move.DELIBERATE][0]:
        _moved(row, Move.DELIBERATE, by=None, reason="", now=now)


def call_meeting(
    consultation: Consultation, *, by: Account, title: str, scheduled_start: datetime, planned_minutes: int
) -> UUID:
    """A new meeting of the consultation, with the secretary who makes it on its roster."""
    if Status(consultation.status) in (Status.CLOSED, Status.ARCHIVED, Status.CANCELLED, Status.MERGED):
        raise Refused(Code.WRONG_STATE, state=consultation.status)
    with transaction.atomic():
        meeting = Meeting.objects.create(
            organization=consultation.organization,
            title=title,
            scheduled_start=scheduled_start,
            planned_minutes=planned_minutes,
        )
        ConsultationMeeting.objects.create(meeting=meeting, consultation=consultation)
        # By its name on the wire: the people slice comes after this one.
        invite = {"type": "people.invite", "persons": [str(by.person_id)], "role": Role.SECRETARY.value}
        execute(meeting_id=meeting.pk, actor=None, command_id=str(ids.new()), command=commands.parse(invite))
    return meeting.pk


def _moved(
    consultation: Consultation, order: Move, *, by: Person | None, reason: str, now: datetime | None = None
) -> bool:
    origins, to = MOVES[order]
    before = consultation.status
    if not Consultation.objects.filter(pk=consultation.pk, status=before, status__in=origins).update(status=to):
        return False
    ConsultationStep.objects.create(
        consultation=consultation,
        move=order,
        from_status=before,
        to_status=to,
        at=now or clock.now(),
        by=by,
        reason=reason,
    )
    return True
