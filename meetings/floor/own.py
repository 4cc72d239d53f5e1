"""What a participant sees of the queue beyond its length: the role × action table of the domain, in one place.

Everybody: the own requests and places. A venue's clerk: those of the own venue. A department: the questions put to it.
The staff and the leaders see the whole queue in the events, and need nothing of their own.
"""

from uuid import UUID

from pydantic import BaseModel

from meetings.floor.events import PlaceView, RequestView, request_view
from meetings.floor.models import RequestState, SpeakerRequest
from meetings.floor.queue import places
from meetings.live.models import Meeting, Participant
from meetings.live.own import own
from meetings.live.roles import Audience, Role, audience_of, may_read


class FloorOwn(BaseModel):
    """Requests by id and places in the whole queue, as far as they are one's own business."""

    sees_all: bool
    requests: dict[str, RequestView]
    queue: list[PlaceView]


NOTHING = FloorOwn(sees_all=False, requests={}, queue=[])
EVERYTHING = FloorOwn(sees_all=True, requests={}, queue=[])


@own("floor", NOTHING, changed_by=("floor.", "people.seated"))
def own_floor(meeting_id: UUID, participants: set[UUID]) -> dict[UUID, FloorOwn]:
    """One reading for all of them."""
    meeting = Meeting.objects.get(pk=meeting_id)
    readers = Participant.objects.filter(meeting=meeting, pk__in=participants).only("role", "venue")
    requests = list(SpeakerRequest.objects.filter(meeting=meeting).select_related("participant"))
    queue = places(meeting)
    found = {}
    for reader in readers:
        if may_read(audience_of(reader.role), Audience.QUEUE):
            found[reader.pk] = EVERYTHING
        elif mine := {str(row.pk): request_view(row) for row in requests if concerns(row, reader)}:
            own_places = [place for place in queue if place.request in mine]
            found[reader.pk] = FloorOwn(sees_all=False, requests=mine, queue=own_places)
    return found


def concerns(row: SpeakerRequest, reader: Participant) -> bool:
    """Is the request somebody's own business? Select `participant` with the row."""
    if row.participant_id == reader.pk:
        return True
    if reader.role == Role.VENUE_CLERK:
        return reader.venue is not None and row.participant.venue == reader.venue
    return reader.role == Role.DEPARTMENT and row.to_id == reader.pk and row.state != RequestState.WITHDRAWN
