"""Who acts for the host: 主持人掉线 60 s → 副主持 or 秘书, and back when the host is there again.

`Seen` rows are the truth about who is connected, whichever web process they are connected to: every process writes
those it serves every few seconds. The hand-over itself is a command that the server gives; whoever gives it, the
handler judges anew under the meeting's lock, so that many processes hand over once. The meeting never ends by
itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.lifecycle import MeetingView, meeting_view
from meetings.live.models import Meeting, Participant, Seen
from meetings.live.roles import MeetingState, Presence, Role
from meetings.live.scene import Scene
from server.core import clock

LOST = timedelta(seconds=60)
"""A host not seen for so long is lost."""
HERE = timedelta(seconds=20)
"""Whoever was seen within this time is here: several times `feed.WATCH_SECONDS`."""
RUNNING = (MeetingState.LIVE, MeetingState.PAUSED)
SUBSTITUTES = (Role.CO_HOST, Role.SECRETARY)
WATCHED = (Role.HOST, *SUBSTITUTES)


class HandOver(Command, name="meeting.hand_over"):
    """Let a co-host or a secretary act for a host who is lost, or give back to a host who is here again."""


class HandedOver(Event, type="meeting.handed_over"):
    """The host is lost; `acting` acts for the host."""

    meeting: MeetingView
    acting: str
    host_seen_at: str


class HandedBack(Event, type="meeting.handed_back"):
    """The host is here again, or nobody is left who could act."""

    meeting: MeetingView


@handles(HandOver)
def hand_over(cmd: HandOver, scene: Scene) -> Iterator[Event]:
    """As things stand under the lock; nothing happens when nothing has to."""
    change = _due(scene.meeting, scene.now)
    if change is None:
        return
    acting, seen_at = change
    scene.meeting.acting_host = acting
    scene.meeting.save(update_fields=["acting_host"])
    if acting is None:
        yield HandedBack(meeting=meeting_view(scene.meeting))
    else:
        yield HandedOver(meeting=meeting_view(scene.meeting), acting=str(acting.pk), host_seen_at=seen_at)


def saw(meeting_id: UUID, participants: set[UUID], now: datetime) -> None:
    """Note who of those that matter is connected to this process now."""
    rows = Participant.objects.filter(meeting_id=meeting_id, pk__in=participants, role__in=WATCHED)
    # In one order: two processes that write the same rows must not wait for each other.
    seen = [Seen(participant_id=pk, at=now) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    if seen:
        Seen.objects.bulk_create(seen, update_conflicts=True, update_fields=["at"], unique_fields=["participant"])


def heard(participant: UUID, now: datetime) -> None:
    """A command over HTTP is a sign of life, too, of somebody who was connected before."""
    Seen.objects.filter(participant=participant).update(at=now)


def is_due(meeting_id: UUID, now: datetime) -> bool:
    """Should `meeting.hand_over` be given? Without the lock: the handler looks again."""
    meeting = Meeting.objects.filter(pk=meeting_id, state__in=RUNNING).first()
    return meeting is not None and _due(meeting, now) is not None


def effective_role(participant: Participant, acting_host: UUID | None) -> Role:
    """The role whose commands and rights somebody has now."""
    return Role.HOST if participant.pk == acting_host else Role(participant.role)


def _due(meeting: Meeting, now: datetime) -> "tuple[Participant | None, str] | None":
    """Who should act from now on, and when a host was seen last; None when it is as it should be."""
    if meeting.state not in RUNNING:
        return None
    rows = Participant.objects.filter(meeting=meeting, role__in=WATCHED, presence=Presence.PRESENT)
    seen = {row: row.seen.at for row in rows.select_related("seen") if hasattr(row, "seen")}
    hosts = [at for row, at in seen.items() if row.role == Role.HOST]
    if not hosts:
        # Nobody was ever seen hosting from a page: whoever hosts does it another way.
        return None
    latest = max(hosts)
    if meeting.acting_host_id is None and now - latest <= LOST:
        return None
    if meeting.acting_host_id is not None and now - latest <= HERE:
        return None, ""
    here = {row.pk for row, at in seen.items() if now - at <= HERE}
    if meeting.acting_host_id in here:
        return None
    substitutes = [row for role in SUBSTITUTES for row in seen if row.role == role and row.pk in here]
    if not substitutes:
        return None
    return substitutes[0], clock.iso(latest)
