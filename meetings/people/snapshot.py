"""The people part of the snapshot."""

from pydantic import BaseModel

from meetings.live.models import Meeting, Participant
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot
from meetings.people.views import ParticipantView, VenueView, participant_view, venue_view


class PeopleState(BaseModel):
    """Participants by id and venues by id."""

    participants: dict[str, ParticipantView]
    venues: dict[str, VenueView]


@snapshot("people", PeopleState)
def people_snapshot(meeting: Meeting, audience: Audience) -> PeopleState:
    """The roster and the venues."""
    rows = Participant.objects.filter(meeting=meeting).select_related("sector")
    venues = meeting.venues.select_related("venue")
    return PeopleState(
        participants={str(row.pk): participant_view(row) for row in rows},
        venues={str(row.venue_id): venue_view(row) for row in venues},
    )
