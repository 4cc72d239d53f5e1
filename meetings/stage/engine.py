"""The narrow door between the product and whatever carries sound and picture: join, rights, layout wishes, statistics,
events.

Our own forwarding unit (`pool.py`) is one engine; an existing cluster can be put behind the same door. What an engine
and its half in the browser say to each other (`Words`) passes through unread. Nothing above this file may know more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from meetings.stage.reading import Wanted

Words = dict[str, Any]
"""A `media` frame between an engine and its half in the browser: JSON, with `op`."""


class Place(NamedTuple):
    """An endpoint: a participant's device in a meeting, whichever tab it is just now, or their programme output."""

    meeting: UUID
    participant: UUID


class View(BaseModel):
    """What a page shows now. Heights are device pixels, 0 is not shown; `thumbs` is how many small pictures."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    big: int = Field(default=720, ge=0, le=4320)
    thumbs: int = Field(ge=0, le=9)
    thumb: int = Field(default=180, ge=0, le=4320)
    page: int = Field(default=0, ge=0, le=1000)


class Sending(BaseModel):
    """Whether a page has its camera and its screen on: what nobody watches is not sent, and that is no other state."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    camera: bool
    screen: bool


class Unavailable(Exception):
    """No part of the engine answers that could do this. Trying again in a moment is right."""


class Outlived(Exception):
    """The connection these words belong to is no more: the browser has to build a new one."""


@dataclass(frozen=True)
class Said:
    """The engine's own words for its half in the browser."""

    place: Place
    words: Words


@dataclass(frozen=True)
class Slots:
    """Who is where in what an endpoint receives, and how many pages of small pictures there are."""

    place: Place
    connection: str
    slots: dict[str, str | bool | None]
    pages: int


@dataclass(frozen=True)
class Quality:
    """How well media reaches an endpoint or comes from it, and why."""

    place: Place
    connection: str
    level: str
    reason: str
    audio_only: bool


@dataclass(frozen=True)
class Speaking:
    """Who is heard now."""

    meeting: UUID
    participants: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    """The engine threw an endpoint out because it misbehaved."""

    place: Place
    connection: str
    reason: str


EngineEvent = Said | Slots | Quality | Speaking | Ended


class Engine(Protocol):
    """What carries sound and picture. One object per process; nothing happens before the first join or rights."""

    name: str
    """Which half in the browser belongs to it."""

    def listen(self, on_event: Callable[[EngineEvent], Awaitable[None]], on_stale: Callable[[UUID], None]) -> None:
        """Where events go, and who is asked to `apply` a meeting again because a part of the engine knows nothing."""

    async def join(self, place: Place, connection: str, wanted: Wanted, words: Words) -> Words:
        """Let an endpoint in, or answer for its connection again. `wanted` is in force before anybody is let in.

        Raises `Refused`, `Unavailable`, `Outlived`.
        """

    async def leave(self, place: Place) -> None:
        """The endpoint goes. Raises `Unavailable`."""

    async def view(self, place: Place, view: View) -> None:
        """What the endpoint's page shows. Raises `Unavailable`."""

    async def sending(self, place: Place, sending: Sending) -> None:
        """What the endpoint's page sends, by its own word. Raises `Unavailable`."""

    async def apply(self, meeting: UUID, wanted: Wanted) -> None:
        """Bring rights and stage into force wherever the meeting's media is, however often it has to be said.

        Returns when it is on its way. A word of an older `seq` never undoes a newer one.
        """

    async def statistics(self, meeting: UUID) -> dict[str, dict[str, Any]]:
        """What is measured of each endpoint, by participant; whoever cannot be asked now is not in it."""

    async def workers(self) -> dict[str, dict[str, Any]]:
        """What each part of the engine counts, by its name. Raises `Unavailable` when none can be asked."""

    async def close(self) -> None:
        """End everything this process has going; the media of the meetings goes on."""
