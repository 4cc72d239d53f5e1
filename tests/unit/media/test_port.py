"""The UDP port on its own: its sockets, whose address is whose, and how little an unknown asker gets."""

import asyncio
import errno
import socket
from collections import deque
from collections.abc import Iterator

import pytest
from aioice import stun
from hypothesis import given, settings
from hypothesis import strategies as st

from server.media import ice
from server.media.endpoint import CONSENT_TIMEOUT
from server.media.ice import Address, Credentials
from server.media.messages import Disconnected
from server.media.plane import MediaPlane
from server.media.udp import UdpPort
from tests.unit.media.sdp_corpus import corpus


class Guest:
    """Somebody who is expected."""

    def __init__(self) -> None:
        self.credentials = deque([Credentials.new()], maxlen=3)
        self.address: Address | None = None
        self.addresses: deque[Address] = deque(maxlen=8)

    def password_of(self, ufrag: str) -> str | None:
        return next((each.password for each in self.credentials if each.ufrag == ufrag), None)

    def checked(self, address: Address, nominated: bool, now: float) -> None:
        if nominated or self.address is None:
            self.address = address

    def on_dtls(self, data: bytes) -> None: ...

    def on_media(self, data: bytes, now: float) -> None: ...

    def check(self, *, nominates: bool = True, short: bool = False) -> bytes:
        """A binding request; `short` is the shortest that can be believed."""
        own = self.credentials[-1]
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{own.ufrag}:" if short else f"{own.ufrag}:theirs"
        if not short:
            message.attributes["PRIORITY"] = 1
        if nominates and not short:
            message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(own.password.encode())
        return bytes(message)


class Place:
    """A port that runs, and clients that ask it."""

    def __init__(self, host: str) -> None:
        self.port = UdpPort(host=host, port=0)
        self.port.open()
        self.guest = Guest()
        self.port.expect(self.guest.credentials[-1].ufrag, self.guest)

    async def asks(self, server: str, *, from_: str = "") -> tuple[Address, Address]:
        """What a client at a connected socket is answered: who it is; and who it is really. Connected, it hears
        nobody but the address that it asked."""
        six = ":" in server
        with socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.bind((from_ or ("::1" if six else "127.0.0.1"), 0))
            client.connect((server, self.port.number))
            client.send(self.guest.check())
            async with asyncio.timeout(5):
                data = await asyncio.get_running_loop().sock_recv(client, 2048)
            mapped: Address = stun.parse_message(data).attributes["XOR-MAPPED-ADDRESS"]
            return mapped, client.getsockname()[:2]


@pytest.mark.parametrize("host", ["0.0.0.0,::", "127.0.0.1,127.0.0.2,::1"])
async def test_whoever_asks_is_answered_from_where_they_asked_and_told_who_they_are(host: str) -> None:
    place = Place(host)
    for server in ("127.0.0.1", "127.0.0.2", "::1"):
        told, real = await place.asks(server)
        assert told == real == place.guest.address
    for server in ("127.0.0.1", "127.0.0.2"):
        assert (await place.asks(server, from_="127.0.0.3"))[0][0] == "127.0.0.3"
        assert place.guest.address is not None
        assert place.port.socket_for(place.guest.address).getsockname() == (server, place.port.number)
    place.port.close()


async def test_a_port_bound_to_everywhere_stays_taken_for_everybody_else() -> None:
    place = Place("0.0.0.0,::")
    await place.asks("127.0.0.2")
    for host in ("0.0.0.0", "127.0.0.2", "127.0.0.5"):  # noqa: S104
        for reuse in (0, 1):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
                with pytest.raises(OSError, match="Address already in use"):
                    other.bind((host, place.port.number))
    with pytest.raises(OSError, match="Address already in use") as taken:
        UdpPort(host="::,0.0.0.0", port=place.port.number)
    assert taken.value.errno == errno.EADDRINUSE
    place.port.close()


def test_nobody_gets_more_than_they_sent() -> None:
    guest = Guest()
    shortest = guest.check(short=True)
    for address in (("198.51.100.7", 5000), ("2001:db8::7", 5000)):
        for request in (guest.check(), guest.check(nominates=False), shortest):
            answered = ice.check(request, address, guest.password_of)
            assert answered is None or len(answered.response) <= len(request)
    assert ice.check(guest.check(), ("2001:db8::7", 5000), guest.password_of) is not None


@pytest.fixture
def port() -> Iterator[UdpPort]:
    port = UdpPort(host="127.0.0.1", port=0)
    yield port
    port.close()


places = st.tuples(st.sampled_from(["192.0.2.1", "2001:db8::1"]), st.integers(1, 12))


@settings(max_examples=100, deadline=None)
@given(asked=st.lists(st.tuples(st.booleans(), places, st.booleans()), max_size=60))
def test_the_newest_nomination_counts_and_no_guest_holds_more_than_eight_addresses(
    asked: list[tuple[bool, Address, bool]],
) -> None:
    port = UdpPort(host="127.0.0.1", port=0)
    port._answer = lambda response, address, home: None  # type: ignore[method-assign]
    guests = [Guest(), Guest()]
    for guest in guests:
        port.expect(guest.credentials[-1].ufrag, guest)
    for second, address, nominates in asked:
        guest = guests[second]
        port.on_datagram(guest.check(nominates=nominates), address, 1.0)
        if nominates:
            assert guest.address == address
        assert port._by_address[address] is guest
        for each in guests:
            assert sum(1 for owner in port._by_address.values() if owner is each) <= 8
    assert port._by_address.keys() == port._ways.keys()
    for guest in guests:
        port.forget(guest)
    assert not port._by_address
    assert not port._ways
    assert not port._expected
    port.close()


async def test_consent_ends_when_nobody_has_asked_for_thirty_seconds() -> None:
    plane = MediaPlane(udp_host="127.0.0.1", udp_port=0, announce=[], forwarder="python")
    told: list[object] = []
    plane.tell = told.append
    plane.join(room="r", endpoint="li", connection="one", sdp_offer=corpus()["chromium"])
    li = plane._rooms["r"].endpoints["li"]
    li.checked(("192.0.2.1", 5000), True, 100.0)
    li.on_media(bytes(100), 100.0 + CONSENT_TIMEOUT)  # whatever comes in is no consent
    plane._rooms["r"].tick(99.9 + CONSENT_TIMEOUT)
    assert [event for event in told if isinstance(event, Disconnected)] == []
    plane._rooms["r"].tick(100.1 + CONSENT_TIMEOUT)
    assert [event.reason for event in told if isinstance(event, Disconnected)] == ["consent"]
    plane.port.close()
