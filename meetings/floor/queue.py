"""The queue as rows: who waits, in which order, who stands by.

What `order` thinks is applied to the database here, under the meeting's lock. The settled time of speeches counts,
never the clock: the order only changes with an event.
"""

from collections.abc import Iterable, Iterator

from meetings.floor import events
from meetings.floor.events import PlaceView, request_view
from meetings.floor.models import WAITING, Queue, RequestKind, RequestState, SpeakerRequest, Speech
from meetings.floor.order import Rule, Spoken, Waiting, order
from meetings.live.events import Event
from meetings.live.models import Meeting
from meetings.live.roles import Presence
from meetings.live.scene import Scene


def queue_of(meeting: Meeting) -> Queue:
    """The meeting's queue; made when it is wanted first."""
    return Queue.objects.get_or_create(meeting=meeting)[0]


def rule_of(meeting: Meeting) -> Rule:
    """The rule in force."""
    queue = Queue.objects.filter(meeting=meeting).first()
    return queue.rule if queue else Rule()


def places(meeting: Meeting) -> list[PlaceView]:
    """The queue of a meeting in speaking order."""
    return _in_order(meeting, _waiting(meeting))


def told(scene: Scene, changed: Iterable[SpeakerRequest] = ()) -> Iterator[Event]:
    """The queue after a change: for those who see it all, and its length for everybody."""
    queue = queue_of(scene.meeting)
    rows = {row.pk: row for row in changed}
    waiting = _waiting(scene.meeting)
    rows.update({row.pk: row for row in _stand_by(scene, waiting)})
    if rows or waiting:
        yield events.RequestsChanged(
            requests=[request_view(row) for row in rows.values()], queue=_in_order(scene.meeting, waiting)
        )
    yield from length_told(queue, len(waiting))


def arrived(scene: Scene, row: SpeakerRequest) -> Iterator[Event]:
    """The queue after somebody has asked."""
    queue = queue_of(scene.meeting)
    waiting = _waiting(scene.meeting)
    standing_by = _stand_by(scene, waiting)
    in_order = _in_order(scene.meeting, waiting)
    asked = next(each for each in waiting if each.pk == row.pk)
    yield events.Requested(request=request_view(asked), queue=in_order)
    if others := [request_view(each) for each in standing_by if each is not asked]:
        yield events.RequestsChanged(requests=others, queue=in_order)
    yield from length_told(queue, len(waiting))


def length_told(queue: Queue, length: int) -> Iterator[Event]:
    """How many wait is for everybody to know; who does is not."""
    if queue.length != length:
        queue.length = length
        queue.save(update_fields=["length"])
        yield events.LengthChanged(length=length)


def _waiting(meeting: Meeting) -> list[SpeakerRequest]:
    rows = SpeakerRequest.objects.filter(meeting=meeting, state__in=WAITING)
    return list(rows.select_related("participant__sector"))


def _in_order(meeting: Meeting, rows: list[SpeakerRequest]) -> list[PlaceView]:
    if not rows:
        return []
    ordered = order([_as_waiting(row) for row in rows], _history(meeting), rule_of(meeting))
    return [
        PlaceView(request=request, place=place, reason=reason) for place, (request, reason) in enumerate(ordered, 1)
    ]


def _stand_by(scene: Scene, waiting: list[SpeakerRequest]) -> list[SpeakerRequest]:
    """待命: whoever comes after the one who speaks is told to be ready. Somebody called already needs no word."""
    rows = {str(row.pk): row for row in waiting}
    next_one = next((row for row in waiting if row.state != RequestState.QUEUED), None)
    if next_one is not None and next_one.state == RequestState.CALLED:
        return []
    someone_speaks = Speech.objects.filter(meeting=scene.meeting, slot__isnull=False).exists()
    if not someone_speaks and next_one is None:
        return []
    ordered = [rows[place.request] for place in _in_order(scene.meeting, waiting)]
    head = next((row for row in ordered if row.participant.presence == Presence.PRESENT), None)
    if head is None or head is next_one:
        return []
    changed = []
    if next_one is not None:  # first one, then the other: only one can be next
        changed.append(_becomes(next_one, RequestState.QUEUED))
    changed.append(_becomes(head, RequestState.ON_DECK))
    return changed


def _becomes(row: SpeakerRequest, state: RequestState) -> SpeakerRequest:
    row.state = state
    row.save(update_fields=["state"])
    return row


def _as_waiting(row: SpeakerRequest) -> Waiting:
    person = row.participant
    return Waiting(
        id=str(row.pk),
        arrival=row.arrival,
        person=str(person.pk),
        sector=person.sector.name if person.sector else "",
        venue=str(person.venue) if person.venue else "",
        scheduled=row.kind == RequestKind.SCHEDULED,
        answer=row.answers_id is not None,
        on_deck=row.state in (RequestState.ON_DECK, RequestState.CALLED),
        rank=row.rank,
        placed=row.placed,
    )


def _history(meeting: Meeting) -> list[Spoken]:
    speeches = Speech.objects.filter(meeting=meeting).select_related("request", "participant__sector")
    return [
        Spoken(
            person=str(speech.participant_id),
            sector=speech.participant.sector.name if speech.participant.sector else "",
            venue=str(speech.venue) if speech.venue else "",
            seconds=speech.spent_ms / 1000,
            arrival=speech.request.arrival if speech.request else None,
            scheduled=speech.kind == RequestKind.SCHEDULED,
        )
        for speech in speeches
    ]
