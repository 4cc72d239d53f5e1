"""What a consultation does when something happens in one of its meetings."""

from collections.abc import Iterator

from meetings.consultation.services import meeting_started
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingStarted
from meetings.live.scene import Scene


@reacts_to(MeetingStarted)
def the_consultation_deliberates(event: MeetingStarted, scene: Scene) -> Iterator[Event]:
    """The first meeting's start is the start of 协商讨论."""
    meeting_started(scene.meeting, scene.now)
    yield from ()
