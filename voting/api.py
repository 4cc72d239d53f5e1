"""What is a person's own and so not in the journal: the state of one's ballot. And the turnout, for whoever asks."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from meetings.live.api import seat_of
from meetings.live.roles import Audience, audience_of
from server.core.errors import Code, Refused
from voting import turnout as turnouts
from voting.models import Ballot, Eligible, Participation, Poll, PollMode, PollState

router = Router(tags=["voting"])


class MyBallot(Schema):
    """One poll that I was asked in. `choices` are told for named polls alone: a secret ballot has no owner."""

    poll: str
    received: bool
    choices: list[int] | None


class Turnout(Schema):
    """How many have answered the open poll, as far as that may be told."""

    poll: str
    participated: int
    eligible: int


class NamedBallot(Schema):
    """Who chose what in a named poll."""

    participant: str
    name: str
    choices: list[int]


@router.get("/{meeting_id}/mine", response=list[MyBallot])
def mine(request: HttpRequest, meeting_id: UUID) -> list[MyBallot]:
    """The open and ended polls that I am asked in, and whether my ballot has been received."""
    me = seat_of(request, meeting_id)
    asked = Poll.objects.filter(
        meeting_id=meeting_id,
        state__in=(PollState.OPEN, PollState.CLOSED, PollState.DISPUTED),
        pk__in=Eligible.objects.filter(participant=me).values("poll"),
    )
    received = set(Participation.objects.filter(participant=me, poll__in=asked).values_list("poll_id", flat=True))
    named = dict(Ballot.objects.filter(participant=me, poll__in=asked).values_list("poll_id", "choices"))
    return [MyBallot(poll=str(poll.pk), received=poll.pk in received, choices=named.get(poll.pk)) for poll in asked]


@router.get("/{meeting_id}/turnout", response=list[Turnout])
def turnout(request: HttpRequest, meeting_id: UUID) -> list[Turnout]:
    """Of the open poll; empty when none is open."""
    seat_of(request, meeting_id)
    polls = Poll.objects.filter(meeting_id=meeting_id, state=PollState.OPEN)
    return [
        Turnout(poll=str(poll.pk), participated=turnouts.now(poll), eligible=poll.eligible_count or 0) for poll in polls
    ]


@router.get("/{meeting_id}/polls/{poll_id}/ballots", response=list[NamedBallot])
def ballots(request: HttpRequest, meeting_id: UUID, poll_id: UUID) -> list[NamedBallot]:
    """The ballots of a named poll in the roster's order, for the staff, after closing."""
    if audience_of(seat_of(request, meeting_id).role) is not Audience.STAFF:
        raise Refused(Code.NOT_ALLOWED)
    poll = Poll.objects.filter(meeting_id=meeting_id, pk=poll_id, mode=PollMode.NAMED).first()
    if poll is None:
        raise Refused(Code.NOT_FOUND, what="poll")
    if poll.state not in (PollState.CLOSED, PollState.DISPUTED):
        raise Refused(Code.WRONG_STATE, poll=poll.state)
    rows = poll.ballots.select_related("participant").order_by("participant__position", "participant__name")
    return [
        NamedBallot(participant=str(row.participant_id), name=row.participant.name, choices=row.choices) for row in rows
    ]
