"""What was noted."""

from pydantic import BaseModel

from meetings.live.events import Event
from meetings.record.models import Commitment, Opinion


class OpinionView(BaseModel):
    """An opinion as everybody sees it; `speaker` is a participant's id."""

    id: str
    no: int
    aspect: str
    text: str
    speaker: str | None


class CommitmentView(BaseModel):
    """A commitment as everybody sees it; `due` is an ISO date."""

    id: str
    unit: str
    text: str
    due: str | None


def opinion_view(row: Opinion) -> OpinionView:
    """One opinion."""
    speaker = str(row.speaker_id) if row.speaker_id else None
    return OpinionView(id=str(row.pk), no=row.no, aspect=row.aspect, text=row.text, speaker=speaker)


def commitment_view(row: Commitment) -> CommitmentView:
    """One commitment."""
    due = row.due.isoformat() if row.due else None
    return CommitmentView(id=str(row.pk), unit=row.unit_name, text=row.text, due=due)


class OpinionNoted(Event, type="record.opinion_noted", personal=frozenset({"opinion"})):
    """An opinion was noted."""

    opinion: OpinionView


class CommitmentNoted(Event, type="record.commitment_noted"):
    """A commitment was noted."""

    commitment: CommitmentView
