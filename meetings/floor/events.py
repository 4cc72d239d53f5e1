"""What happened to the queue and the floor. Every queue event carries the order after it."""

from pydantic import BaseModel

from meetings.floor.models import RequestKind, RequestState, SpeakerRequest, Speech
from meetings.floor.order import Reason, Waiting, order
from meetings.live.events import Event
from meetings.live.models import Meeting
from server.core import clock


class RequestView(BaseModel):
    """A request to speak as everybody sees it. `participant` is an id."""

    id: str
    participant: str
    kind: RequestKind
    topic: str
    on_behalf_of: str
    state: RequestState
    requested_at: str


class PlaceView(BaseModel):
    """A place in the queue, with its reason."""

    request: str
    reason: Reason


class SpeechView(BaseModel):
    """A speech; `ended_at` is null while the person has the floor."""

    id: str
    participant: str
    request: str | None
    kind: RequestKind
    topic: str
    on_behalf_of: str
    venue: str | None
    limit_seconds: int
    started_at: str
    ended_at: str | None


def request_view(row: SpeakerRequest) -> RequestView:
    """One request."""
    return RequestView(
        id=str(row.pk),
        participant=str(row.participant_id),
        kind=RequestKind(row.kind),
        topic=row.topic,
        on_behalf_of=row.on_behalf_of,
        state=RequestState(row.state),
        requested_at=clock.iso(row.requested_at),
    )


def speech_view(row: Speech) -> SpeechView:
    """One speech."""
    return SpeechView(
        id=str(row.pk),
        participant=str(row.participant_id),
        request=str(row.request_id) if row.request_id else None,
        kind=RequestKind(row.kind),
        topic=row.topic,
        on_behalf_of=row.on_behalf_of,
        venue=str(row.venue) if row.venue else None,
        limit_seconds=row.limit_seconds,
        started_at=clock.iso(row.started_at),
        ended_at=row.ended_at and clock.iso(row.ended_at),
    )


def places(meeting: Meeting) -> list[PlaceView]:
    """The queue of a meeting in speaking order."""
    rows = SpeakerRequest.objects.filter(meeting=meeting, state=RequestState.QUEUED)
    waiting = [Waiting(str(row.pk), row.kind == RequestKind.SCHEDULED, row.arrival) for row in rows]
    return [PlaceView(request=request, reason=reason) for request, reason in order(waiting)]


class QueueOpened(Event, type="floor.opened"):
    """Requests are taken."""


class QueueClosed(Event, type="floor.closed"):
    """No further requests are taken; those waiting keep their places."""


class Requested(Event, type="floor.requested", personal=frozenset({"request"})):
    """Somebody asked for the floor."""

    request: RequestView
    queue: list[PlaceView]


class RequestsChanged(Event, type="floor.requests_changed", personal=frozenset({"requests"})):
    """Requests were withdrawn, skipped or converted to written."""

    requests: list[RequestView]
    queue: list[PlaceView]


class SpeechStarted(Event, type="floor.speech_started", personal=frozenset({"request", "speech"})):
    """Somebody has the floor."""

    speech: SpeechView
    request: RequestView | None
    queue: list[PlaceView]


class SpeechExtended(Event, type="floor.speech_extended"):
    """The host gave more time."""

    speech: SpeechView


class SpeechFinished(Event, type="floor.speech_finished", personal=frozenset({"request", "speech"})):
    """The floor is free again."""

    speech: SpeechView
    request: RequestView | None
