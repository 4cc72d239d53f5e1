"""Loss, rubbish, restarts: what a real network and a real machine do."""

import asyncio
import random
import signal
import socket

import pytest
from aioice import stun

from server.media.client import MediaRefused, MediaUnavailable
from tests.integration.media.conftest import Crowd
from tests.integration.media.media_harness import Gateway, Picture, Relay, Tone, Worker
from tests.integration.media.test_forwarding import gaps

pytestmark = pytest.mark.media


async def test_pictures_lost_on_the_way_down_are_repeated_from_the_cache(
    gateway: Gateway, crowd: Crowd, worker: Worker
) -> None:
    relay = await Relay.open(worker.udp_port)
    dice = random.Random(7)
    # Every fifth datagram of media to the viewer is lost, repairs as well.
    relay.drop = lambda data, up: not up and data[0] >= 128 and dice.random() < 0.2
    await crowd.join("li", camera=Picture(width=320, height=192, fps=20))
    await gateway.allow(li="camera")
    await gateway.show("li", "li")
    wang = await crowd.join("wang", relay=relay)
    await wang.hears("big", 60, seconds=15)
    stats = (await gateway.client.request("stats"))["rooms"]["room-1"]["wang"]["down"]["big"]
    assert relay.dropped > 10
    assert stats["resent"] > 5
    repaired = {
        payload[0] << 8 | payload[1]
        for ssrc, stream in wang.streams.items()
        if ssrc not in wang.slot_ssrc.values()
        for payload in stream.payloads
    }
    came = wang.slot("big").seqs
    missed = {seq & 0xFFFF for seq in range(came[0], came[0] + ((came[-1] - came[0]) & 0xFFFF))} - set(came)
    assert len(missed & repaired) >= len(missed) * 0.6
    relay.close()


async def test_pictures_lost_on_the_way_up_are_asked_for_again(gateway: Gateway, crowd: Crowd, worker: Worker) -> None:
    relay = await Relay.open(worker.udp_port)
    dice = random.Random(3)
    relay.drop = lambda data, up: up and data[0] >= 128 and data[1] & 0x7F == 97 and dice.random() < 0.1
    wang = await crowd.join("wang")
    await crowd.join("li", camera=Picture(width=320, height=192, fps=20), relay=relay)
    await gateway.allow(li="camera")
    await gateway.show("li", "li")
    await wang.hears("big", 80, seconds=15)
    assert relay.dropped > 4
    # The repaired ones come late, so nearly all numbers are there in the end.
    seqs = sorted((seq - wang.slot("big").seqs[0]) & 0xFFFF for seq in wang.slot("big").seqs)
    assert len(set(seqs)) >= (seqs[-1] + 1) * 0.97
    relay.close()


async def test_after_kill_nine_rights_come_back_from_the_gateway_and_not_looser(
    gateway: Gateway, crowd: Crowd, worker: Worker
) -> None:
    await crowd.join("li", audio=Tone())
    await gateway.allow()
    worker.kill()
    with pytest.raises(MediaUnavailable):
        await gateway.client.request("stats")
    worker.start()
    await gateway.until_restarted()
    assert len(set(gateway.epochs)) == 2
    gateway.events.clear()
    await crowd.join("li", audio=Tone())
    wang = await crowd.join("wang")
    await asyncio.sleep(0.4)
    assert wang.slot("a0").seqs == []
    await gateway.allow(li="audio")
    await wang.hears("a0", 10)


async def test_rubbish_at_the_port_disturbs_nobody(gateway: Gateway, crowd: Crowd, worker: Worker) -> None:
    await crowd.join("li", audio=Tone())
    wang = await crowd.join("wang")
    await gateway.allow(li="audio")
    await wang.hears("a0", 10)
    # A guest with valid credentials and a broken client: checks well, then sends anything, DTLS too.
    sdp = await crowd.offer("zhao")
    answer = await gateway.join("zhao", "x", sdp)
    ufrag, password = (answer.split(f"a=ice-{word}:")[1].split("\r\n")[0] for word in ("ufrag", "pwd"))
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": f"{ufrag}:x"})
    check.add_message_integrity(password.encode())
    dice = random.Random(5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        noise.connect(("127.0.0.1", worker.udp_port))
        for turn in range(2000):
            if turn % 500 == 0:
                noise.send(bytes(check))
                await asyncio.sleep(0.02)
            first = dice.choice([0, 1, 20, 22, 23, 63, 64, 128, 144, 191, 255])
            noise.send(bytes([first]) + dice.randbytes(dice.randrange(1400)))
    await wang.hears("a0", 25)
    assert gaps(wang.slot("a0")) == 0
    assert worker.alive


async def test_the_control_door_is_for_who_knows_the_token_and_the_words(gateway: Gateway, worker: Worker) -> None:
    import aiohttp

    url = f"http://127.0.0.1:{worker.control_port}/control"
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            async with session.get(url, headers=headers) as refused:
                assert refused.status == 401
    bad: dict[str, dict[str, object]] = {
        "fly": {},
        "join": {"room": "r"},
        "rights": {"room": "r", "seq": "x", "endpoints": {}},
        "view": {"room": "r", "endpoint": "e", "thumbs": -1},
        "stats": {"more": 1},
    }
    for op, fields in bad.items():
        with pytest.raises(MediaRefused, match="BAD_REQUEST"):
            await gateway.client.request(op, **fields)
    with pytest.raises(MediaRefused, match="BAD_OFFER"):
        await gateway.join("li", "one", "v=0")
    with pytest.raises(MediaRefused, match="UNKNOWN_ENDPOINT"):
        await gateway.client.request("leave", room="room-1", endpoint="nobody")


async def test_what_was_decided_earlier_does_not_overrule(gateway: Gateway) -> None:
    everything = {"li": {"audio": True}}
    first = await gateway.client.request("rights", room="r", seq=5, endpoints={})
    late = await gateway.client.request("rights", room="r", seq=4, endpoints=everything)
    again = await gateway.client.request("rights", room="r", seq=5, endpoints={})
    assert [each["applied"] for each in (first, late, again)] == [True, False, True]


def test_sigterm_ends_the_worker_cleanly(worker: Worker) -> None:
    assert worker.stop(signal.SIGTERM) == 0
