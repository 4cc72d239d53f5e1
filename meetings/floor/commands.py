"""Asking for the floor and giving it.

One person at a time has the floor. Nobody is heard here: the right to send sound follows in `stage`.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Max
from pydantic import Field

from meetings.floor import events
from meetings.floor.events import places, request_view, speech_view
from meetings.floor.models import LIMIT_SECONDS, Queue, RequestKind, RequestState, SpeakerRequest, Speech
from meetings.live.commands import Command, handles
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingEnded
from meetings.live.models import Participant
from meetings.live.roles import BEFORE_THE_END, MeetingState, Presence, Role
from meetings.live.scene import Scene
from meetings.people.events import Left, Removed
from server.core.errors import Code, Refused

HOSTS = frozenset({Role.HOST, Role.CO_HOST})


class Open(Command, name="floor.open"):
    """Take requests from now on."""


class Close(Command, name="floor.close"):
    """Take no further requests."""


class Request(Command, name="floor.request"):
    """Ask for the floor; a venue's clerk asks for a person in the venue (`participant`)."""

    kind: RequestKind = RequestKind.IMPROMPTU
    topic: str = Field(default="", max_length=200)
    on_behalf_of: str = Field(default="", max_length=50)
    participant: UUID | None = None


class Withdraw(Command, name="floor.withdraw"):
    """Take one's own request back."""

    request: UUID


class Call(Command, name="floor.call"):
    """请下一位: give the floor to a request, to a person without one, or to the next. Whoever speaks is finished."""

    request: UUID | None = None
    participant: UUID | None = None
    limit_seconds: int | None = Field(default=None, ge=10, le=7200)


class Skip(Command, name="floor.skip"):
    """过号: the person called does not answer, or a request is passed over."""

    request: UUID


class ToWritten(Command, name="floor.to_written"):
    """转书面: the request becomes a written speech."""

    request: UUID


class Extend(Command, name="floor.extend"):
    """Give the one who speaks more time."""

    seconds: int = Field(ge=10, le=3600)


class Finish(Command, name="floor.finish"):
    """End the speech: the host, or the one who speaks (for them: their venue's clerk)."""


@handles(Open)
def open_queue(cmd: Open, scene: Scene) -> Iterator[Event]:
    """Nothing changes when it is open already."""
    scene.require_state(*BEFORE_THE_END)
    queue, _ = Queue.objects.get_or_create(meeting=scene.meeting)
    if not queue.is_open:
        queue.is_open = True
        queue.save(update_fields=["is_open"])
        yield events.QueueOpened()


@handles(Close)
def close_queue(cmd: Close, scene: Scene) -> Iterator[Event]:
    """Those waiting keep their places."""
    if Queue.objects.filter(meeting=scene.meeting, is_open=True).update(is_open=False):
        yield events.QueueClosed()


@handles(Request)
def request(cmd: Request, scene: Scene) -> Iterator[Event]:
    """One open request per person and kind, in the server's order of arrival."""
    scene.require_state(MeetingState.LIVE)
    person = _for_whom(cmd, scene)
    if person.presence != Presence.PRESENT:
        raise Refused(Code.NOT_PRESENT)
    if not Queue.objects.filter(meeting=scene.meeting, is_open=True).exists():
        raise Refused(Code.QUEUE_CLOSED)
    requests = SpeakerRequest.objects.filter(meeting=scene.meeting)
    open_states = (RequestState.QUEUED, RequestState.SPEAKING)
    if requests.filter(participant=person, kind=cmd.kind, state__in=open_states).exists():
        raise Refused(Code.ALREADY_WAITING)
    latest = requests.aggregate(latest=Max("arrival"))["latest"] or 0
    row = SpeakerRequest.objects.create(
        meeting=scene.meeting,
        participant=person,
        kind=cmd.kind,
        topic=cmd.topic.strip(),
        on_behalf_of=cmd.on_behalf_of.strip(),
        arrival=latest + 1,
        requested_at=scene.now,
    )
    scene.result["request"] = str(row.pk)
    yield events.Requested(request=request_view(row), queue=places(scene.meeting))


@handles(Withdraw)
def withdraw(cmd: Withdraw, scene: Scene) -> Iterator[Event]:
    """Only the own request, only while it waits."""
    row = _waiting(cmd.request, scene)
    _require_own(row, scene)
    yield _settle([row], RequestState.WITHDRAWN, scene)


@handles(Skip)
def skip(cmd: Skip, scene: Scene) -> Iterator[Event]:
    """QUEUED → SKIPPED."""
    yield _settle([_waiting(cmd.request, scene)], RequestState.SKIPPED, scene)


@handles(ToWritten)
def to_written(cmd: ToWritten, scene: Scene) -> Iterator[Event]:
    """The host for anybody, others for themselves."""
    row = _waiting(cmd.request, scene)
    if scene.me.role not in HOSTS:
        _require_own(row, scene)
    yield _settle([row], RequestState.CONVERTED_TO_WRITTEN, scene)


@handles(Call)
def call(cmd: Call, scene: Scene) -> Iterator[Event]:
    """Finish whoever speaks and give the floor on."""
    scene.require_state(MeetingState.LIVE)
    row = _whose_turn(cmd, scene)
    person = row.participant if row else scene.participant(cmd.participant) if cmd.participant else None
    if person is None:
        raise Refused(Code.NOBODY_WAITING)
    if person.presence != Presence.PRESENT:
        raise Refused(Code.NOT_PRESENT)
    yield from _finish_open(scene)
    kind = RequestKind(row.kind) if row else RequestKind.SCHEDULED
    if row:
        row.state = RequestState.SPEAKING
        row.save(update_fields=["state"])
    speech = Speech.objects.create(
        meeting=scene.meeting,
        participant=person,
        request=row,
        kind=kind,
        topic=row.topic if row else "",
        on_behalf_of=row.on_behalf_of if row else "",
        venue=person.venue,
        limit_seconds=cmd.limit_seconds or LIMIT_SECONDS[kind],
        started_at=scene.now,
    )
    yield events.SpeechStarted(
        speech=speech_view(speech), request=request_view(row) if row else None, queue=places(scene.meeting)
    )


@handles(Extend)
def extend(cmd: Extend, scene: Scene) -> Iterator[Event]:
    """More time for the open speech."""
    speech = _open_speech(scene)
    speech.limit_seconds += cmd.seconds
    speech.save(update_fields=["limit_seconds"])
    yield events.SpeechExtended(speech=speech_view(speech))


@handles(Finish)
def finish(cmd: Finish, scene: Scene) -> Iterator[Event]:
    """The host, the speaker, or the clerk of the speaker's venue."""
    speech = _open_speech(scene)
    me = scene.me
    clerk_of_it = me.role == Role.VENUE_CLERK and me.venue is not None and speech.venue == me.venue
    if me.role not in HOSTS and speech.participant_id != me.pk and not clerk_of_it:
        raise Refused(Code.NOT_ALLOWED)
    yield from _finish_open(scene)


@reacts_to(MeetingEnded)
def close_the_floor(event: MeetingEnded, scene: Scene) -> Iterator[Event]:
    """散会 ends the speech; whoever still waits is offered a written speech."""
    yield from _finish_open(scene)
    if Queue.objects.filter(meeting=scene.meeting, is_open=True).update(is_open=False):
        yield events.QueueClosed()
    waiting = list(SpeakerRequest.objects.filter(meeting=scene.meeting, state=RequestState.QUEUED))
    if waiting:
        yield _settle(waiting, RequestState.CONVERTED_TO_WRITTEN, scene)


@reacts_to(Left)
def whoever_leaves_gives_up_the_floor(event: Left, scene: Scene) -> Iterator[Event]:
    """Leaving withdraws what waits and ends the speech."""
    yield from _gone([UUID(person.id) for person in event.participants], scene)


@reacts_to(Removed)
def whoever_is_shown_out_gives_up_the_floor(event: Removed, scene: Scene) -> Iterator[Event]:
    """Being shown out does the same."""
    yield from _gone([UUID(person.id) for person in event.participants], scene)


def _for_whom(cmd: Request, scene: Scene) -> Participant:
    if cmd.participant is None or cmd.participant == scene.me.pk:
        return scene.me
    person = scene.participant(cmd.participant)
    if scene.me.role != Role.VENUE_CLERK or scene.me.venue is None or person.venue != scene.me.venue:
        raise Refused(Code.NOT_ALLOWED)
    return person


def _waiting(request_id: UUID, scene: Scene) -> SpeakerRequest:
    row = SpeakerRequest.objects.select_related("participant").filter(meeting=scene.meeting, pk=request_id).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, what="request")
    if row.state != RequestState.QUEUED:
        raise Refused(Code.WRONG_STATE, state=row.state)
    return row


def _require_own(row: SpeakerRequest, scene: Scene) -> None:
    me = scene.me
    clerk_of_it = me.role == Role.VENUE_CLERK and me.venue is not None and row.participant.venue == me.venue
    if row.participant_id != me.pk and not clerk_of_it:
        raise Refused(Code.NOT_ALLOWED)


def _whose_turn(cmd: Call, scene: Scene) -> SpeakerRequest | None:
    if cmd.request:
        return _waiting(cmd.request, scene)
    if cmd.participant:
        return None
    queue = places(scene.meeting)
    return _waiting(UUID(queue[0].request), scene) if queue else None


def _open_speech(scene: Scene) -> Speech:
    speech = Speech.objects.filter(meeting=scene.meeting, ended_at=None).select_related("request").first()
    if speech is None:
        raise Refused(Code.NOT_SPEAKING)
    return speech


def _finish_open(scene: Scene) -> Iterator[Event]:
    speech = Speech.objects.filter(meeting=scene.meeting, ended_at=None).select_related("request").first()
    if speech is None:
        return
    speech.ended_at = scene.now
    speech.save(update_fields=["ended_at"])
    row = speech.request
    if row:
        row.state = RequestState.DONE
        row.save(update_fields=["state"])
    yield events.SpeechFinished(speech=speech_view(speech), request=request_view(row) if row else None)


def _settle(rows: list[SpeakerRequest], state: RequestState, scene: Scene) -> Event:
    for row in rows:
        row.state = state
    SpeakerRequest.objects.bulk_update(rows, ["state"])
    return events.RequestsChanged(requests=[request_view(row) for row in rows], queue=places(scene.meeting))


def _gone(people: list[UUID], scene: Scene) -> Iterator[Event]:
    speech = Speech.objects.filter(meeting=scene.meeting, ended_at=None).first()
    if speech and speech.participant_id in people:
        yield from _finish_open(scene)
    waiting = SpeakerRequest.objects.filter(meeting=scene.meeting, participant__in=people, state=RequestState.QUEUED)
    if rows := list(waiting):
        yield _settle(rows, RequestState.WITHDRAWN, scene)
