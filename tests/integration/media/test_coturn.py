"""The coturn configuration that we ship: for whom it relays, to whom, and how often."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aioice import stun
from aioice.turn import TurnTransport, create_turn_endpoint

from meetings.stage.turn import LIFETIME, IceServer, Relays, Way, ice_servers
from tests.integration.media.coturn import SECRET, Coturn
from tests.integration.media.network import Elsewhere

pytestmark = pytest.mark.media

SERVER, MEDIA, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"


@pytest.fixture
def coturn(tmp_path: Path) -> Iterator[Coturn]:
    cable = Elsewhere(here=[SERVER, MEDIA, OTHER], there=["198.51.100.9"])
    coturn = Coturn(tmp_path, address=SERVER, media=MEDIA)
    coturn.start()
    yield coturn
    coturn.stop()
    cable.close()


class Line(asyncio.DatagramProtocol):
    """What came back, or why nothing went."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self.told.put_nowait(data)

    def error_received(self, problem: Exception) -> None:
        self.told.put_nowait(problem)


async def allocated(server: IceServer) -> tuple[TurnTransport, Line]:
    return await create_turn_endpoint(
        Line, (SERVER, 3478), username=server["username"], password=server["credential"], lifetime=60
    )


@asynccontextmanager
async def echo(host: str) -> AsyncIterator[tuple[str, int]]:
    """Somebody at this address who says everything again."""

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
            self.transport = transport

        def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
            self.transport.sendto(data, address)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Echo, local_addr=(host, 0))
    yield transport.get_extra_info("sockname")
    transport.close()


async def test_it_relays_to_the_media_worker_and_to_nobody_else(coturn: Coturn) -> None:
    relay, line = await allocated(coturn.servers(Way.UDP)[0])
    async with echo(MEDIA) as worker, echo(OTHER) as neighbour, echo("127.0.0.1") as itself:
        relay.sendto(b"hello", worker)
        assert await asyncio.wait_for(line.told.get(), 10) == b"hello"
        for forbidden in (neighbour, itself, (SERVER, 3478), ("10.0.0.1", 53), ("169.254.169.254", 80)):
            relay.sendto(b"hello", forbidden)
            problem = await asyncio.wait_for(line.told.get(), 10)
            assert isinstance(problem, stun.TransactionFailed)
            assert problem.response.error_code == 403
    relay.close()


async def test_names_that_have_ended_or_that_we_did_not_sign_are_refused(coturn: Coturn) -> None:
    def server(secret: str, now: datetime) -> IceServer:
        relays = Relays.of(turn=["turn:t.example"], stun=[], secret=secret)
        return ice_servers(relays, who="li", now=now)[0]

    now = datetime.now(UTC)
    longer = server(SECRET, now)
    stretched = dict(longer, username=f"9{longer['username']}")
    ended = server(SECRET, now - LIFETIME - timedelta(minutes=1))
    for refused in (ended, server("somebody-elses-secret", now), stretched):
        with pytest.raises(stun.TransactionFailed) as problem:
            await allocated(refused)  # type: ignore[arg-type]
        assert problem.value.response.error_code == 401
    relay, _ = await allocated(longer)
    relay.close()


async def test_one_member_has_a_bounded_number_of_allocations_over_all_credentials(coturn: Coturn) -> None:
    relays = Relays.of(turn=["turn:t.example"], stun=[], secret=SECRET)
    now = datetime.now(UTC)
    made = [
        (await allocated(ice_servers(relays, who="li", now=now + timedelta(seconds=nth))[0]))[0] for nth in range(24)
    ]
    with pytest.raises(stun.TransactionFailed) as problem:
        await allocated(ice_servers(relays, who="li", now=now + timedelta(hours=1))[0])
    assert problem.value.response.error_code == 486
    made.append((await allocated(ice_servers(relays, who="wang", now=now)[0]))[0])
    for relay in made:
        relay.close()
