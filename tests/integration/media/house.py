"""A meeting on two workers of one machine, and what its tabs do when the workers change."""

import asyncio
from dataclasses import dataclass

from tests.integration.media.media_harness import Peer, Worker
from tests.integration.media.web_process import Tab, WebProcess, does, lease_of
from tests.story import Room, Somebody


@dataclass
class House:
    """A meeting that is live: the host speaks, the member listens."""

    room: Room
    host: Somebody
    li: Somebody
    workers: list[Worker]
    webs: list[WebProcess]

    def web(self, **how: int) -> WebProcess:
        self.webs.append(WebProcess([worker.control_port for worker in self.workers], **how))
        return self.webs[-1]

    async def home(self) -> Worker:
        """The worker that is the meeting's home now."""
        name = (await lease_of(self.room)).home.worker
        return next(worker for worker in self.workers if worker.name == name)

    async def does(self, who: Somebody, type_: str, **fields: object) -> None:
        await does(self.webs, who, type_, **fields)


def gap(before: Peer, after: Peer, slot: str) -> float:
    """Seconds between the last sound on the old connection, before the first on the new, and that."""
    first = after.slot(slot).times[0]
    return first - max(at for at in before.slot(slot).times if at <= first)


async def nothing_comes_after(moment: float, tab: Tab) -> None:
    """What was on its way then has arrived 50 ms later."""
    await asyncio.sleep(0.4)
    assert tab.peer.slot("a0").since(moment + 0.05) == 0


async def rebuilds(tab: Tab, *, since: int) -> None:
    """As the engine in the browser: a new connection at once when told to, the old one is gone."""
    await tab.until_told("reset", since=since)
    await tab.enters()


async def moves(tab: Tab, *, since: int) -> None:
    """As the engine in the browser: a second connection; the old one plays on until that is through."""
    await tab.until_told("move", since=since)
    old = tab.peer
    await tab.enters()
    await old.close()
