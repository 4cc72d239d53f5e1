"""Finding rows for a handler, refusing where there are none; and the small steps that several handlers take."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Max, QuerySet

from meetings.floor import speeches
from meetings.floor.models import WAITING, AnswerState, RequestKind, RequestState, SpeakerRequest, Speech
from meetings.floor.queue import places
from meetings.floor.speeches import on_the_floor
from meetings.live.events import Event
from meetings.live.models import Participant
from meetings.live.roles import Presence, Role
from meetings.live.scene import Scene
from server.core.errors import Code, Refused


def require_present(person: Participant) -> None:
    if person.presence != Presence.PRESENT:
        raise Refused(Code.NOT_PRESENT)


def require_own(row: SpeakerRequest, scene: Scene) -> None:
    me = scene.me
    clerk_of_it = me.role == Role.VENUE_CLERK and me.venue is not None and row.participant.venue == me.venue
    if row.participant_id != me.pk and not clerk_of_it:
        raise Refused(Code.NOT_ALLOWED)


def speaks_for(speech: Speech, scene: Scene) -> bool:
    me = scene.me
    clerk_of_it = me.role == Role.VENUE_CLERK and me.venue is not None and speech.venue == me.venue
    return speech.participant_id == me.pk or clerk_of_it


def request_row(request_id: UUID, scene: Scene) -> SpeakerRequest:
    rows = SpeakerRequest.objects.select_related("participant__sector")
    row = rows.filter(meeting=scene.meeting, pk=request_id).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, what="request")
    return row


def request_in(request_id: UUID, scene: Scene, *states: RequestState) -> SpeakerRequest:
    row = request_row(request_id, scene)
    if row.state not in states:
        raise Refused(Code.WRONG_STATE, state=row.state)
    return row


def question_row(request_id: UUID, scene: Scene) -> SpeakerRequest:
    """A question that was put and waits for its answer, or is being put just now."""
    row = request_row(request_id, scene)
    being_put = row.state in (RequestState.SPEAKING, RequestState.INTERRUPTED)
    if row.kind != RequestKind.QUESTION or not (row.answer == AnswerState.OPEN or being_put):
        raise Refused(Code.WRONG_STATE, state=row.state)
    return row


def department(participant: UUID | None, scene: Scene) -> Participant | None:
    if participant is None:
        return None
    person = scene.participant(participant)
    if person.role != Role.DEPARTMENT:
        raise Refused(Code.NOT_FOUND, what="department")
    return person


def waiting_rows(scene: Scene) -> "QuerySet[SpeakerRequest]":
    return SpeakerRequest.objects.filter(meeting=scene.meeting, state__in=WAITING)


def first_waiting(scene: Scene) -> SpeakerRequest | None:
    """The first who is here: somebody who has booked and is late does not hold up the others."""
    rows = (request_row(UUID(place.request), scene) for place in places(scene.meeting))
    return next((row for row in rows if row.participant.presence == Presence.PRESENT), None)


def speech_row(participant: UUID | None, scene: Scene) -> Speech:
    speaking = on_the_floor(scene.meeting)
    if participant:
        speaking = [speech for speech in speaking if speech.participant_id == participant]
    if not speaking:
        raise Refused(Code.NOT_SPEAKING)
    return speaking[0]


def next_arrival(scene: Scene) -> int:
    latest = SpeakerRequest.objects.filter(meeting=scene.meeting).aggregate(latest=Max("arrival"))["latest"]
    return (latest or 0) + 1


def hold(ids: list[str], scene: Scene) -> None:
    """The host's word: these, in this order."""
    for rank, pk in enumerate(ids):
        SpeakerRequest.objects.filter(meeting=scene.meeting, pk=pk).update(rank=rank)


def becomes(row: SpeakerRequest, state: RequestState) -> SpeakerRequest:
    row.state = state
    row.save(update_fields=["state"])
    return row


def put_in_writing(row: SpeakerRequest) -> SpeakerRequest:
    if row.kind == RequestKind.QUESTION and row.to_id:
        row.answer = AnswerState.IN_WRITING
        row.save(update_fields=["answer"])
    return becomes(row, RequestState.CONVERTED_TO_WRITTEN)


def its_request(speech: Speech, state: RequestState) -> list[SpeakerRequest]:
    return [becomes(speech.request, state)] if speech.request else []


def give_up(row: SpeakerRequest, scene: Scene) -> Iterator[Event]:
    """An interrupted speech that will not go on is over."""
    if row.state == RequestState.INTERRUPTED:
        yield from end_set_aside(Speech.objects.filter(request=row, ended_at=None), scene)


def end_set_aside(rows: "QuerySet[Speech]", scene: Scene) -> Iterator[Event]:
    """What becomes of the request is the caller's business."""
    finished, _ = speeches.finish(list(rows.select_related("participant__sector")), scene, settle=False)
    yield from finished
