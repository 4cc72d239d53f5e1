"""Noting opinions and commitments while they are said."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from pydantic import Field

from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.models import Participant
from meetings.live.roles import MeetingState, Role
from meetings.live.scene import Scene
from meetings.record.events import CommitmentNoted, OpinionNoted, commitment_view, opinion_view
from meetings.record.models import Commitment, Opinion
from server.accounts.models import Unit
from server.core.errors import Code, Refused

NOTABLE = (MeetingState.LIVE, MeetingState.PAUSED, MeetingState.ENDED)
OWN_ONLY = frozenset({Role.MEMBER, Role.EXPERT})


class NoteOpinion(Command, name="record.note_opinion"):
    """Note a piece of advice; members note their own."""

    text: str = Field(min_length=1, max_length=1000)
    aspect: str = Field(default="", max_length=50)
    speaker: UUID | None = None


class NoteCommitment(Command, name="record.note_commitment"):
    """Note what a unit promises on the spot; a department notes its own."""

    unit_name: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=1000)
    due: date | None = None


@handles(NoteOpinion)
def note_opinion(cmd: NoteOpinion, scene: Scene) -> Iterator[Event]:
    """Number it within the meeting."""
    scene.require_state(*NOTABLE)
    row = Opinion.objects.create(
        meeting=scene.meeting,
        no=Opinion.objects.filter(meeting=scene.meeting).count() + 1,
        aspect=cmd.aspect.strip(),
        text=cmd.text.strip(),
        speaker=_speaker(cmd, scene),
        seq=scene.meeting.seq + 1,
    )
    scene.result["opinion"] = str(row.pk)
    yield OpinionNoted(opinion=opinion_view(row))


@handles(NoteCommitment)
def note_commitment(cmd: NoteCommitment, scene: Scene) -> Iterator[Event]:
    """Tie it to the unit of that name, if the organisation knows one."""
    scene.require_state(*NOTABLE)
    if scene.me.role == Role.DEPARTMENT and cmd.unit_name != scene.me.unit:
        raise Refused(Code.NOT_ALLOWED)
    row = Commitment.objects.create(
        meeting=scene.meeting,
        unit=Unit.objects.filter(organization=scene.meeting.organization, name=cmd.unit_name).first(),
        unit_name=cmd.unit_name,
        text=cmd.text.strip(),
        due=cmd.due,
        seq=scene.meeting.seq + 1,
    )
    scene.result["commitment"] = str(row.pk)
    yield CommitmentNoted(commitment=commitment_view(row))


def _speaker(cmd: NoteOpinion, scene: Scene) -> Participant | None:
    if scene.me.role in OWN_ONLY:
        return scene.me
    return scene.participant(cmd.speaker) if cmd.speaker else None
