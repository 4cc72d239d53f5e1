"""What a handler sees: the locked meeting, who asks, and the time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from meetings.live.models import Meeting, Participant
from meetings.live.roles import HOSTS, Audience, MeetingState, audience_of
from server.core.errors import Code, Refused


@dataclass
class Scene:
    """One command being carried out. `actor` is None when the server itself acts.

    A handler may leave small JSON facts in `result` for the one who asked (the id of what was made). `command_id` is
    for direct commands, which have no receipt: they see to it themselves that the same id again changes nothing.
    """

    meeting: Meeting
    actor: Participant | None
    now: datetime
    result: dict[str, Any] = field(default_factory=dict)
    command_id: str = ""

    @property
    def me(self) -> Participant:
        """The participant who asks; a programmer's mistake if the server itself does."""
        if self.actor is None:
            raise RuntimeError("the server itself has no seat in a meeting")
        return self.actor

    @property
    def hosts(self) -> bool:
        """Does the one who asks run the meeting: a host, a co-host, whoever acts for the host, or the server itself?"""
        return self.actor is None or self.actor.role in HOSTS or self.actor.pk == self.meeting.acting_host_id

    @property
    def audience(self) -> Audience:
        """Which events the one who asks may read."""
        return audience_of(self.actor.role) if self.actor else Audience.STAFF

    def participant(self, participant_id: UUID) -> Participant:
        """A participant of this meeting; refuses ids of other meetings like unknown ones."""
        if self.actor is not None and self.actor.pk == participant_id:
            return self.actor
        try:
            return Participant.objects.get(meeting=self.meeting, pk=participant_id)
        except Participant.DoesNotExist:
            raise Refused(Code.NOT_FOUND, what="participant") from None

    def require_state(self, *states: MeetingState) -> None:
        """Refuse unless the meeting is in one of the states."""
        if self.meeting.state not in states:
            live_only = set(states) <= {MeetingState.LIVE}
            raise Refused(Code.NOT_LIVE if live_only else Code.WRONG_STATE, state=self.meeting.state)
