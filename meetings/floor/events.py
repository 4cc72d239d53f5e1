"""What happened to the queue and the floor.

Who speaks is for everybody. Who waits, and why where, is for the staff and the leaders: others are told how many wait,
and of their own requests what `own` says. Every event about the queue carries the order after it.
"""

from pydantic import BaseModel

from meetings.floor.models import AnswerState, Halt, Queue, RequestKind, RequestState, SpeakerRequest, Speech
from meetings.floor.order import Preset, Reason
from meetings.floor.times import TimeRow
from meetings.live.events import Data, Event, upcasts
from meetings.live.roles import Audience
from server.core import clock


class RuleView(BaseModel):
    """By which rule requests are put in order, and whether the public may ask."""

    preset: Preset
    scheduled_first: bool
    public_may_ask: bool


class RequestView(BaseModel):
    """A request to speak. `participant`, `asked_by` and `to` are participants' ids; `answers` is a question's."""

    id: str
    participant: str
    asked_by: str | None
    kind: RequestKind
    topic: str
    on_behalf_of: str
    to: str | None
    answers: str | None
    answer: AnswerState
    state: RequestState
    requested_at: str
    calls: int
    called_at: str | None
    ready: bool
    requeued: bool


class PlaceView(BaseModel):
    """A place in the queue, counted from 1, with its reason."""

    request: str
    place: int
    reason: Reason


class SpeechView(BaseModel):
    """A speech; `slot` is null for who does not have the floor.

    The clock stood at `spent_ms` when it was last settled and has run since `running_since` (null: it stands, `halted`
    says why). Not `timed`: nothing counts down and no bell rings.
    """

    id: str
    participant: str
    request: str | None
    answers: str | None
    kind: RequestKind
    topic: str
    on_behalf_of: str
    venue: str | None
    limit_seconds: int
    timed: bool
    slot: int | None
    started_at: str
    ended_at: str | None
    spent_ms: int
    running_since: str | None
    halted: Halt


def rule_view(queue: Queue) -> RuleView:
    """The rule in force."""
    return RuleView(
        preset=Preset(queue.preset), scheduled_first=queue.scheduled_first, public_may_ask=queue.public_may_ask
    )


def request_view(row: SpeakerRequest) -> RequestView:
    """One request."""
    return RequestView(
        id=str(row.pk),
        participant=str(row.participant_id),
        asked_by=str(row.asked_by_id) if row.asked_by_id else None,
        kind=RequestKind(row.kind),
        topic=row.topic,
        on_behalf_of=row.on_behalf_of,
        to=str(row.to_id) if row.to_id else None,
        answers=str(row.answers_id) if row.answers_id else None,
        answer=AnswerState(row.answer),
        state=RequestState(row.state),
        requested_at=clock.iso(row.requested_at),
        calls=row.calls,
        called_at=row.called_at and clock.iso(row.called_at),
        ready=row.ready,
        requeued=row.requeued,
    )


def speech_view(row: Speech) -> SpeechView:
    """One speech."""
    return SpeechView(
        id=str(row.pk),
        participant=str(row.participant_id),
        request=str(row.request_id) if row.request_id else None,
        answers=str(row.answers_id) if row.answers_id else None,
        kind=RequestKind(row.kind),
        topic=row.topic,
        on_behalf_of=row.on_behalf_of,
        venue=str(row.venue) if row.venue else None,
        limit_seconds=row.limit_seconds,
        timed=row.timed,
        slot=row.slot,
        started_at=clock.iso(row.started_at),
        ended_at=row.ended_at and clock.iso(row.ended_at),
        spent_ms=row.spent_ms,
        running_since=row.running_since and clock.iso(row.running_since),
        halted=Halt(row.halted),
    )


class QueueOpened(Event, type="floor.opened"):
    """Requests are taken."""


class QueueClosed(Event, type="floor.closed"):
    """No further requests are taken; those waiting keep their places."""


class RuleSet(Event, type="floor.rule_set"):
    """The host has chosen another rule."""

    rule: RuleView


class Requested(Event, type="floor.requested", v=2, audience=Audience.QUEUE, personal=frozenset({"request"})):
    """Somebody asked for the floor."""

    request: RequestView
    queue: list[PlaceView]


class RequestsChanged(
    Event, type="floor.requests_changed", v=2, audience=Audience.QUEUE, personal=frozenset({"requests"})
):
    """Requests moved on: stand by, called, speaking, done, withdrawn, passed over, converted to written, routed."""

    requests: list[RequestView]
    queue: list[PlaceView]


class Moved(Event, type="floor.moved", audience=Audience.QUEUE, personal=frozenset({"reason"})):
    """The host has put a request at another place, and says why."""

    request: str
    from_place: int
    to_place: int
    reason: str


class LengthChanged(Event, type="floor.length_changed"):
    """So many wait."""

    length: int


class SpeechStarted(Event, type="floor.speech_started", v=2, personal=frozenset({"speech"})):
    """Somebody has the floor."""

    speech: SpeechView


class SpeechExtended(Event, type="floor.speech_extended", v=2, personal=frozenset({"speech"})):
    """The host gave more time."""

    speech: SpeechView


class SpeechHalted(Event, type="floor.speech_halted", personal=frozenset({"speech"})):
    """The clock stands; what is left of the time is kept."""

    speech: SpeechView


class SpeechResumed(Event, type="floor.speech_resumed", personal=frozenset({"speech"})):
    """The clock runs again."""

    speech: SpeechView


class SpeechFinished(Event, type="floor.speech_finished", v=2, personal=frozenset({"speech"})):
    """The speech is over."""

    speech: SpeechView


class DialogueOpened(Event, type="floor.dialogue_opened"):
    """Several may speak at once."""


class DialogueClosed(Event, type="floor.dialogue_closed"):
    """One speaks at a time again."""


class TimesChanged(Event, type="floor.times_changed", audience=Audience.STAFF):
    """The totals of a person, their sector and their venue after a speech."""

    times: list[TimeRow]


NEW_IN_REQUESTS = {
    "asked_by": None,
    "to": None,
    "answers": None,
    "answer": "",
    "calls": 0,
    "called_at": None,
    "ready": False,
    "requeued": False,
}


def _places(queue: list[Data]) -> list[Data]:
    return [{**each, "place": place} for place, each in enumerate(queue, 1)]


def _speech(speech: Data | None) -> Data | None:
    """A redacted speech has nothing to bring up to date."""
    if speech is None:
        return None
    running = speech["ended_at"] is None
    return {
        **speech,
        "answers": None,
        "timed": True,
        "slot": 0 if running else None,
        "spent_ms": 0 if running else _milliseconds(speech["started_at"], speech["ended_at"]),
        "running_since": speech["started_at"] if running else None,
        "halted": "",
    }


def _milliseconds(start: str, end: str) -> int:
    return max(0, round((clock.read(end) - clock.read(start)).total_seconds() * 1000))


@upcasts("floor.requested", 1)
def _requested(data: Data) -> Data:
    return {"request": data["request"] and {**NEW_IN_REQUESTS, **data["request"]}, "queue": _places(data["queue"])}


@upcasts("floor.requests_changed", 1)
def _requests_changed(data: Data) -> Data:
    requests = [{**NEW_IN_REQUESTS, **request} for request in data["requests"] or []]
    return {"requests": requests, "queue": _places(data["queue"])}


@upcasts("floor.speech_started", 1)
@upcasts("floor.speech_extended", 1)
@upcasts("floor.speech_finished", 1)
def _one_speech(data: Data) -> Data:
    return {"speech": _speech(data["speech"])}
