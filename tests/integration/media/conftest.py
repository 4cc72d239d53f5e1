"""Fixtures of the media tests: a worker process per test, a gateway to it, peers that are closed at the end."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from tests.integration.media.house import House
from tests.integration.media.media_harness import Gateway, Peer, Worker
from tests.story import Room, Somebody, new_room


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(tmp_path)
    worker.start()
    yield worker
    worker.stop()


@pytest_asyncio.fixture
async def gateway(worker: Worker) -> AsyncIterator[Gateway]:
    gateway = Gateway(worker, "room-1")
    await gateway.start()
    yield gateway
    await gateway.close()


class Crowd:
    """People of one meeting."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._peers: list[Peer] = []

    async def join(self, name: str, **how: object) -> Peer:
        peer = Peer(name, self._gateway, **how)  # type: ignore[arg-type]
        self._peers.append(peer)
        return await peer.join()

    async def offer(self, name: str) -> str:
        """What somebody would offer who never shows up."""
        peer = Peer(name, self._gateway)
        self._peers.append(peer)
        await peer.pc.setLocalDescription(await peer.pc.createOffer())
        return peer.pc.localDescription.sdp

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()


@pytest_asyncio.fixture
async def crowd(gateway: Gateway) -> AsyncIterator[Crowd]:
    crowd = Crowd(gateway)
    yield crowd
    await crowd.close()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Worker]]:
    """Two workers of one machine."""
    both = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        both.append(Worker(tmp_path / str(number), name=f"media-{number}"))
    for worker in both:
        worker.start()
    yield both
    for worker in both:
        worker.stop()


@pytest_asyncio.fixture
async def house(workers: list[Worker]) -> AsyncIterator[House]:
    @sync_to_async
    def people() -> tuple[Room, Somebody, Somebody]:
        room = new_room()
        return room, room.host(), room.member("李春分")

    house = House(*await people(), workers, [])
    yield house
    for web in house.webs:
        await web.close()
