"""The life of a meeting: published, lobby, live, paused, ended.

DRAFT → NOTIFIED → LOBBY → LIVE ⇄ PAUSED → ENDED → DONE, and CANCELLED from before the start. Only the host starts,
pauses and ends; a meeting never ends by itself.
"""

from collections.abc import Iterator

from pydantic import BaseModel, Field

from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.models import Meeting, Participant
from meetings.live.roles import Audience, MeetingState, Role
from meetings.live.scene import Scene
from meetings.live.snapshots import snapshot
from server.core import clock
from server.core.errors import Code, Refused

S = MeetingState


class MeetingView(BaseModel):
    """The meeting itself, as everybody sees it. Times are ISO 8601 UTC."""

    id: str
    title: str
    state: MeetingState
    organization: str
    brand: str
    is_demo: bool
    scheduled_start: str
    planned_minutes: int
    started_at: str | None
    ended_at: str | None
    acting_host: str | None


def meeting_view(meeting: Meeting) -> MeetingView:
    """What everybody may see of the meeting's own row."""
    return MeetingView(
        id=str(meeting.pk),
        title=meeting.title,
        state=MeetingState(meeting.state),
        organization=meeting.organization.name,
        brand=meeting.organization.brand,
        is_demo=meeting.organization.is_demo,
        scheduled_start=clock.iso(meeting.scheduled_start),
        planned_minutes=meeting.planned_minutes,
        started_at=meeting.started_at and clock.iso(meeting.started_at),
        ended_at=meeting.ended_at and clock.iso(meeting.ended_at),
        acting_host=str(meeting.acting_host_id) if meeting.acting_host_id else None,
    )


@snapshot("meeting", MeetingView)
def meeting_snapshot(meeting: Meeting, audience: Audience) -> MeetingView:
    """The meeting's own row."""
    return meeting_view(meeting)


class Publish(Command, name="meeting.publish"):
    """Send out the notice: the meeting can be seen by those invited."""


class OpenLobby(Command, name="meeting.open_lobby"):
    """Open the doors for signing in."""


class Start(Command, name="meeting.start"):
    """Begin the meeting."""


class Pause(Command, name="meeting.pause"):
    """Adjourn: nobody but the host is heard."""


class Resume(Command, name="meeting.resume"):
    """Go on after an adjournment."""


class End(Command, name="meeting.end"):
    """Close the meeting (散会)."""


class Cancel(Command, name="meeting.cancel"):
    """Call the meeting off before it has begun."""

    reason: str = Field(max_length=500)


class MeetingPublished(Event, type="meeting.published"):
    """The notice is out."""

    meeting: MeetingView


class LobbyOpened(Event, type="meeting.lobby_opened"):
    """Signing in has begun."""

    meeting: MeetingView


class MeetingStarted(Event, type="meeting.started"):
    """The meeting is live."""

    meeting: MeetingView


class MeetingPaused(Event, type="meeting.paused"):
    """The meeting is adjourned."""

    meeting: MeetingView


class MeetingResumed(Event, type="meeting.resumed"):
    """The meeting goes on."""

    meeting: MeetingView


class MeetingEnded(Event, type="meeting.ended"):
    """The meeting is over. `head` is the chain's link before this event, for everybody to keep."""

    meeting: MeetingView
    head: str


class MeetingCancelled(Event, type="meeting.cancelled"):
    """The meeting was called off."""

    meeting: MeetingView
    reason: str


def _move(scene: Scene, *, to: MeetingState, allowed: tuple[MeetingState, ...]) -> MeetingView:
    scene.require_state(*allowed)
    scene.meeting.state = to
    scene.meeting.save(update_fields=["state", "started_at", "ended_at"])
    return meeting_view(scene.meeting)


@handles(Publish)
def publish(cmd: Publish, scene: Scene) -> Iterator[Event]:
    """DRAFT → NOTIFIED; somebody must be there to host."""
    if not Participant.objects.filter(meeting=scene.meeting, role=Role.HOST).exists():
        raise Refused(Code.HOST_MISSING)
    yield MeetingPublished(meeting=_move(scene, to=S.NOTIFIED, allowed=(S.DRAFT,)))


@handles(OpenLobby)
def open_lobby(cmd: OpenLobby, scene: Scene) -> Iterator[Event]:
    """NOTIFIED → LOBBY."""
    yield LobbyOpened(meeting=_move(scene, to=S.LOBBY, allowed=(S.NOTIFIED,)))


@handles(Start)
def start(cmd: Start, scene: Scene) -> Iterator[Event]:
    """LOBBY → LIVE."""
    scene.meeting.started_at = scene.now
    yield MeetingStarted(meeting=_move(scene, to=S.LIVE, allowed=(S.LOBBY,)))


@handles(Pause)
def pause(cmd: Pause, scene: Scene) -> Iterator[Event]:
    """LIVE → PAUSED."""
    yield MeetingPaused(meeting=_move(scene, to=S.PAUSED, allowed=(S.LIVE,)))


@handles(Resume)
def resume(cmd: Resume, scene: Scene) -> Iterator[Event]:
    """PAUSED → LIVE."""
    yield MeetingResumed(meeting=_move(scene, to=S.LIVE, allowed=(S.PAUSED,)))


@handles(End)
def end(cmd: End, scene: Scene) -> Iterator[Event]:
    """LIVE or PAUSED → ENDED; later slices close what is still open."""
    scene.meeting.ended_at = scene.now
    head = scene.meeting.head
    yield MeetingEnded(meeting=_move(scene, to=S.ENDED, allowed=(S.LIVE, S.PAUSED)), head=head)


@handles(Cancel)
def cancel(cmd: Cancel, scene: Scene) -> Iterator[Event]:
    """DRAFT, NOTIFIED or LOBBY → CANCELLED, with a reason."""
    if not cmd.reason.strip():
        raise Refused(Code.REASON_REQUIRED)
    view = _move(scene, to=S.CANCELLED, allowed=(S.DRAFT, S.NOTIFIED, S.LOBBY))
    yield MeetingCancelled(meeting=view, reason=cmd.reason)
