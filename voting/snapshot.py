"""The voting part of the snapshot."""

from pydantic import BaseModel

from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot
from voting.events import PollView, poll_view
from voting.models import Poll, PollState


class VotingState(BaseModel):
    """Polls by id; `number` is their order."""

    polls: dict[str, PollView]


@snapshot("voting", VotingState)
def voting_snapshot(meeting: Meeting, audience: Audience) -> VotingState:
    """Prepared polls are the staff's alone. Whose ballot is in is nobody's: everyone asks for the own (`api.mine`)."""
    polls = Poll.objects.filter(meeting=meeting)
    if audience is not Audience.STAFF:
        polls = polls.exclude(state=PollState.READY)
    return VotingState(polls={str(poll.pk): poll_view(poll) for poll in polls})
