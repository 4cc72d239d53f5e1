"""How many have answered so far: told, not kept, at most once a second, and coarsely for secret polls.

The message holds a number and nothing else. It is sent after the commit and may be lost; the desk asks `api.turnout`.
"""

from uuid import UUID

from django.core.cache import cache

from meetings.live import bell
from voting.models import Participation, Poll, PollMode
from voting.tally import coarse

SECONDS = 1


def now(poll: Poll) -> int:
    """The number that may be told."""
    participated = Participation.objects.filter(poll=poll).count()
    return coarse(participated, eligible=poll.eligible_count or 0, secret=poll.mode == PollMode.SECRET)


def tell(meeting_id: UUID, poll: Poll) -> None:
    """Tell everybody, unless that was done within the last second."""
    if not cache.add(f"turnout:{poll.pk}", 1, timeout=SECONDS):
        return
    participated = now(poll)
    # A message without news would tell the moment of a ballot.
    if cache.get(f"turnout:{poll.pk}:told") != participated:
        cache.set(f"turnout:{poll.pk}:told", participated)
        told = {"poll": str(poll.pk), "participated": participated, "eligible": poll.eligible_count}
        bell.volatile(meeting_id, "turnout", told)
