"""The only door for a live change, whatever the transport.

Lock the meeting row → the same command id before? the same answer → permission → handler and reactions → journal →
commit → ring the bell. Refusals leave nothing behind, so a refused command may be tried again with the same id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from meetings.live import bell, journal, permissions
from meetings.live.commands import ANSWERERS, HANDLERS, Command
from meetings.live.events import REACTIONS, Event
from meetings.live.models import CommandReceipt, Meeting, Participant
from meetings.live.scene import Scene
from server.core import clock
from server.core.errors import Code, Refused


@dataclass(frozen=True)
class Answer:
    """What the one who asked gets: the journal's number after the command, and the handler's result."""

    seq: int
    result: dict[str, Any] | None


def execute(*, meeting_id: UUID, actor: UUID | None, command_id: str, command: Command) -> Answer:
    """Carry out a command for a participant (`actor`) or for the server itself (None).

    Raises `Refused`; then nothing has changed.
    """
    if command.direct:
        return _answer(meeting_id=meeting_id, actor=actor, command_id=command_id, command=command)
    key = str(actor) if actor else ""
    with transaction.atomic():
        meeting = _locked(meeting_id)
        seen = CommandReceipt.objects.filter(meeting=meeting, actor=key, command_id=command_id).first()
        if seen is not None:
            if seen.name != command.name:
                raise Refused(Code.BAD_REQUEST, fields=["id"])
            return Answer(seq=seen.seq, result=seen.result)
        scene = Scene(meeting=meeting, actor=_seat(meeting_id, actor), now=clock.now())
        permissions.require(command, scene.actor, meeting.state, acting_host=meeting.acting_host_id)
        events = list(_told(HANDLERS[type(command)](command, scene), scene))
        if events:
            journal.append(scene, events)
        answer = Answer(seq=meeting.seq, result=scene.result or None)
        CommandReceipt.objects.create(
            meeting=meeting, actor=key, command_id=command_id, name=command.name, seq=answer.seq, result=answer.result
        )
        if events:
            transaction.on_commit(lambda: bell.ring(meeting_id, answer.seq), robust=True)
    return answer


def _told(events: Iterator[Event], scene: Scene) -> Iterator[Event]:
    """Each event, followed by what later slices do because of it."""
    for event in events:
        yield event
        for react in REACTIONS.get(type(event), ()):
            yield from _told(react(event, scene), scene)


def _answer(*, meeting_id: UUID, actor: UUID | None, command_id: str, command: Command) -> Answer:
    try:
        meeting = Meeting.objects.get(pk=meeting_id)
    except Meeting.DoesNotExist:
        raise Refused(Code.NOT_FOUND, what="meeting") from None
    scene = Scene(meeting=meeting, actor=_seat(meeting_id, actor), now=clock.now(), command_id=command_id)
    permissions.require(command, scene.actor, meeting.state, acting_host=meeting.acting_host_id)
    result = ANSWERERS[type(command)](command, scene)
    return Answer(seq=meeting.seq, result=result.model_dump(mode="json") if result else None)


def _locked(meeting_id: UUID) -> Meeting:
    try:
        return Meeting.objects.select_for_update().get(pk=meeting_id)
    except Meeting.DoesNotExist:
        raise Refused(Code.NOT_FOUND, what="meeting") from None


def _seat(meeting_id: UUID, actor: UUID | None) -> Participant | None:
    """The actor's seat as it is now: a role that changed a moment ago counts."""
    if actor is None:
        return None
    try:
        return Participant.objects.get(meeting_id=meeting_id, pk=actor)
    except Participant.DoesNotExist:
        raise Refused(Code.NOT_IN_MEETING) from None
