"""Rubbish and floods at a real worker: nothing raises, and nothing of it stays in memory, descriptors or tables."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aioice import stun

from server.media.client import MediaRefused
from tests.integration.media.media_harness import Gateway, Worker
from tests.integration.media.roamer import Roamer
from tests.unit.media.recorded import names, recorded
from tests.unit.media.sdp_corpus import corpus

pytestmark = pytest.mark.media

KIB = 1024
MIB = 1024 * KIB
# An allocator does not give everything back at once; a leak of a few hundred bytes per datagram is far above this.
SLACK = 6 * MIB


class Watched(Worker):
    """A worker whose log and belongings are looked at."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, log=folder / "log")

    @property
    def _proc(self) -> Path:
        assert self._process is not None
        return Path("/proc") / str(self._process.pid)

    @property
    def memory(self) -> int:
        row = next(row for row in (self._proc / "status").read_text().splitlines() if row.startswith("VmRSS:"))
        return int(row.split()[1]) * KIB

    @property
    def descriptors(self) -> int:
        return len(list((self._proc / "fd").iterdir()))

    def has_said_nothing(self) -> None:
        assert self.log is not None
        assert "Traceback" not in self.log.read_text()
        assert "exception" not in self.log.read_text().lower()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Watched]:
    worker = Watched(tmp_path)
    worker.start()
    yield worker
    worker.stop()
    worker.has_said_nothing()


class Door:
    """Roamers and strangers, all on this machine."""

    def __init__(self, gateway: Gateway, worker: Watched) -> None:
        self.gateway, self.worker = gateway, worker
        self._roamers: list[Roamer] = []

    def plug(self) -> socket.socket:
        source = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        source.bind(("127.0.0.1", 0))
        source.setblocking(False)
        return source

    async def join(self, name: str) -> Roamer:
        roamer = Roamer(name, self.gateway, server=("127.0.0.1", self.worker.udp_port), source=self.plug())
        self._roamers.append(roamer)
        return await roamer.join()

    async def leave(self, roamer: Roamer) -> None:
        self._roamers.remove(roamer)
        await roamer.close()  # says goodbye, which may be heard before the request
        with suppress(MediaRefused):
            await self.gateway.client.request("leave", room=self.gateway.room, endpoint=roamer.name)

    async def tables(self) -> dict[str, Any]:
        """How much the worker remembers."""
        stats = await self.gateway.client.request("stats")
        port = stats["port"]
        rooms = {name: len(people) for name, people in stats["rooms"].items()}
        return {"expected": port["expected"], "addresses": port["addresses"], "rooms": rooms}

    async def until_tables_are(self, wanted: dict[str, Any]) -> None:
        async with asyncio.timeout(20):
            while await self.tables() != wanted:  # noqa: ASYNC110 - tables have no event
                await asyncio.sleep(0.05)

    async def caught_up(self) -> None:
        """What was sent is read: no more comes than from those who speak."""
        async with asyncio.timeout(60):
            before = -1000
            while True:
                now = (await self.gateway.client.request("stats"))["port"]["received"]
                if now - before < 50:
                    return
                before = now
                await asyncio.sleep(0.1)

    async def close(self) -> None:
        for roamer in self._roamers:
            await roamer.close()


@pytest_asyncio.fixture
async def door(gateway: Gateway, worker: Watched) -> AsyncIterator[Door]:
    door = Door(gateway, worker)
    yield door
    await door.close()


async def test_many_come_and_go_and_nothing_of_them_stays(door: Door, gateway: Gateway, worker: Watched) -> None:
    listener = await door.join("wang")
    await gateway.allow(li="audio")
    kept = await door.tables()
    memory: list[int] = []
    descriptors: list[int] = []
    for turn in range(6):
        guests = [await door.join(f"guest-{turn}-{number}") for number in range(15)]
        for guest in guests[::3]:
            await guest.offer()  # restarts ICE: another generation of credentials
        speaker = await door.join("li")
        await listener.hears(5)
        for each in [*guests, speaker]:
            await door.leave(each)
        await door.until_tables_are(kept)
        memory.append(worker.memory)
        descriptors.append(worker.descriptors)
    assert len(set(descriptors)) == 1
    # The first turns fill the pools of the allocators.
    assert memory[-1] - memory[2] < SLACK


async def test_who_is_announced_and_never_comes_leaves_no_trace_either(door: Door, gateway: Gateway) -> None:
    kept = await door.tables()
    for turn in range(60):
        await gateway.join("zhao", f"connection-{turn}", corpus()["chromium-simulcast"])
    await door.until_tables_are({**kept, "expected": kept["expected"] + 1, "rooms": {gateway.room: 1}})
    await gateway.client.request("leave", room=gateway.room, endpoint="zhao")
    await door.until_tables_are({**kept, "rooms": {gateway.room: 0}})


async def test_a_flood_from_strangers_disturbs_nobody_and_is_forgotten(
    door: Door, gateway: Gateway, worker: Watched
) -> None:
    await door.join("li")
    listener = await door.join("wang")
    await gateway.allow(li="audio")
    await listener.hears(10)
    kept, memory, descriptors = await door.tables(), worker.memory, worker.descriptors
    dice = random.Random(1)
    for _ in range(40):
        with door.plug() as stranger:
            stranger.connect(("127.0.0.1", worker.udp_port))
            for _ in range(250):
                stranger.send(rubbish(dice))
        await asyncio.sleep(0)
    await door.caught_up()
    await listener.hears(25)
    assert await door.tables() == kept
    assert worker.descriptors == descriptors
    assert worker.memory - memory < SLACK


async def test_a_peer_with_keys_that_sends_mutated_media_is_dropped_or_borne(
    door: Door, gateway: Gateway, worker: Watched
) -> None:
    await door.join("li")
    listener = await door.join("wang")
    await gateway.allow(li="audio", zhao="audio camera screen")
    await listener.hears(10)
    kept = await door.tables()
    memory: list[int] = []
    dice = random.Random(2)
    for _ in range(8):
        hostile = await door.join("zhao")
        for _ in range(1200):
            hostile.says(mutated(dice))
            if dice.random() < 0.02:
                await asyncio.sleep(0.001)
        await door.caught_up()
        await listener.hears(5)
        await door.leave(hostile)  # if it was not dropped already
        await door.until_tables_are(kept)
        memory.append(worker.memory)
    assert memory[-1] - memory[2] < SLACK
    reasons = {event.reason for event in gateway.events if event.ev == "disconnected" and event.endpoint == "zhao"}
    assert reasons <= {"left", "flood", "bitrate", "streams", "malformed", "closed"}


async def test_a_peer_with_keys_cannot_fill_memory_with_streams(door: Door, gateway: Gateway, worker: Watched) -> None:
    """SRTP remembers each stream it has accepted a packet of, and looks through them all for every packet."""
    hostile = await door.join("zhao")
    await gateway.allow(zhao="audio")
    for number in range(100):
        hostile.says(b"\x80\xc9\x00\x01" + (0x10000 + number).to_bytes(4))
    gone = await gateway.until(lambda event: event.ev == "disconnected" and event.endpoint == "zhao")
    assert gone.reason == "streams"


async def test_mutated_descriptions_are_answered_or_refused(door: Door, gateway: Gateway, worker: Watched) -> None:
    dice = random.Random(3)
    answered = refused = 0
    codes: set[str] = set()
    for turn in range(250):
        rows = dice.choice(sorted(corpus().values())).split("\r\n")
        for _ in range(dice.randrange(1, 8)):
            at = dice.randrange(len(rows))
            row = rows[at]
            spot = dice.randrange(len(row) + 1)
            rows[at : at + 1] = dice.choice(
                [
                    [],
                    [row, row],
                    [row[:spot]],
                    [row[:spot] + dice.choice(["0", "-1", "9" * 40, "：", "\0"]) + row[spot:]],
                ]
            )
            rows = rows or [""]
        try:
            answer = await gateway.join("zhao", str(turn), "\r\n".join(rows))
        except MediaRefused as problem:
            codes.add(problem.code)
            refused += 1
        else:
            assert answer.startswith("v=0\r\n")
            answered += 1
    assert codes == {"BAD_OFFER"}
    assert answered > 20
    assert refused > 10
    await gateway.client.request("close_room", room=gateway.room)
    assert await door.tables() == {"expected": 0, "addresses": 0, "rooms": {}}


def rubbish(dice: random.Random) -> bytes:
    """A datagram of any kind: random, or a binding request that is nearly right."""
    if dice.random() < 0.5:
        first = dice.choice([0, 1, 3, 20, 22, 23, 63, 64, 127, 128, 144, 191, 255])
        return bytes([first]) + dice.randbytes(dice.randrange(1400))
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{dice.randbytes(6).hex()}:{dice.randbytes(4).hex()}"
    message.attributes["PRIORITY"] = dice.randrange(2**32)
    message.add_message_integrity(dice.randbytes(16))
    return changed(bytes(message), dice)


_packets = [each.data for name in names() for each in recorded(name)]


def mutated(dice: random.Random) -> bytes:
    """RTP or RTCP of a browser, with some bytes changed, cut off or added."""
    return changed(dice.choice(_packets), dice)


def changed(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.randrange(5)):
        out[dice.randrange(len(out))] = dice.randrange(256)
    if dice.random() < 0.2:
        del out[dice.randrange(len(out)) :]
    if dice.random() < 0.1:
        out += dice.randbytes(dice.randrange(60))
    return bytes(out)
