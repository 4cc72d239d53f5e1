"""The stage part of the snapshot."""

from pydantic import BaseModel

from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot
from meetings.stage.models import Layout, Stage


class StageState(BaseModel):
    """How the meeting is shown, and who is big by choice; null follows the speaker."""

    spotlight: str | None
    layout: Layout


@snapshot("stage", StageState)
def stage_snapshot(meeting: Meeting, audience: Audience) -> StageState:
    """The staff's choice."""
    row = Stage.objects.filter(meeting=meeting).first()
    if row is None:
        return StageState(spotlight=None, layout=Layout.SPEAKER)
    return StageState(spotlight=str(row.spotlight_id) if row.spotlight_id else None, layout=Layout(row.layout))
