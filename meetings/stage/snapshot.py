"""The stage part of the snapshot."""

from pydantic import BaseModel

from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot
from meetings.stage.models import Stage


class StageState(BaseModel):
    """Who is shown big by choice; null follows the speaker."""

    spotlight: str | None


@snapshot("stage", StageState)
def stage_snapshot(meeting: Meeting, audience: Audience) -> StageState:
    """The staff's choice."""
    row = Stage.objects.filter(meeting=meeting).first()
    return StageState(spotlight=str(row.spotlight_id) if row and row.spotlight_id else None)
