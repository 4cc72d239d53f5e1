"""Web processes as the media sees them: the product's own gateway over real workers, and tabs with real peers.

Only the WebSocket between a tab and its web process is left out; frames go from hand to hand.
"""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async

from meetings.live.media_port import Seat
from meetings.stage import leases
from meetings.stage.gateway import Gateway
from meetings.stage.leases import Lease
from meetings.stage.placement import Life
from meetings.stage.pool import SfuPool
from tests.integration.media.media_harness import TOKEN, Peer
from tests.story import Room, Somebody

Frame = dict[str, Any]


class Tab:
    """One browser tab of one participant, with a line to one web process."""

    def __init__(self, web: "WebProcess", who: Somebody, **how: Any) -> None:
        self.web = web
        self.who = who
        self.frames: list[Frame] = []
        self.peers: list[Peer] = []
        self.epochs: list[str] = []
        self._how = how
        self._news = asyncio.Event()
        self.seat = Seat(
            connection=str(uuid.uuid4()),
            meeting=who.room.meeting_id,
            participant=who.id,
            seat="person",
            send=self._receive,
        )

    @property
    def peer(self) -> Peer:
        """The newest connection."""
        return self.peers[-1]

    async def enters(self) -> "Tab":
        """Build a peer connection, from the offer to sound."""
        peer = Peer(str(self.who.id), self, **self._how)  # type: ignore[arg-type]
        self.peers.append(peer)
        await peer.join()
        return self

    async def says(self, **frame: Any) -> None:
        """A frame to the server."""
        await self.web.gateway.frame(self.seat, {"t": "media", **frame})

    async def until_told(self, op: str, *, since: int = 0, **facts: Any) -> Frame:
        """The first such frame after the first `since` ones."""
        return await self._until(lambda frame: frame["op"] == op and facts.items() <= frame.items(), since)

    async def until_slot(self, slot: str, holds: str | None, *, since: int = 0) -> Frame:
        """The newest connection was told that this one is in a slot."""

        def fits(frame: Frame) -> bool:
            here = frame["op"] == "slots" and frame["connection"] == self.peer.connection
            return here and bool(frame["slots"][slot] == holds)

        return await self._until(fits, since)

    async def _until(self, fits: Callable[[Frame], bool], since: int) -> Frame:
        async with asyncio.timeout(15):
            while True:
                for frame in self.frames[since:]:
                    if fits(frame):
                        return frame
                self._news.clear()
                await self._news.wait()

    async def _receive(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._news.set()

    # what Peer needs of a gateway

    async def join(self, endpoint: str, connection: str, sdp: str) -> str:
        since = len(self.frames)
        while True:
            await self.says(op="offer", connection=connection, sdp=sdp)
            answer = await self._until(lambda frame: frame["op"] in ("answer", "unavailable"), since)
            if answer["op"] == "answer":
                self.epochs.append(answer["epoch"])
                return str(answer["sdp"])
            since = len(self.frames)
            await asyncio.sleep(0.2)  # as the engine in the browser: a little later

    async def until(self, wanted: Callable[[Any], bool], seconds: float = 10) -> None:
        """The peer's own connection is through."""
        pc = self.peer.pc
        async with asyncio.timeout(seconds):
            while pc.connectionState != "connected":  # noqa: ASYNC110 - another library's state
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        for peer in self.peers:
            await peer.close()


class NotingPool(SfuPool):
    """Notes when a worker has acknowledged rights."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.acknowledged: list[tuple[int, float]] = []

    async def _request(self, life: Life, op: str, **fields: Any) -> dict[str, Any]:
        answer = await super()._request(life, op, **fields)
        if op == "rights":
            self.acknowledged.append((fields["seq"], asyncio.get_running_loop().time()))
        return answer

    async def until_acknowledged(self, seq: int) -> float:
        """The moment at which some worker had applied this or something newer."""
        async with asyncio.timeout(15):
            while not (times := [at for which, at in self.acknowledged if which >= seq]):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            return times[0]


class WebProcess:
    """One web process: its gateway, its lines to the workers, its tabs."""

    def __init__(self, ports: list[int], **how: Any) -> None:
        """`ports` are the workers' control doors."""
        urls = [f"http://127.0.0.1:{port}/control" for port in ports]
        self.pool = NotingPool(urls=urls, token=TOKEN, **how)
        self.gateway = Gateway(self.pool)
        self.tabs: list[Tab] = []

    async def tab(self, who: Somebody, **how: Any) -> Tab:
        """A tab of somebody, in the meeting's media."""
        tab = Tab(self, who, **how)
        self.tabs.append(tab)
        return await tab.enters()

    async def close(self) -> None:
        await self.gateway.close()
        for tab in self.tabs:
            await tab.close()


async def does(webs: list[WebProcess], who: Somebody, type_: str, **fields: Any) -> None:
    """A command, and the bell to all web processes."""
    await sync_to_async(who.does)(type_, **fields)
    for web in webs:
        await web.gateway.grown(who.room.meeting_id, {type_})


async def lease_of(room: Room) -> Lease:
    """Where the meeting's media is."""
    lease = await sync_to_async(leases.read)(room.meeting_id)
    assert lease is not None
    return lease
