"""The floor part of the snapshot."""

from pydantic import BaseModel

from meetings.floor.events import PlaceView, RequestView, RuleView, SpeechView, request_view, rule_view, speech_view
from meetings.floor.models import Queue
from meetings.floor.queue import places
from meetings.floor.speeches import speaking_times
from meetings.floor.times import Scope, TimeRow
from meetings.live.models import Meeting
from meetings.live.roles import Audience, may_read
from meetings.live.snapshots import snapshot


class FloorState(BaseModel):
    """Requests by id, the queue in order, and all speeches; those with a slot have the floor.

    Requests and places are the whole queue for the staff and the leaders; others put what is their own (`FloorOwn`)
    there. The times are for the staff.
    """

    is_open: bool
    rule: RuleView
    dialogue: bool
    length: int
    requests: dict[str, RequestView]
    queue: list[PlaceView]
    speeches: list[SpeechView]
    times: dict[Scope, dict[str, TimeRow]]


@snapshot("floor", FloorState)
def floor_snapshot(meeting: Meeting, audience: Audience) -> FloorState:
    """Who speaks is for everybody; who waits is not."""
    queue = Queue.objects.filter(meeting=meeting).first() or Queue(meeting=meeting)
    sees_queue = may_read(audience, Audience.QUEUE)
    return FloorState(
        is_open=queue.is_open,
        rule=rule_view(queue),
        dialogue=queue.dialogue,
        length=queue.length,
        requests={str(row.pk): request_view(row) for row in meeting.speaker_requests.all()} if sees_queue else {},
        queue=places(meeting) if sees_queue else [],
        speeches=[speech_view(row) for row in meeting.speeches.all()],
        times=_by_scope(speaking_times(meeting) if may_read(audience, Audience.STAFF) else []),
    )


def _by_scope(rows: list[TimeRow]) -> dict[Scope, dict[str, TimeRow]]:
    return {scope: {row.key: row for row in rows if row.scope is scope} for scope in Scope}
