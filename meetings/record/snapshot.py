"""The record part of the snapshot."""

from pydantic import BaseModel

from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot
from meetings.record.events import CommitmentView, OpinionView, commitment_view, opinion_view


class RecordState(BaseModel):
    """Opinions and commitments in the order they were noted."""

    opinions: list[OpinionView]
    commitments: list[CommitmentView]


@snapshot("record", RecordState)
def record_snapshot(meeting: Meeting, audience: Audience) -> RecordState:
    """Everything noted so far."""
    return RecordState(
        opinions=[opinion_view(row) for row in meeting.opinions.all()],
        commitments=[commitment_view(row) for row in meeting.commitments.all()],
    )
