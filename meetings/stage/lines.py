"""The control lines of one web process, one to each media worker, and what may be concluded from them.

A worker is dead when nothing listens at its address any more, or when it has come back with another epoch. A line that
is only silent proves nothing: then it has to be silent for long, and no other web process may still hear the worker
(each of them says so in the cache, again and again). Only the dead are taken their meetings away without asking.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from enum import Enum
from time import monotonic

from django.core.cache import cache

from meetings.stage.placement import Life, Load
from server.media import messages
from server.media.client import MediaClient

log = logging.getLogger(__name__)

PATIENCE = 6.0
"""Seconds of silence after which a worker may be dead."""
HEARD_FOR = 5
"""Seconds that a web process's word for a worker is good; longer than a sweep, shorter than the patience."""


class Fate(Enum):
    """What is known of a worker's life."""

    HERE = "here"
    AWAY = "away"
    DEAD = "dead"


class Line:
    """The line to one worker. `life` is the last one heard there."""

    def __init__(
        self,
        *,
        url: str,
        token: str,
        on_event: Callable[["Line", object], Awaitable[None]],
        on_change: Callable[["Line", bool], None],
    ) -> None:
        """`on_change(line, came)`: the worker has come, or it has gone, begun to drain, or turned out to be dead."""
        self.life: Life | None = None
        self.refused = False
        self.draining = False
        self.silent_since = monotonic()
        self._load: messages.Load | None = None
        self._tell = on_event
        self._changed = on_change
        self._up = False
        self.client = MediaClient(
            url=url, token=token, on_event=self._on_event, on_lost=self._on_lost, on_failed=self._on_failed
        )

    @property
    def up(self) -> bool:
        """Whether the worker can be asked."""
        return self._up and self.client.connected

    @property
    def takes(self) -> Life | None:
        """The worker, if it takes people now."""
        return self.life if self.up and not self.draining else None

    @property
    def pipe(self) -> str:
        """By what the worker can be linked with others; see `messages.Hello`."""
        return self.client.hello.pipe if self.client.hello else ""

    @property
    def told(self) -> tuple[int, float]:
        """Endpoints and use of the core, as the worker said last."""
        return (self._load.endpoints, self._load.cpu) if self._load else (0, 0.0)

    async def _on_event(self, event: object) -> None:
        match event:
            case messages.Hello():
                life = Life(event.worker, event.epoch)
                if life != self.life:
                    self._load, self.draining = None, False
                self.life, self._up, self.refused = life, True, False
                log.info("the media worker %s is here", life)
                self._changed(self, True)
            case messages.Draining():
                self.drained()
            case messages.Load():
                self._load = event
            case _:
                await self._tell(self, event)

    def drained(self) -> None:
        """It said so, or refused somebody for that."""
        if not self.draining:
            self.draining = True
            log.info("the media worker %s is being drained", self.life)
            self._changed(self, False)

    def _on_lost(self) -> None:
        self._up = False
        self.silent_since = monotonic()
        log.warning("the media worker %s is away", self.life)
        self._changed(self, False)

    def _on_failed(self, refused: bool) -> None:
        if refused and not self.refused:
            self.refused = True
            if self.life:
                log.warning("the media worker %s is dead", self.life)
            self._changed(self, False)


class Lines:
    """All lines of this process."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = list(lines)

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        for line in self._lines:
            line.silent_since = monotonic()
            await line.client.start()

    async def close(self) -> None:
        """Hang up."""
        await asyncio.gather(*(line.client.close() for line in self._lines))

    async def any_up(self, seconds: float) -> None:
        """Until a worker can be asked, but not for longer than this."""
        waiting = [asyncio.ensure_future(line.client.wait_connected()) for line in self._lines]
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    def to(self, life: Life) -> Line | None:
        """The line to a worker that can be asked and is still in this life."""
        return next((line for line in self._lines if line.life == life and line.up), None)

    def drains(self, life: Life) -> None:
        """It refused somebody because it drains; its own word is still on the way."""
        if line := self.to(life):
            line.drained()

    def taking(self) -> list[Life]:
        """The workers that take people now."""
        return [line.takes for line in self._lines if line.takes]

    def heard(self) -> list[Life]:
        """The workers that can be asked now."""
        return [line.life for line in self._lines if line.life is not None and line.up]

    def loads(self, *, meetings: Counter[Life], people: Counter[Life]) -> list[Load]:
        """How busy these are. `people` came through this process, perhaps since the worker last counted."""
        found = []
        for line in self._lines:
            if life := line.takes:
                endpoints, cpu = line.told
                endpoints = max(endpoints, people[life])
                found.append(Load(life, line.pipe, endpoints=endpoints, cpu=cpu, meetings=meetings[life]))
        return found

    async def vouch(self) -> None:
        """Say to the other web processes which workers are heard here."""
        for line in self._lines:
            if line.life is not None and line.up:
                with contextlib.suppress(Exception):  # Redis is away: then nobody concludes anything from silence
                    await cache.aset(_key(line.life), 1, timeout=HEARD_FOR)

    async def fate(self, life: Life) -> Fate:
        """What is known of a life; see the module."""
        if self.to(life) is not None:
            return Fate.HERE
        for line in self._lines:
            if line.up and line.life is not None and line.life.worker == life.worker:
                return Fate.DEAD
            if line.life == life and line.refused:
                return Fate.DEAD
        silent_since = max((line.silent_since for line in self._lines if line.life == life), default=None)
        if silent_since is None:
            # Nobody here has ever heard it: perhaps it is still being connected to.
            silent_since = max(line.silent_since for line in self._lines)
        if monotonic() - silent_since < PATIENCE:
            return Fate.AWAY
        try:
            return Fate.AWAY if await cache.aget(_key(life)) else Fate.DEAD
        except Exception:
            return Fate.AWAY


def _key(life: Life) -> str:
    return f"media.heard.{life.epoch}"
