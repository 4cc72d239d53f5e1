"""Live commands over HTTP, for clients without a socket at hand, and the catch-up that goes with them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from meetings.live import access, commands, hosting, own, snapshots
from meetings.live.execute import execute
from meetings.live.feed import events_frame
from meetings.live.models import Participant
from meetings.live.roles import audience_of
from server.core import clock
from server.core.rates import Rate

router = Router(tags=["live"])

COMMANDS = Rate("do", most=200, seconds=10)
"""For each participant: what a socket may send in the long run (see `consumer`)."""


class Do(Schema):
    """A command with the id that makes it safe to send again."""

    id: UUID
    command: dict[str, Any]


class Done(Schema):
    """The command was carried out; the journal stands at `seq`."""

    seq: int
    result: dict[str, Any] | None


def seat_of(request: HttpRequest, meeting_id: UUID) -> Participant:
    """The seat of whoever sends the request."""
    return access.participant_of(user=request.user, session=request.session, meeting_id=meeting_id)


@router.post("/{meeting_id}/do", response=Done)
def do(request: HttpRequest, meeting_id: UUID, body: Do) -> Done:
    """Carry out one live command."""
    me = seat_of(request, meeting_id)
    COMMANDS.take(me.pk)
    command = commands.parse(body.command)
    hosting.heard(me.pk, clock.now())
    answer = execute(meeting_id=meeting_id, actor=me.pk, command_id=str(body.id), command=command)
    return Done(seq=answer.seq, result=answer.result)


@router.get("/{meeting_id}/state")
def state(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The snapshot and the events after it, as the welcome frame has them, and what is the participant's own."""
    me = seat_of(request, meeting_id)
    audience = audience_of(me.role)
    catchup = snapshots.catch_up(meeting_id, audience, since=None)
    tail = events_frame(catchup.tail, audience).removeprefix('{"t":"events",')
    mine = own.read(meeting_id, {me.pk})[me.pk]
    text = f'{{"seq":{catchup.seq},"snapshot":{catchup.snapshot},"own":{mine},{tail}'
    return HttpResponse(text, content_type="application/json")
