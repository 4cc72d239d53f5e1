"""The self-test's mirror: what it gives back, to whom, and when it ends."""

import asyncio
import re
import struct
from collections.abc import AsyncIterator

import pytest

from server.media import rtcp
from server.media.ice import Address
from server.media.plane import Declined, MediaPlane
from server.media.probe import LIFE, MAX_BITRATE, MOST, SILENCE, Mirror
from server.media.rtp import Packet
from tests.unit.media.plane import OpenSrtp, Outbox
from tests.unit.media.sdp_corpus import corpus

HOME: Address = ("192.0.2.1", 5000)
VICTIM: Address = ("198.51.100.66", 53)


def offer() -> str:
    """One picture there and one back, cut out of what Chromium wrote."""
    head, *lines = re.split(r"(?=^m=)", corpus()["chromium"], flags=re.MULTILINE)
    screen = next(line for line in lines[2:] if line.startswith("m=video") and "a=sendonly" in line)
    back = next(line for line in lines if line.startswith("m=video") and "a=recvonly" in line)
    return head + screen + back


class Place:
    """A plane with one mirror, datagrams handed in by hand."""

    def __init__(self) -> None:
        self.plane = MediaPlane(udp_host="127.0.0.1", udp_port=0, announce=[], forwarder="python")
        self.sent: list[tuple[bytes, Address]] = []
        self.plane.port._first = Outbox(self.sent)  # type: ignore[assignment]
        self.answer = self.plane.probe(sdp_offer=offer())
        self.mirror: Mirror = self.plane.mirrors._all[0]
        self.pt = self.mirror._pt

    def connected(self) -> None:
        """As after the handshake from home."""
        self.mirror.checked(HOME, True, self.mirror.born)
        self.mirror._task = asyncio.get_running_loop().create_task(asyncio.sleep(0))
        self.mirror._wire.srtp = OpenSrtp()  # type: ignore[assignment]

    def gets(self, seq: int, size: int = 1000, *, extension: bool = True, now: float = 0.0) -> None:
        head = struct.pack("!BBHII", 0x90 if extension else 0x80, self.pt, seq & 0xFFFF, seq * 3000, 77)
        words = struct.pack("!HHI", 0xBEDE, 1, 0x10AA0000) if extension else b""
        self.mirror.on_media(head + words + bytes(size), now or self.mirror.born)

    def reflected(self) -> list[Packet]:
        packets = []
        for data, _ in self.sent:
            if not rtcp.is_rtcp(data):
                packet = Packet()
                assert packet.read(data)
                packets.append(packet)
        return packets


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    yield place
    await place.plane.mirrors.close()
    place.plane.port.close()


async def test_the_picture_comes_back_numbered_anew_and_no_larger(place: Place) -> None:
    place.connected()
    for seq in (65534, 65535, 1, 2):  # 0 was lost on the way up
        place.gets(seq)
    packets = place.reflected()
    assert [packet.seq for packet in packets] == [0, 1, 2, 3]
    assert {packet.ssrc for packet in packets} == {place.mirror.slot.ssrc}
    assert all(len(packet.data) == 1012 for packet in packets)
    place.mirror.tick(place.mirror.born + 1)
    reports = [report for data, _ in place.sent if rtcp.is_rtcp(data) for report in rtcp.read(data)]
    losses = [report.lost for report in reports if isinstance(report, rtcp.Reception)]
    assert losses == [1]
    assert any(isinstance(report, rtcp.Remb) for report in reports)


async def test_no_retransmission_is_agreed_on_for_losses_are_what_is_measured(place: Place) -> None:
    assert "rtx" not in place.answer
    assert place.answer.count("\r\nm=video") == 2
    assert "a=sendonly" in place.answer
    assert "a=recvonly" in place.answer


async def test_after_the_first_word_of_the_handshake_it_speaks_to_nobody_else(place: Place) -> None:
    place.connected()
    place.mirror.checked(VICTIM, True, place.mirror.born)
    place.gets(1)
    assert {address for _, address in place.sent} == {HOME}


async def test_it_gives_back_no_more_than_its_rate(place: Place) -> None:
    place.connected()
    for step in range(5):
        now = place.mirror.born + step
        place.mirror.tick(now)
        for seq in range(1000):
            place.gets(step * 1000 + seq, now=now)
    octets = sum(len(packet.data) for packet in place.reflected())
    assert MAX_BITRATE / 8 * 4 < octets <= MAX_BITRATE / 8 * 5
    assert place.mirror.withheld > 0


async def test_it_ends_after_a_minute_or_when_nobody_asks_any_more(place: Place) -> None:
    born = place.mirror.born
    place.plane.mirrors.tick(born + SILENCE - 0.1)
    assert len(place.plane.mirrors) == 1
    place.mirror.checked(HOME, True, born + LIFE - 1)
    place.plane.mirrors.tick(born + LIFE - 0.1)
    assert len(place.plane.mirrors) == 1
    place.plane.mirrors.tick(born + LIFE + 0.1)
    assert len(place.plane.mirrors) == 0
    place.plane.probe(sdp_offer=offer())
    place.plane.mirrors.tick(place.plane.mirrors._all[0].born + SILENCE + 0.1)
    assert len(place.plane.mirrors) == 0
    place.sent.clear()
    place.gets(1)
    assert place.sent == []


async def test_there_are_only_so_many_and_only_for_one_picture(place: Place) -> None:
    for text in ("", "v=0\r\n", corpus()["chromium"], offer().replace("a=recvonly", "a=sendonly")):
        with pytest.raises(Declined, match="BAD_OFFER"):
            place.plane.probe(sdp_offer=text)
    for _ in range(MOST - 1):
        place.plane.probe(sdp_offer=offer())
    with pytest.raises(Declined, match="BUSY"):
        place.plane.probe(sdp_offer=offer())


async def test_a_worker_that_is_being_drained_sends_them_to_another(place: Place) -> None:
    place.plane.draining = True
    with pytest.raises(Declined, match="DRAINING"):
        place.plane.probe(sdp_offer=offer())
