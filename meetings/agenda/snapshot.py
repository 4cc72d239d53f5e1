"""The agenda part of the snapshot."""

from pydantic import BaseModel

from meetings.agenda.events import ItemView, item_view
from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot


class AgendaState(BaseModel):
    """The items in order."""

    items: list[ItemView]


@snapshot("agenda", AgendaState)
def agenda_snapshot(meeting: Meeting, audience: Audience) -> AgendaState:
    """The whole agenda."""
    return AgendaState(items=[item_view(row) for row in meeting.agenda_items.all()])
