"""Calling people up, giving the floor, and what happens while somebody has it."""

from collections.abc import Iterator

from django.db.models import F

from meetings.floor import events, speeches
from meetings.floor.commands import AnswerCall, Call, Dialogue, Extend, Finish, Interrupt, Resume, Speak, Summon
from meetings.floor.models import WAITING, Halt, Queue, RequestKind, RequestState, SpeakerRequest, Speech
from meetings.floor.queue import queue_of, told
from meetings.floor.rows import (
    becomes,
    first_waiting,
    its_request,
    question_row,
    request_in,
    require_own,
    require_present,
    speaks_for,
    speech_row,
    waiting_rows,
)
from meetings.floor.speeches import on_the_floor
from meetings.live.commands import handles
from meetings.live.events import Event
from meetings.live.models import Participant
from meetings.live.roles import MeetingState
from meetings.live.scene import Scene
from server.core.errors import Code, Refused

CALLS = 2
DIALOGUE = 2


@handles(Summon)
def summon(cmd: Summon, scene: Scene) -> Iterator[Event]:
    """QUEUED or ON_DECK → CALLED, and a second call. Whoever was next before waits again."""
    scene.require_state(MeetingState.LIVE)
    row = request_in(cmd.request, scene, *WAITING) if cmd.request else first_waiting(scene)
    if row is None:
        raise Refused(Code.NOBODY_WAITING)
    require_present(row.participant)
    if row.calls >= CALLS:
        raise Refused(Code.CALLED_TWICE)
    others = list(waiting_rows(scene).exclude(pk=row.pk).exclude(state=RequestState.QUEUED))
    for other in others:
        becomes(other, RequestState.QUEUED)
    row.calls, row.called_at = row.calls + 1, scene.now
    row.save(update_fields=["calls", "called_at"])
    yield from told(scene, [*others, becomes(row, RequestState.CALLED)])


@handles(AnswerCall)
def answer_call(cmd: AnswerCall, scene: Scene) -> Iterator[Event]:
    """CALLED → SPEAKING when nobody else has the floor; else the host sees that they are ready."""
    scene.require_state(MeetingState.LIVE)
    row = request_in(cmd.request, scene, RequestState.CALLED)
    if not scene.hosts:
        require_own(row, scene)
    if on_the_floor(scene.meeting):
        row.ready = True
        row.save(update_fields=["ready"])
        yield from told(scene, [row])
        return
    speech, changed = speeches.begin(row.participant, scene, row=row)
    yield events.SpeechStarted(speech=events.speech_view(speech))
    yield from told(scene, changed)


@handles(Call)
def call(cmd: Call, scene: Scene) -> Iterator[Event]:
    """Finish whoever speaks and give the floor on."""
    scene.require_state(MeetingState.LIVE)
    row = _whose_turn(cmd, scene)
    person = row.participant if row else scene.participant(cmd.participant) if cmd.participant else None
    if person is None:
        raise Refused(Code.NOBODY_WAITING)
    require_present(person)
    question = question_row(cmd.answers, scene) if cmd.answers and not row else None
    finished, changed = speeches.finish(on_the_floor(scene.meeting), scene)
    yield from finished
    speech, begun = speeches.begin(person, scene, row=row, limit=cmd.limit_seconds, answers=question)
    yield events.SpeechStarted(speech=events.speech_view(speech))
    yield from told(scene, [*changed, *begun])


@handles(Speak)
def speak(cmd: Speak, scene: Scene) -> Iterator[Event]:
    """What is going on is set aside; the host lets it go on afterwards."""
    scene.require_state(MeetingState.LIVE)
    speaking = on_the_floor(scene.meeting)
    if any(speech.participant_id == scene.me.pk for speech in speaking):
        return
    changed = []
    if not queue_of(scene.meeting).dialogue:
        for other in speaking:
            told_, rows = _set_aside(other, scene)
            changed += rows
            yield told_
    speech, _ = speeches.begin(scene.me, scene)
    yield events.SpeechStarted(speech=events.speech_view(speech))
    yield from told(scene, changed)


@handles(Dialogue)
def dialogue(cmd: Dialogue, scene: Scene) -> Iterator[Event]:
    """Those who speak already go on; with others the microphones are opened."""
    scene.require_state(MeetingState.LIVE)
    people = [scene.participant(pk) for pk in dict.fromkeys(cmd.participants)]
    if len(people) < DIALOGUE:
        raise Refused(Code.BAD_REQUEST, fields=["participants"])
    for person in people:
        require_present(person)
    wanted = {person.pk for person in people}
    speaking = on_the_floor(scene.meeting)
    leaving = [speech for speech in speaking if speech.participant_id not in wanted]
    finished, changed = speeches.finish(leaving, scene)
    yield from finished
    if Queue.objects.filter(pk=queue_of(scene.meeting).pk, dialogue=False).update(dialogue=True):
        yield events.DialogueOpened()
    already = {speech.participant_id for speech in speaking}
    for person in people:
        if person.pk not in already:
            speech, begun = speeches.begin(person, scene, row=_of_theirs(person), kind=RequestKind.DIALOGUE)
            changed += begun
            yield events.SpeechStarted(speech=events.speech_view(speech))
    if changed or already != wanted:
        yield from told(scene, changed)


@handles(Extend)
def extend(cmd: Extend, scene: Scene) -> Iterator[Event]:
    """More time for the open speech."""
    speech = speech_row(cmd.participant, scene)
    speech.limit_seconds += cmd.seconds
    speech.save(update_fields=["limit_seconds"])
    yield events.SpeechExtended(speech=events.speech_view(speech))


@handles(Interrupt)
def interrupt(cmd: Interrupt, scene: Scene) -> Iterator[Event]:
    """SPEAKING → INTERRUPTED. The floor stays theirs until somebody else is called."""
    speech = speech_row(cmd.participant, scene)
    if speech.halted == Halt.INTERRUPTED:
        return
    yield speeches.halt(speech, Halt.INTERRUPTED, scene)
    yield from told(scene, its_request(speech, RequestState.INTERRUPTED))


@handles(Resume)
def resume(cmd: Resume, scene: Scene) -> Iterator[Event]:
    """INTERRUPTED → SPEAKING. The host for anybody; whoever still has the floor, or their clerk, for themselves."""
    scene.require_state(MeetingState.LIVE)
    speech = _interrupted(cmd, scene)
    if not scene.hosts and (speech.slot is None or not speaks_for(speech, scene)):
        raise Refused(Code.NOT_ALLOWED)
    require_present(speech.participant)
    changed: list[SpeakerRequest] = []
    if speech.slot is None:
        finished, changed = speeches.finish(on_the_floor(scene.meeting), scene)
        yield from finished
        speech.slot = 0
    yield speeches.run_on(speech, scene.now)
    yield from told(scene, [*changed, *its_request(speech, RequestState.SPEAKING)])


@handles(Finish)
def finish(cmd: Finish, scene: Scene) -> Iterator[Event]:
    """The host, the speaker, or the clerk of the speaker's venue."""
    speaking = on_the_floor(scene.meeting)
    if cmd.participant:
        speaking = [speech for speech in speaking if speech.participant_id == cmd.participant]
    if not speaking:
        raise Refused(Code.NOT_SPEAKING)
    if not scene.hosts:
        speaking = [speech for speech in speaking if speaks_for(speech, scene)]
        if not speaking:
            raise Refused(Code.NOT_ALLOWED)
    finished, changed = speeches.finish(speaking, scene)
    yield from finished
    yield from told(scene, changed)


def _whose_turn(cmd: Call, scene: Scene) -> SpeakerRequest | None:
    if cmd.request:
        return request_in(cmd.request, scene, *WAITING)
    return None if cmd.participant else first_waiting(scene)


def _interrupted(cmd: Resume, scene: Scene) -> Speech:
    """Whoever still has the floor before those who were set aside, the latest of these first."""
    rows = Speech.objects.filter(meeting=scene.meeting, ended_at=None, halted=Halt.INTERRUPTED)
    if cmd.participant:
        rows = rows.filter(participant=cmd.participant)
    rows = rows.select_related("request", "participant__sector")
    speech = rows.order_by(F("slot").asc(nulls_last=True), "-no").first()
    if speech is None:
        raise Refused(Code.NOT_SPEAKING)
    return speech


def _of_theirs(person: Participant) -> SpeakerRequest | None:
    """The interjection that somebody asked for is what the dialogue gives them."""
    return SpeakerRequest.objects.filter(participant=person, kind=RequestKind.DIALOGUE, state__in=WAITING).first()


def _set_aside(speech: Speech, scene: Scene) -> tuple[Event, list[SpeakerRequest]]:
    found = speeches.halt(speech, Halt.INTERRUPTED, scene, keeps_floor=False)
    return found, its_request(speech, RequestState.INTERRUPTED)
