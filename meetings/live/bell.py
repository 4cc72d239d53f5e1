"""The bell: a word to all web processes that a meeting's journal has grown, and messages that are sent, not kept.

The channel layer may lose a ring: the feed asks the journal anyway. Nothing that matters is only in a volatile message.
"""

import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from meetings.live.roles import Audience
from server.accounts.sign_ins import Ended, hears_of_ended_sign_ins

log = logging.getLogger(__name__)

GROUP = "gongshang.bell"


def ring(meeting_id: UUID, seq: int) -> None:
    """Tell every web process that the meeting's journal has reached `seq`. Called after the commit."""
    _send({"type": "bell", "meeting": str(meeting_id), "seq": seq})


def volatile(meeting_id: UUID, kind: str, data: dict[str, Any], audience: Audience = Audience.EVERYONE) -> None:
    """Send a message to the meeting's sockets without keeping it (turnout, pointer)."""
    _send(
        {"type": "volatile", "meeting": str(meeting_id), "kind": kind, "data": data, "audience": audience.value},
    )


def expel(meeting_id: UUID, participant_id: UUID) -> None:
    """Close the sockets of somebody who was shown out. Should the ring be lost, the next beat closes them."""
    _send({"type": "expel", "meeting": str(meeting_id), "participant": str(participant_id)})


@hears_of_ended_sign_ins
def send_back_to_the_door(ended: Ended) -> None:
    """Close the sockets of sign-ins that are no more. Who has another one comes in again with that."""
    _send({"type": "ended", "account": ended.account, "session": ended.session})


def _send(message: dict[str, Any]) -> None:
    try:
        async_to_sync(get_channel_layer().group_send)(GROUP, message)
    except Exception:
        # Redis is away, whatever its client calls that. The command is committed; the feed will find its events.
        log.warning("the bell could not be rung", exc_info=True)
