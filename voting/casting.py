"""A ballot: one short transaction on the poll's row, outside the meeting's lock.

The conditional update of the poll comes first: it waits for a closing that is under way and then finds the poll closed,
so a ballot is either counted and acknowledged or refused. Nothing here is logged, journalled or kept as a receipt, and
no refusal repeats what was chosen. The same ballot sent again is acknowledged again and counted once.
"""

from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F
from pydantic import BaseModel, Field

from meetings.live.commands import Command, answers
from meetings.live.scene import Scene
from server.core.errors import Code, Refused
from voting import tally, turnout
from voting.models import Ballot, Eligible, Participation, Poll, PollMode, PollState, Tally

MAX_REMEMBERED = 100
"""A named ballot changed more often than this forgets the oldest ids."""


class Cast(Command, name="voting.cast", direct=True):
    """Answer a poll. `choices` are positions of its options; final when the poll is secret."""

    poll: UUID
    choices: list[int] = Field(min_length=1, max_length=10)


class Received(BaseModel):
    """The server has the ballot. It says no more than that."""

    received: Literal[True] = True


@answers(Cast)
def cast(cmd: Cast, scene: Scene) -> Received:
    """Count the ballot, or acknowledge it again, or refuse it."""
    poll = Poll.objects.filter(meeting=scene.meeting, pk=cmd.poll).exclude(state=PollState.READY).first()
    if poll is None:
        raise Refused(Code.NOT_FOUND, what="poll")
    if not Eligible.objects.filter(poll=poll, participant=scene.me).exists():
        raise Refused(Code.NOT_ELIGIBLE)
    if not tally.valid(cmd.choices, options=len(poll.options), max_choices=poll.max_choices):
        raise Refused(Code.BAD_CHOICE)
    with transaction.atomic():
        if not Poll.objects.filter(pk=poll.pk, state=PollState.OPEN).update(state=PollState.OPEN):
            # Whoever lost the acknowledgement and asks again after closing learns whether the ballot was in time.
            received = Participation.objects.filter(poll=poll, participant=scene.me).exists()
            raise Refused(Code.POLL_CLOSED, received=received)
        if _take(poll, scene, cmd.choices):
            transaction.on_commit(lambda: turnout.tell(scene.meeting.pk, poll), robust=True)
    return Received()


def _take(poll: Poll, scene: Scene, choices: list[int]) -> bool:
    """Write the ballot under the poll's lock; True when one more person has taken part."""
    mine = Participation.objects.filter(poll=poll, participant=scene.me).first()
    if mine is None:
        Participation.objects.create(poll=poll, participant=scene.me, command_ids=[scene.command_id])
        if poll.mode == PollMode.SECRET:
            Tally.objects.filter(poll=poll, option__in=choices).update(count=F("count") + 1)
        else:
            Ballot.objects.create(poll=poll, participant=scene.me, choices=choices)
        return True
    if scene.command_id in mine.command_ids:
        return False
    if poll.mode == PollMode.SECRET:
        raise Refused(Code.ALREADY_VOTED)
    # Every id is remembered, not the last alone: a frame that comes late must not bring an older choice back.
    mine.command_ids = [*mine.command_ids, scene.command_id][-MAX_REMEMBERED:]
    mine.save(update_fields=["command_ids"])
    Ballot.objects.filter(poll=poll, participant=scene.me).update(choices=choices)
    return False
