"""Ways to the worker: two networks, IPv6, moving from one address to another, a restart in between."""

import socket
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path

import aioice.ice
import pytest
import pytest_asyncio

from server.media.ice import Address
from tests.integration.media.conftest import Crowd
from tests.integration.media.media_harness import Gateway, Tone, Worker
from tests.integration.media.network import Elsewhere
from tests.integration.media.roamer import Roamer

pytestmark = pytest.mark.media

# 政务外网 and the internet, as a dual-homed server has them.
OFFICE, INTERNET, SIX = "198.51.100.1", "198.51.100.2", "2001:db8:5::1"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    elsewhere = Elsewhere(here=[OFFICE, INTERNET, SIX], there=["198.51.100.9", "198.51.100.10", "2001:db8:5::9"])
    yield elsewhere
    elsewhere.close()


@pytest.fixture
def worker(tmp_path: Path, elsewhere: Elsewhere) -> Iterator[Worker]:
    """Bound to everywhere, as it is in a server room."""
    worker = Worker(tmp_path, udp_host="0.0.0.0,::", announce=f"{OFFICE},{INTERNET},{SIX}")
    worker.start()
    yield worker
    worker.stop()


class Roamers:
    """Clients from elsewhere."""

    def __init__(self, gateway: Gateway, worker: Worker, elsewhere: Elsewhere) -> None:
        self._gateway, self._worker, self._elsewhere = gateway, worker, elsewhere
        self._all: list[Roamer] = []

    def server(self, host: str) -> Address:
        return (host, self._worker.udp_port)

    def plug(self, host: str = "198.51.100.9") -> socket.socket:
        """A socket over there."""
        return self._elsewhere.plug(host)

    async def join(self, name: str, *, at: str = OFFICE, source: socket.socket | None = None) -> Roamer:
        roamer = Roamer(name, self._gateway, server=self.server(at), source=source or self.plug())
        self._all.append(roamer)
        return await roamer.join()

    async def close(self) -> None:
        for roamer in self._all:
            await roamer.close()


@pytest_asyncio.fixture
async def roamers(gateway: Gateway, worker: Worker, elsewhere: Elsewhere) -> AsyncIterator[Roamers]:
    roamers = Roamers(gateway, worker, elsewhere)
    yield roamers
    await roamers.close()


async def test_everyone_is_answered_from_the_address_they_asked(gateway: Gateway, roamers: Roamers) -> None:
    source = roamers.plug()
    li = await roamers.join("li", at=OFFICE)
    wang = await roamers.join("wang", at=INTERNET, source=source)
    zhao = await roamers.join("zhao", at=SIX, source=roamers.plug("2001:db8:5::9"))
    await gateway.allow(li="audio", zhao="audio")
    for each in (wang, zhao):
        await each.hears(25)
    assert li.candidates == [OFFICE, INTERNET, SIX]
    assert (li.answered_from, wang.answered_from, zhao.answered_from) == ({OFFICE}, {INTERNET}, {SIX})
    assert wang.seen_as(source) == ("198.51.100.9", source.getsockname()[1])


async def test_a_check_at_the_other_address_moves_media_only_when_it_nominates(
    gateway: Gateway, roamers: Roamers
) -> None:
    await roamers.join("li")
    source = roamers.plug()
    wang = await roamers.join("wang", at=OFFICE, source=source)
    await gateway.allow(li="audio")
    await wang.hears(10)
    wang.falls_silent()
    wang.move(source, roamers.server(INTERNET), nominates=False)
    await wang.hears_from(INTERNET)
    await wang.hears(10)
    assert set(wang.heard_from[-10:]) == {OFFICE}
    wang.check()
    await wang.hears_from(INTERNET)
    await wang.hears(20)
    assert set(wang.heard_from[-10:]) == {INTERNET}


async def test_moving_to_another_address_in_the_middle_of_a_word_loses_nothing(
    gateway: Gateway, roamers: Roamers
) -> None:
    li = await roamers.join("li")
    wang = await roamers.join("wang")
    await gateway.allow(li="audio", wang="audio")
    await wang.hears(25)
    # The speaker goes from the wire to the telephone's network, and to the server's other address with it.
    li.move(roamers.plug("198.51.100.10"), roamers.server(INTERNET))
    await wang.hears(25)
    assert gaps(wang) == 0
    # The listener moves: what was under way may be lost, what comes after is not.
    there = roamers.plug("198.51.100.10")
    wang.move(there)
    await wang.answered(there)
    await wang.hears(25)
    assert wang.heard_at[-1] == there.getsockname()[:2]
    assert gaps(wang) == 0
    await li.hears(10)


async def test_an_ice_restart_by_a_new_offer_keeps_the_keys_and_the_old_credentials(
    gateway: Gateway, roamers: Roamers
) -> None:
    li = await roamers.join("li")
    wang = await roamers.join("wang")
    await gateway.allow(li="audio")
    await wang.hears(10)
    await wang.offer()
    there = roamers.plug("198.51.100.10")
    wang.move(there)
    await wang.answered(there)
    await wang.hears(25)
    # A browser may stay on the credentials from before.
    back = roamers.plug()
    wang.falls_silent()
    wang.move(back, generation=0)
    await wang.answered(back)
    await wang.hears(10)
    assert gaps(wang) == 0
    assert [event.reason for event in gateway.events if event.ev == "disconnected"] == []
    await li.offer()
    await wang.hears(25)
    assert gaps(wang) == 0


async def test_an_aiortc_client_joins_over_ipv6(
    gateway: Gateway, crowd: Crowd, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [SIX])
    li = await crowd.join("li", audio=Tone())
    wang = await crowd.join("wang")
    await gateway.allow(li="audio")
    await wang.hears("a0", 25)
    pairs = [
        pair
        for connection in (li, wang)
        for pair in connection.pc.getTransceivers()[0].receiver.transport.transport._connection._nominated.values()
    ]
    assert {pair.remote_candidate.host for pair in pairs} == {SIX}


def gaps(roamer: Roamer) -> int:
    """Numbers that are missing or out of order."""
    return sum((b - a) & 0xFFFF != 1 for a, b in pairwise(roamer.heard))
