"""Couriers: each brings a meeting's newest word to one worker, again and again until it is acknowledged.

A lost revocation is a voice that should be silent. Older words are dropped for newer ones: the last is all it needs.
With the word goes, after it, which workers carry the meeting together.
The courier ends when it has delivered everything, or when the worker's life is over and nothing is left to silence.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from meetings.stage.engine import Unavailable
from meetings.stage.placement import Life
from meetings.stage.reading import Wanted
from meetings.stage.tasks import Tasks
from server.media.client import MediaRefused, MediaUnavailable

log = logging.getLogger(__name__)

FIRST_DELAY = 0.05
LONGEST_DELAY = 1.0
Ask = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Carriers:
    """The workers of a meeting by their epochs, home first, as the lease has them in that generation."""

    generation: int = 0
    epochs: tuple[str, ...] = ()


ALONE = Carriers()


class Courier:
    """For one meeting and one life of a worker. `ask(op, **fields)` is the worker's answer or raises."""

    def __init__(self, *, meeting: UUID, life: Life, ask: Ask, tasks: Tasks) -> None:
        self._room = str(meeting)
        self._life = life
        self._ask = ask
        self._tasks = tasks
        self._word: Wanted | None = None
        self._carriers = self._linked = ALONE
        self._ticket = self._delivered = 0
        self._running: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._news = asyncio.Event()
        self.over = False

    @property
    def idle(self) -> bool:
        """Nothing is on its way."""
        return self._ticket == self._delivered

    def bring(self, word: Wanted, carriers: Carriers = ALONE) -> int:
        """From now on this is the word, unless a newer one was given. Returns a ticket to wait for with `delivered`."""
        known = self._word is not None and (word.seq < self._word.seq or word == self._word)
        if self.over or (known and carriers.generation <= self._carriers.generation):
            return self._ticket
        if not known:
            self._word = word
        if carriers.generation > self._carriers.generation:
            self._carriers = carriers
        self._ticket += 1
        if self._running is None or self._running.done():
            self._running = self._tasks.start(self._run(), name=f"rights of {self._room} to {self._life}")
        return self._ticket

    def hurry(self) -> None:
        """The worker can be reached again: do not wait for the next attempt."""
        self._hurry.set()

    def end(self) -> None:
        """The worker is dead."""
        self.over = True
        self._hurry.set()
        self._tell()

    async def delivered(self, ticket: int, *, seconds: float) -> None:
        """Until the worker has acknowledged that word or a later one. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(seconds):
                while self._delivered < ticket:
                    if self.over:
                        raise Unavailable
                    await self._news.wait()
        except TimeoutError:
            raise Unavailable from None

    async def _run(self) -> None:
        delay = FIRST_DELAY
        while not self.over and (word := self._word) is not None and not self.idle:
            ticket = self._ticket
            self._hurry.clear()
            try:
                await self._deliver(word)
            except (MediaUnavailable, MediaRefused) as failure:
                if isinstance(failure, MediaRefused):
                    log.error("rights of %s refused by %s: %s", self._room, self._life, failure.code)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._hurry.wait()
                delay = min(delay * 2, LONGEST_DELAY)
                continue
            self._delivered, delay = ticket, FIRST_DELAY
            self._tell()

    async def _deliver(self, word: Wanted) -> None:
        granted = {name: rights._asdict() for name, rights in word.rights.items()}
        present = sorted(word.present)
        await self._ask("rights", room=self._room, seq=word.seq, endpoints=granted, present=present)
        await self._ask("stage", room=self._room, seq=word.seq, big=word.big, order=word.order)
        if word.over:
            await self._ask("close_room", room=self._room)
        else:
            await self._link(self._carriers)

    async def _link(self, carriers: Carriers) -> None:
        """Only where there is somebody to be linked with, or was."""
        if max(len(carriers.epochs), len(self._linked.epochs)) > 1 and carriers != self._linked:
            await self._ask("spread", room=self._room, seq=carriers.generation, workers=list(carriers.epochs))
            self._linked = carriers

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Post:
    """The newest words of all meetings of this process, and the couriers that bring them."""

    def __init__(self, *, ask: Callable[..., Awaitable[dict[str, Any]]], tasks: Tasks) -> None:
        """`ask(life, op, **fields)` is the worker's answer."""
        self._ask = ask
        self._tasks = tasks
        self._words: dict[UUID, Wanted] = {}
        self._carriers: dict[UUID, Carriers] = {}
        self._couriers: dict[tuple[UUID, Life], Courier] = {}

    @property
    def meetings(self) -> set[UUID]:
        """The meetings whose word is known here."""
        return set(self._words)

    def word(self, meeting: UUID, word: Wanted) -> None:
        """What is wanted now, unless a newer word was given."""
        before = self._words.get(meeting)
        if before is None or word.seq >= before.seq:
            self._words[meeting] = word

    def carry(self, meeting: UUID, carriers: Carriers) -> None:
        """Which workers carry the meeting now."""
        self._carriers[meeting] = carriers

    def bring(self, meeting: UUID, lives: Iterable[Life]) -> list[tuple[Courier, int]]:
        """Send the newest word to these workers; couriers and tickets to wait for."""
        word = self._words.get(meeting)
        if word is None:
            return []
        carriers = self._carriers.get(meeting, ALONE)
        couriers = [self._courier(meeting, life) for life in lives]
        return [(courier, courier.bring(word, carriers)) for courier in couriers]

    def hurry(self, life: Life) -> None:
        """A worker can be reached again."""
        for (_, where), courier in self._couriers.items():
            if where == life:
                courier.hurry()

    def waiting(self) -> set[Life]:
        """The workers that have not yet acknowledged something."""
        return {life for (_, life), courier in self._couriers.items() if not courier.idle}

    def bury(self, life: Life) -> None:
        """A worker is dead: nothing is left there to silence."""
        for key in [key for key in self._couriers if key[1] == life]:
            self._couriers.pop(key).end()

    def tidy(self, *, keep: set[UUID]) -> None:
        """Forget meetings, other than these, that have nothing on its way."""
        for key in [key for key, courier in self._couriers.items() if key[0] not in keep and courier.idle]:
            del self._couriers[key]
        busy = keep | {meeting for meeting, _ in self._couriers}
        for meeting in [meeting for meeting in self._words if meeting not in busy]:
            del self._words[meeting]
            self._carriers.pop(meeting, None)

    def _courier(self, meeting: UUID, life: Life) -> Courier:
        courier = self._couriers.get((meeting, life))
        if courier is None:
            courier = Courier(meeting=meeting, life=life, ask=partial(self._ask, life), tasks=self._tasks)
            self._couriers[meeting, life] = courier
        return courier
