"""Speeches as rows: beginning, halting, finishing, and what the totals are. Called under the meeting's lock."""

from collections.abc import Iterator
from datetime import datetime

from meetings.floor import events
from meetings.floor.events import speech_view
from meetings.floor.models import (
    LIMIT_SECONDS,
    MICROPHONES,
    AnswerState,
    Halt,
    Queue,
    RequestKind,
    RequestState,
    SpeakerRequest,
    Speech,
)  # fmt: skip
from meetings.floor.times import TimeRow, Turn, keys, totals
from meetings.live.events import Event
from meetings.live.models import Meeting, Participant
from meetings.live.roles import HOSTS, Role
from meetings.live.scene import Scene
from server.core.errors import Code, Refused

UNTIMED = HOSTS | {Role.LEADER}


def on_the_floor(meeting: Meeting) -> list[Speech]:
    """The speeches of whoever has the floor: none, one, or several in a dialogue."""
    rows = Speech.objects.filter(meeting=meeting, slot__isnull=False).order_by("slot")
    return list(rows.select_related("request", "participant__sector"))


def begin(
    person: Participant, scene: Scene, *, row: SpeakerRequest | None = None, limit: int | None = None,
    kind: RequestKind | None = None, answers: SpeakerRequest | None = None,
) -> tuple[Speech, list[SpeakerRequest]]:  # fmt: skip
    """Open a microphone for somebody; the caller has seen to it that one is free, and tells it."""
    kind = RequestKind(row.kind) if row else kind or _usual(person)
    taken = {speech.slot for speech in on_the_floor(scene.meeting)}
    slot = next((free for free in range(MICROPHONES) if free not in taken), None)
    if slot is None:
        raise Refused(Code.TOO_MANY_MICROPHONES, most=MICROPHONES)
    if row:
        row.state, row.rank, row.placed = RequestState.SPEAKING, None, False
        row.save(update_fields=["state", "rank", "placed"])
    speech = Speech.objects.create(
        meeting=scene.meeting,
        no=Speech.objects.filter(meeting=scene.meeting).count() + 1,
        participant=person,
        request=row,
        answers=row.answers if row else answers,
        kind=kind,
        topic=row.topic if row else "",
        on_behalf_of=row.on_behalf_of if row else "",
        venue=person.venue,
        limit_seconds=limit or LIMIT_SECONDS[kind],
        timed=person.role not in UNTIMED and kind != RequestKind.DIALOGUE,
        slot=slot,
        started_at=scene.now,
        running_since=scene.now,
    )
    return speech, [row] if row else []


def finish(speeches: list[Speech], scene: Scene, *, settle: bool = True) -> tuple[list[Event], list[SpeakerRequest]]:
    """End speeches and settle their requests: a question that was put waits for its answer, one answered no longer."""
    found: list[Event] = []
    changed: dict[object, SpeakerRequest] = {}
    for speech in speeches:
        speech.stop_clock(scene.now)
        speech.slot, speech.halted, speech.ended_at = None, Halt.NONE, scene.now
        speech.save(update_fields=["slot", "halted", "ended_at", "spent_ms", "running_since"])
        found.append(events.SpeechFinished(speech=speech_view(speech)))
        if settle and (row := speech.request):
            row.state = RequestState.DONE
            if row.kind == RequestKind.QUESTION and row.answer == AnswerState.NONE:
                row.answer = AnswerState.OPEN
            row.save(update_fields=["state", "answer"])
            changed[row.pk] = row
        question = speech.answers if settle else None
        if question and question.answer == AnswerState.OPEN:
            question.answer = AnswerState.ANSWERED
            question.save(update_fields=["answer"])
            changed[question.pk] = question
    if speeches:
        found.append(events.TimesChanged(times=_affected(speeches, scene.meeting)))
        found.extend(_end_of_dialogue(scene))
    return found, list(changed.values())


def halt(speech: Speech, why: Halt, scene: Scene, *, keeps_floor: bool = True) -> Event:
    """Stop the clock; what is left is kept. Without the floor the speech waits to be resumed."""
    speech.stop_clock(scene.now)
    speech.halted = why
    if not keeps_floor:
        speech.slot = None
    speech.save(update_fields=["slot", "halted", "spent_ms", "running_since"])
    return events.SpeechHalted(speech=speech_view(speech))


def run_on(speech: Speech, now: datetime) -> Event:
    """Let the clock run on; the caller has seen to the microphone."""
    speech.running_since, speech.halted = now, Halt.NONE
    speech.save(update_fields=["slot", "halted", "running_since"])
    return events.SpeechResumed(speech=speech_view(speech))


def speaking_times(meeting: Meeting) -> list[TimeRow]:
    """The totals so far."""
    return totals(turns(meeting))


def turns(meeting: Meeting) -> Iterator[Turn]:
    """The speeches that are over, as the totals take them."""
    rows = Speech.objects.filter(meeting=meeting, ended_at__isnull=False).select_related("participant__sector")
    for row in rows:
        yield turn_of(row)


def turn_of(row: Speech) -> Turn:
    """A speech as the totals take it; select `participant__sector` with the row."""
    return Turn(
        person=str(row.participant_id),
        sector=row.participant.sector.name if row.participant.sector else "",
        venue=str(row.venue) if row.venue else "",
        spent_ms=row.spent_ms,
        overtime_ms=row.overtime_ms,
    )


def _affected(speeches: list[Speech], meeting: Meeting) -> list[TimeRow]:
    touched = {key for speech in speeches for key in keys(turn_of(speech))}
    return [row for row in speaking_times(meeting) if (row.scope, row.key) in touched]


def _end_of_dialogue(scene: Scene) -> Iterator[Event]:
    """A dialogue with one left is none."""
    if Speech.objects.filter(meeting=scene.meeting, slot__isnull=False).count() > 1:
        return
    if Queue.objects.filter(meeting=scene.meeting, dialogue=True).update(dialogue=False):
        yield events.DialogueClosed()


def _usual(person: Participant) -> RequestKind:
    return RequestKind.RESPONSE if person.role == Role.DEPARTMENT else RequestKind.SCHEDULED
