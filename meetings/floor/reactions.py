"""What the floor does when the meeting is adjourned or ends, and when people leave."""

from collections.abc import Iterator
from uuid import UUID

from meetings.floor import events, speeches
from meetings.floor.models import WAITING, Halt, Queue, RequestState, SpeakerRequest, Speech
from meetings.floor.queue import told
from meetings.floor.rows import becomes, end_set_aside, give_up, put_in_writing
from meetings.floor.speeches import on_the_floor
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingEnded, MeetingPaused, MeetingResumed
from meetings.live.scene import Scene
from meetings.people.events import Left, Removed


@reacts_to(MeetingPaused)
def the_clock_stands(event: MeetingPaused, scene: Scene) -> Iterator[Event]:
    """休会 stops the clock of whoever speaks."""
    for speech in on_the_floor(scene.meeting):
        if not speech.halted:
            yield speeches.halt(speech, Halt.ADJOURNED, scene)


@reacts_to(MeetingResumed)
def the_clock_runs_on(event: MeetingResumed, scene: Scene) -> Iterator[Event]:
    """It runs on where the meeting stopped it."""
    for speech in on_the_floor(scene.meeting):
        if speech.halted == Halt.ADJOURNED:
            yield speeches.run_on(speech, scene.now)


@reacts_to(MeetingEnded)
def close_the_floor(event: MeetingEnded, scene: Scene) -> Iterator[Event]:
    """散会 ends the speech; whoever still waits, or was interrupted, is offered a written speech."""
    finished, changed = speeches.finish(on_the_floor(scene.meeting), scene)
    yield from finished
    if Queue.objects.filter(meeting=scene.meeting, is_open=True).update(is_open=False):
        yield events.QueueClosed()
    left = SpeakerRequest.objects.filter(meeting=scene.meeting, state__in=(*WAITING, RequestState.INTERRUPTED))
    for row in left.select_related("participant"):
        yield from give_up(row, scene)
        changed.append(put_in_writing(row))
    yield from end_set_aside(Speech.objects.filter(meeting=scene.meeting, ended_at=None), scene)
    if changed:
        yield from told(scene, changed)


@reacts_to(Left)
def whoever_leaves_gives_up_the_floor(event: Left, scene: Scene) -> Iterator[Event]:
    """Leaving withdraws what waits and ends the speech."""
    yield from _gone([UUID(person.id) for person in event.participants], scene)


@reacts_to(Removed)
def whoever_is_shown_out_gives_up_the_floor(event: Removed, scene: Scene) -> Iterator[Event]:
    """Being shown out does the same."""
    yield from _gone([UUID(person.id) for person in event.participants], scene)


def _gone(people: list[UUID], scene: Scene) -> Iterator[Event]:
    speaking = [speech for speech in on_the_floor(scene.meeting) if speech.participant_id in people]
    finished, changed = speeches.finish(speaking, scene)
    yield from finished
    yield from end_set_aside(Speech.objects.filter(meeting=scene.meeting, participant__in=people, ended_at=None), scene)
    rows = SpeakerRequest.objects.filter(meeting=scene.meeting, participant__in=people)
    changed += [becomes(row, RequestState.DONE) for row in rows.filter(state=RequestState.INTERRUPTED)]
    changed += [becomes(row, RequestState.WITHDRAWN) for row in rows.filter(state__in=WAITING)]
    if changed:
        yield from told(scene, changed)
