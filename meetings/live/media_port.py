"""Where the media engine plugs in. The kernel passes `media` frames through and knows nothing else of media."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True)
class Seat:
    """One open connection of one participant: what the media engine needs to know of it."""

    connection: str
    meeting: UUID
    participant: UUID
    seat: str
    send: Callable[[dict[str, Any]], Awaitable[None]]


class MediaPort(Protocol):
    """What a media engine offers to the kernel."""

    async def frame(self, seat: Seat, frame: dict[str, Any]) -> None:
        """A `media` frame from a client. Raises `Refused`."""

    async def closed(self, seat: Seat) -> None:
        """The connection is gone; the endpoint's media may go on (the phone may only have changed networks)."""

    async def grown(self, meeting: UUID, types: set[str]) -> None:
        """The meeting's journal has grown by events of these types. Returns at once: a feed waits for it."""


class _NoMedia:
    async def frame(self, seat: Seat, frame: dict[str, Any]) -> None:
        await seat.send({"t": "media", "op": "unavailable"})

    async def closed(self, seat: Seat) -> None:
        return

    async def grown(self, meeting: UUID, types: set[str]) -> None:
        return


_plugged: MediaPort = _NoMedia()


def plug(port: MediaPort) -> None:
    """Use this media engine in this process."""
    global _plugged
    _plugged = port


def port() -> MediaPort:
    """The media engine of this process."""
    return _plugged
