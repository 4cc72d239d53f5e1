"""Asking for the floor, and what becomes of a request while it waits."""

from collections.abc import Iterator

from meetings.floor import events
from meetings.floor.commands import (
    Close,
    Move,
    Open,
    Request,
    Requeue,
    Route,
    SetRule,
    SettleQuestion,
    Skip,
    ToWritten,
    Withdraw,
)
from meetings.floor.events import rule_view
from meetings.floor.models import OPEN, WAITING, AnswerState, Queue, RequestKind, RequestState, SpeakerRequest
from meetings.floor.order import Preset, place
from meetings.floor.queue import arrived, places, queue_of, told
from meetings.floor.rows import (
    becomes,
    department,
    give_up,
    hold,
    next_arrival,
    put_in_writing,
    question_row,
    request_in,
    request_row,
    require_own,
    require_present,
    waiting_rows,
)
from meetings.live.commands import handles
from meetings.live.events import Event
from meetings.live.models import Participant
from meetings.live.roles import BEFORE_THE_END, MeetingState, Role
from meetings.live.scene import Scene
from server.core.errors import Code, Refused

BOOKING = (MeetingState.NOTIFIED, MeetingState.LOBBY)
"""Until the meeting begins everybody books a speech by themselves; then the desk does it for them."""

SPEAKERS = frozenset({Role.MEMBER, Role.DEPARTMENT, Role.EXPERT, Role.PUBLIC, Role.VENUE_CLERK})
"""For whom a request can stand in the queue. Leaders and hosts speak without one."""
_MEMBERS = SPEAKERS - {Role.DEPARTMENT}
ASKING: dict[RequestKind, frozenset[Role]] = {
    RequestKind.IMPROMPTU: _MEMBERS,
    RequestKind.QUESTION: _MEMBERS,
    RequestKind.RESPONSE: frozenset({Role.DEPARTMENT, Role.EXPERT}),
}
"""列席 departments respond; they do not put questions."""


@handles(Open)
def open_queue(cmd: Open, scene: Scene) -> Iterator[Event]:
    """Nothing changes when it is open already."""
    scene.require_state(*BEFORE_THE_END)
    queue = queue_of(scene.meeting)
    if not queue.is_open:
        queue.is_open = True
        queue.save(update_fields=["is_open"])
        yield events.QueueOpened()


@handles(Close)
def close_queue(cmd: Close, scene: Scene) -> Iterator[Event]:
    """Those waiting keep their places."""
    if Queue.objects.filter(meeting=scene.meeting, is_open=True).update(is_open=False):
        yield events.QueueClosed()


@handles(SetRule)
def set_rule(cmd: SetRule, scene: Scene) -> Iterator[Event]:
    """The new rule puts everybody in order afresh; 主持人手动 begins with the order as it is."""
    scene.require_state(*BEFORE_THE_END)
    queue = queue_of(scene.meeting)
    before = rule_view(queue)
    if cmd.preset == Preset.MANUAL and queue.preset != Preset.MANUAL:
        hold([each.request for each in places(scene.meeting)], scene)
    elif cmd.preset != queue.preset or (cmd.scheduled_first != queue.scheduled_first and cmd.preset != Preset.MANUAL):
        waiting_rows(scene).update(rank=None, placed=False)
        waiting_rows(scene).filter(state=RequestState.ON_DECK).update(state=RequestState.QUEUED)
    queue.preset, queue.scheduled_first = cmd.preset, cmd.scheduled_first
    queue.public_may_ask = cmd.public_may_ask
    queue.save(update_fields=["preset", "scheduled_first", "public_may_ask"])
    after = rule_view(queue)
    if after != before:
        yield events.RuleSet(rule=after)
        yield from told(scene, waiting_rows(scene))


@handles(Request)
def request(cmd: Request, scene: Scene) -> Iterator[Event]:
    """One open request per person and kind, in the server's order of arrival."""
    person = _for_whom(cmd, scene)
    _require_may_ask(cmd, person, scene)
    if SpeakerRequest.objects.filter(participant=person, kind=cmd.kind, state__in=OPEN).exists():
        raise Refused(Code.ALREADY_WAITING)
    question = question_row(cmd.answers, scene) if cmd.answers else None
    if question and question.to_id not in (None, person.pk):
        raise Refused(Code.NOT_ALLOWED)
    row = SpeakerRequest.objects.create(
        meeting=scene.meeting,
        participant=person,
        asked_by=scene.actor if scene.actor and scene.actor.pk != person.pk else None,
        kind=cmd.kind,
        topic=cmd.topic.strip(),
        on_behalf_of=cmd.on_behalf_of.strip(),
        to=department(cmd.to, scene) if cmd.kind == RequestKind.QUESTION else None,
        answers=question if cmd.kind == RequestKind.RESPONSE else None,
        arrival=next_arrival(scene),
        requested_at=scene.now,
    )
    scene.result["request"] = str(row.pk)
    yield from arrived(scene, row)


@handles(Route)
def route(cmd: Route, scene: Scene) -> Iterator[Event]:
    """While the question waits to be put or to be answered."""
    row = request_row(cmd.request, scene)
    is_open = row.state in OPEN or row.answer == AnswerState.OPEN
    if row.kind != RequestKind.QUESTION or not is_open:
        raise Refused(Code.WRONG_STATE, state=row.state)
    row.to = department(cmd.to, scene)
    row.save(update_fields=["to"])
    yield from told(scene, [row])


@handles(SettleQuestion)
def settle_question(cmd: SettleQuestion, scene: Scene) -> Iterator[Event]:
    """OPEN → ANSWERED or IN_WRITING."""
    row = question_row(cmd.request, scene)
    if scene.actor and scene.actor.role == Role.DEPARTMENT and row.to_id != scene.actor.pk:
        raise Refused(Code.NOT_ALLOWED)
    row.answer = AnswerState(cmd.how.value)
    row.save(update_fields=["answer"])
    yield from told(scene, [row])


@handles(Withdraw)
def withdraw(cmd: Withdraw, scene: Scene) -> Iterator[Event]:
    """Only the own request, only while it waits."""
    row = request_in(cmd.request, scene, *WAITING)
    require_own(row, scene)
    yield from told(scene, [becomes(row, RequestState.WITHDRAWN)])


@handles(Move)
def move(cmd: Move, scene: Scene) -> Iterator[Event]:
    """The host's word holds: everybody up to the place keeps it, whatever the rule says later."""
    if not cmd.reason.strip():
        raise Refused(Code.REASON_REQUIRED)
    row = request_in(cmd.request, scene, *WAITING)
    ids = [each.request for each in places(scene.meeting)]
    before = str(request_in(cmd.before, scene, *WAITING).pk) if cmd.before else None
    if before == str(row.pk):
        raise Refused(Code.BAD_REQUEST, fields=["before"])
    ranked = waiting_rows(scene).filter(rank__isnull=False).count()
    held = place(ids, ranked, str(row.pk), before)
    hold(held, scene)
    row.refresh_from_db()
    row.placed = True
    row.save(update_fields=["placed"])
    waiting_rows(scene).filter(state=RequestState.ON_DECK).update(state=RequestState.QUEUED)
    after = [each.request for each in places(scene.meeting)]
    yield events.Moved(
        request=str(row.pk),
        from_place=ids.index(str(row.pk)) + 1,
        to_place=after.index(str(row.pk)) + 1,
        reason=cmd.reason.strip(),
    )
    yield from told(scene, waiting_rows(scene))


@handles(Skip)
def skip(cmd: Skip, scene: Scene) -> Iterator[Event]:
    """Whoever waits, was called, or was interrupted and did not come back."""
    row = request_in(cmd.request, scene, *WAITING, RequestState.INTERRUPTED)
    yield from give_up(row, scene)
    yield from told(scene, [becomes(row, RequestState.SKIPPED)])


@handles(Requeue)
def requeue(cmd: Requeue, scene: Scene) -> Iterator[Event]:
    """SKIPPED → QUEUED, once, at the end: the host, or the person."""
    scene.require_state(MeetingState.LIVE)
    row = request_in(cmd.request, scene, RequestState.SKIPPED)
    if not scene.hosts:
        require_own(row, scene)
    if row.requeued:
        raise Refused(Code.REQUEUED_BEFORE)
    if SpeakerRequest.objects.filter(participant=row.participant, kind=row.kind, state__in=OPEN).exists():
        raise Refused(Code.ALREADY_WAITING)
    row.requeued, row.calls, row.called_at, row.ready, row.rank, row.placed = True, 0, None, False, None, False
    row.arrival = next_arrival(scene)
    row.save(update_fields=["requeued", "calls", "called_at", "ready", "rank", "placed", "arrival"])
    yield from told(scene, [becomes(row, RequestState.QUEUED)])


@handles(ToWritten)
def to_written(cmd: ToWritten, scene: Scene) -> Iterator[Event]:
    """The host for anybody, others for themselves. A question to a department will be answered in writing."""
    row = request_in(cmd.request, scene, *WAITING, RequestState.SKIPPED, RequestState.INTERRUPTED)
    if not scene.hosts:
        require_own(row, scene)
    yield from give_up(row, scene)
    yield from told(scene, [put_in_writing(row)])


def _for_whom(cmd: Request, scene: Scene) -> Participant:
    """The desk asks for anybody, a clerk for those in the venue, others for themselves."""
    if cmd.participant is None or (scene.actor and cmd.participant == scene.actor.pk):
        if scene.me.role == Role.SECRETARY or scene.hosts:
            raise Refused(Code.NOT_ALLOWED)
        return scene.me
    person = scene.participant(cmd.participant)
    if scene.hosts or scene.me.role == Role.SECRETARY:
        return person
    if scene.me.role != Role.VENUE_CLERK or scene.me.venue is None or person.venue != scene.me.venue:
        raise Refused(Code.NOT_ALLOWED)
    return person


def _require_may_ask(cmd: Request, person: Participant, scene: Scene) -> None:
    """Bookings before the meeting begins (later by the desk), everything else while it is live and the queue open."""
    if person.role not in ASKING.get(cmd.kind, SPEAKERS):
        raise Refused(Code.WRONG_KIND, kind=cmd.kind.value)
    by_desk = scene.hosts or scene.me.role == Role.SECRETARY
    queue = queue_of(scene.meeting)
    if person.role == Role.PUBLIC and person == scene.actor and not queue.public_may_ask:
        raise Refused(Code.PUBLIC_MAY_NOT_ASK)
    if cmd.kind == RequestKind.SCHEDULED:
        scene.require_state(*BOOKING, MeetingState.LIVE)
        if scene.meeting.state == MeetingState.LIVE and not by_desk:
            raise Refused(Code.BOOKED_BEFORE_ONLY)
        return
    scene.require_state(MeetingState.LIVE)
    require_present(person)
    if not queue.is_open and not by_desk:
        raise Refused(Code.QUEUE_CLOSED)
