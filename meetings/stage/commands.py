"""Choosing the big picture and the layout."""

from collections.abc import Iterator
from uuid import UUID

from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.roles import DOORS_OPEN
from meetings.live.scene import Scene
from meetings.stage.models import Layout, Stage


class Spotlight(Command, name="stage.spotlight"):
    """Show a participant (or their venue) big; without one, follow the speaker."""

    participant: UUID | None = None


class SpotlightSet(Event, type="stage.spotlight_set"):
    """The big picture was chosen; null follows the speaker."""

    participant: str | None


class SetLayout(Command, name="stage.set_layout"):
    """Choose how the meeting is shown to everybody."""

    layout: Layout


class LayoutSet(Event, type="stage.layout_set"):
    """The layout was chosen."""

    layout: Layout


@handles(Spotlight)
def spotlight(cmd: Spotlight, scene: Scene) -> Iterator[Event]:
    """Before and during the meeting."""
    scene.require_state(*DOORS_OPEN)
    wanted = scene.participant(cmd.participant) if cmd.participant else None
    Stage.objects.update_or_create(meeting=scene.meeting, defaults={"spotlight": wanted})
    yield SpotlightSet(participant=str(wanted.pk) if wanted else None)


@handles(SetLayout)
def set_layout(cmd: SetLayout, scene: Scene) -> Iterator[Event]:
    """Before and during the meeting. What is chosen already stays, and nothing is said."""
    scene.require_state(*DOORS_OPEN)
    row, _ = Stage.objects.get_or_create(meeting=scene.meeting)
    if row.layout != cmd.layout:
        row.layout = cmd.layout
        row.save(update_fields=["layout"])
        yield LayoutSet(layout=cmd.layout)
