"""Rubbish at the port, at the description, at the control door: nothing raises and nothing grows."""

import asyncio
import random
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.media import sdp
from server.media.endpoint import MAX_PACKETS_PER_SECOND, MAX_STREAMS
from server.media.ice import Address
from server.media.plane import Declined
from server.media.publisher import MAX_SSRCS
from server.media.sdp import MID
from tests.unit.media.plane import HOME, OpenSrtp, Port, rtp
from tests.unit.media.sdp_corpus import corpus

STRANGER: Address = ("192.0.2.9", 6000)


@pytest.fixture(scope="module")
def port() -> Iterator[Port]:
    with asyncio.Runner() as runner:

        async def build() -> Port:
            return Port()

        port = runner.run(build())
        endpoint = port.join("li", "one")
        port.receive(port.binding(endpoint), HOME)
        yield port
        port.plane.port.close()


def test_an_address_belongs_to_an_endpoint_only_after_an_authenticated_check(port: Port) -> None:
    endpoint = port.join("wang", "one")
    port.sent.clear()
    port.receive(port.binding(endpoint, password="x" * 32), STRANGER)
    assert port.sent == []
    assert endpoint.address is None
    port.receive(port.binding(endpoint), STRANGER)
    assert endpoint.address == STRANGER
    assert [address for _, address in port.sent] == [STRANGER]


def test_old_credentials_stay_good_for_three_generations_and_the_latest_nomination_wins(port: Port) -> None:
    endpoint = port.join("zhao", "one")
    old = port.binding(endpoint)
    port.join("zhao", "one")
    port.receive(port.binding(endpoint), ("127.0.0.1", 1))
    port.receive(old, ("127.0.0.1", 2))
    assert endpoint.address == ("127.0.0.1", 2)
    port.join("zhao", "one")
    port.join("zhao", "one")
    port.receive(old, ("127.0.0.1", 3))
    assert endpoint.address == ("127.0.0.1", 2)


some_bytes = st.binary(max_size=1500)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some_bytes, first=st.none() | st.integers(0, 255), stranger=st.booleans())
@example(data=b"\x00\x01\x00\x04\x21\x12\xa4\x42" + bytes(16), first=None, stranger=True)
def test_random_datagrams_raise_nothing(port: Port, data: bytes, first: int | None, stranger: bool) -> None:
    if first is not None:
        data = bytes([first]) + data[1:]
    before = len(port.plane.port._by_address)
    if not 20 <= (data[:1] or b"\x00")[0] <= 63:  # DTLS only goes into a bounded queue
        port.receive(data, STRANGER if stranger else HOME)
    assert len(port.plane.port._by_address) == before


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), cuts=st.integers(0, 6))
def test_mutated_checks_raise_nothing(port: Port, seed: int, cuts: int) -> None:
    dice = random.Random(seed)
    data = bytearray(port.binding(port.room.endpoints["li"]))
    for _ in range(cuts):
        data[dice.randrange(len(data))] = dice.randrange(256)
    size = dice.randrange(len(data) + 1) if seed % 3 == 0 else len(data)
    if not 20 <= data[0] <= 63:
        port.receive(bytes(data[:size]), HOME)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some_bytes, second=st.sampled_from([96, 97, 111, 111 | 128, 200, 201, 205, 206]), ssrc=st.integers(0, 40))
def test_a_hostile_peer_with_keys_raises_nothing_either(port: Port, data: bytes, second: int, ssrc: int) -> None:
    endpoint = port.room.endpoints["li"]
    endpoint.secure.srtp = OpenSrtp()  # type: ignore[assignment]
    endpoint._this_second = 0
    for track in endpoint.ups.values():
        track.allow(True)
    head = bytes([0x80 | (data[0] & 0x3F if data else 0), second]) + data[2:8].ljust(6, b"\0")
    endpoint.on_media(head + ssrc.to_bytes(4) + data[12:], 1.0)
    endpoint.tick(1.0)
    assert len(endpoint.publisher.by_ssrc) + len(endpoint.publisher.by_rtx) <= MAX_SSRCS + 1
    assert len(endpoint.publisher.strangers) <= MAX_SSRCS + 1
    assert len(endpoint._streams) <= MAX_STREAMS
    endpoint.publisher.strangers.clear()
    endpoint._streams.clear()
    endpoint._streams_refused = 0
    endpoint.octets_in = endpoint._octets_before = endpoint._refused_this_second = 0


@pytest.mark.parametrize(
    ("offence", "why"),
    [
        ("flood", "flood"),
        ("bitrate", "bitrate"),
        ("streams", "streams"),
        ("malformed", "malformed"),
        ("extensions", "malformed"),
    ],
)
def test_who_sends_too_much_is_dropped_with_a_reason(offence: str, why: str) -> None:
    async def misbehave() -> list[str]:
        port = Port()
        endpoint = port.connect("li")
        mid = endpoint.publisher._extensions[MID]
        for count in range(MAX_PACKETS_PER_SECOND + 1):
            match offence:
                case "flood":
                    endpoint.on_media(bytes(12), 1.0)
                case "bitrate" if count < 1300:
                    endpoint.on_media(rtp(count, count, 7, bytes(1200)), 1.0)
                case "streams" if count < 100:
                    endpoint.on_media(rtp(count, 0, 1000 + count, b"x", pt=111, extensions={mid: b"0"}), 1.0)
                case "malformed" if count < 600:
                    endpoint.on_media(bytes(12), 1.0)
                case "extensions" if count < 600:
                    endpoint.on_media(struct.pack("!BBHIIHH", 0x90, 96, count, 0, 7, 0x1000, 80) + bytes(330), 1.0)
        endpoint.tick(endpoint._last_second + 0.05)
        reasons = [event.reason for event in port.events("disconnected")]
        await port.close()
        return reasons

    assert asyncio.run(misbehave()) == [why]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_random_text_is_no_description(text: str) -> None:
    with pytest.raises(sdp.BadOffer):
        sdp.parse(text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(corpus())), seed=st.integers(0, 2**32), cuts=st.integers(1, 8))
def test_mutated_offers_are_answered_or_declined(port: Port, name: str, seed: int, cuts: int) -> None:
    dice = random.Random(seed)
    rows = corpus()[name].split("\r\n")
    for _ in range(cuts):
        at = dice.randrange(len(rows))
        action = dice.randrange(4)
        if action == 0:
            del rows[at]
        elif action == 1:
            rows.insert(at, rows[dice.randrange(len(rows))])
        elif action == 2:
            row = rows[at]
            spot = dice.randrange(len(row) + 1)
            rows[at] = row[:spot] + dice.choice(["", "0", "9" * 30, " ", ":", "十", "/", "-1"]) + row[spot + 1 :]
        else:
            rows[at] = rows[at][: dice.randrange(len(rows[at]) + 1)]
        if not rows:
            break

    async def join() -> None:
        try:
            answer = port.plane.join(room="fuzz", endpoint="li", connection=str(seed), sdp_offer="\r\n".join(rows))
        except Declined:
            return
        assert answer.startswith("v=0\r\n")
        assert answer.count("\r\nm=") == sum(row.startswith("m=") for row in rows)

    asyncio.run(join())
