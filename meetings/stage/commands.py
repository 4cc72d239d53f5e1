"""Choosing the big picture."""

from collections.abc import Iterator
from uuid import UUID

from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.roles import MeetingState
from meetings.live.scene import Scene
from meetings.stage.models import Stage


class Spotlight(Command, name="stage.spotlight"):
    """Show a participant (or their venue) big; without one, follow the speaker."""

    participant: UUID | None = None


class SpotlightSet(Event, type="stage.spotlight_set"):
    """The big picture was chosen; null follows the speaker."""

    participant: str | None


@handles(Spotlight)
def spotlight(cmd: Spotlight, scene: Scene) -> Iterator[Event]:
    """Before and during the meeting."""
    scene.require_state(MeetingState.LOBBY, MeetingState.LIVE, MeetingState.PAUSED)
    wanted = scene.participant(cmd.participant) if cmd.participant else None
    Stage.objects.update_or_create(meeting=scene.meeting, defaults={"spotlight": wanted})
    yield SpotlightSet(participant=str(wanted.pk) if wanted else None)
