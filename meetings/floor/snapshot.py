"""The floor part of the snapshot."""

from pydantic import BaseModel

from meetings.floor.events import PlaceView, RequestView, SpeechView, places, request_view, speech_view
from meetings.floor.models import Queue
from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot


class FloorState(BaseModel):
    """Requests by id, the queue in order, and all speeches; the one without an end has the floor."""

    is_open: bool
    requests: dict[str, RequestView]
    queue: list[PlaceView]
    speeches: list[SpeechView]


@snapshot("floor", FloorState)
def floor_snapshot(meeting: Meeting, audience: Audience) -> FloorState:
    """The queue is the same for everybody."""
    return FloorState(
        is_open=Queue.objects.filter(meeting=meeting, is_open=True).exists(),
        requests={str(row.pk): request_view(row) for row in meeting.speaker_requests.all()},
        queue=places(meeting),
        speeches=[speech_view(row) for row in meeting.speeches.all()],
    )
