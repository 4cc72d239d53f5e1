"""Sound and picture through a real worker process, between real aiortc peers."""

import asyncio
from itertools import pairwise

import pytest

from server.media.vp8 import Descriptor
from tests.integration.media.conftest import Crowd
from tests.integration.media.media_harness import Gateway, Picture, Stream, Tone

pytestmark = pytest.mark.media


async def test_a_speaker_is_seen_and_heard_by_the_others_and_not_by_himself(gateway: Gateway, crowd: Crowd) -> None:
    li = await crowd.join("li", audio=Tone(), camera=Picture())
    wang = await crowd.join("wang")
    await gateway.allow(li="audio camera")
    await gateway.show("li", "li", "wang")
    await wang.hears("a0", 25)
    await wang.hears("big", 10)
    assert gateway.slots("wang") == {"a0": "li", "a1": None, "a2": None, "big": "li", "screen": False, "t0": None}
    assert all(not stream.seqs for stream in li.streams.values())
    audio = wang.slot("a0")
    assert gaps(audio) == 0
    assert len(set(audio.sources)) == 1
    assert audio.sources[0] == wang.slot("big").sources[0] != 0


async def test_without_a_right_nothing_is_forwarded(gateway: Gateway, crowd: Crowd) -> None:
    await crowd.join("li", audio=Tone(), camera=Picture())
    await crowd.join("wang", audio=Tone(660))
    zhao = await crowd.join("zhao")
    await gateway.show("li", "li", "wang")
    await gateway.allow(wang="audio")
    await zhao.hears("a0", 25)
    assert gateway.slots("zhao")["a0"] == "wang"
    assert sum(1 for stream in zhao.streams.values() if stream.seqs) == 1


async def test_taking_the_floor_away_silences_within_50_ms_of_the_acknowledgement(
    gateway: Gateway, crowd: Crowd
) -> None:
    loop = asyncio.get_running_loop()
    await crowd.join("li", audio=Tone())
    wang = await crowd.join("wang")
    await gateway.allow(li="audio")
    await wang.hears("a0", 25)
    for _ in range(3):
        await gateway.allow()
        acknowledged = loop.time()
        assert gateway.slots("wang")["a0"] is None
        await asyncio.sleep(0.3)
        assert wang.slot("a0").since(acknowledged + 0.05) == 0
        await gateway.allow(li="audio")
        await wang.hears("a0", 5)
    assert gaps(wang.slot("a0")) == 0


async def test_the_big_picture_changes_only_at_a_key_frame_and_without_a_gap(gateway: Gateway, crowd: Crowd) -> None:
    await crowd.join("li", camera=Picture(40))
    await crowd.join("wang", camera=Picture(200))
    zhao = await crowd.join("zhao")
    await gateway.allow(li="camera", wang="camera")
    for big in ("li", "wang", "li", "wang"):
        await gateway.show(big, "li", "wang")
        await zhao.hears("big", 15)
    stream = zhao.slot("big")
    assert gaps(stream) == 0
    assert all((b - a) & 0xFFFFFFFF < 90000 for a, b in pairwise(stream.stamps))
    changes = [i for i, (a, b) in enumerate(pairwise(stream.sources), 1) if a != b]
    assert len(changes) == 3
    assert all(is_key_frame(stream.payloads[i]) for i in [0, *changes])


def gaps(stream: Stream) -> int:
    """Numbers that are missing or out of order."""
    return sum((b - a) & 0xFFFF != 1 for a, b in pairwise(stream.seqs))


def is_key_frame(payload: bytes) -> bool:
    picture = Descriptor()
    return picture.read(payload, 0, len(payload)) and picture.key


async def test_whoever_is_big_sees_the_first_other_of_the_order_and_never_himself(
    gateway: Gateway, crowd: Crowd
) -> None:
    await crowd.join("li", camera=Picture(40))
    await crowd.join("wang", camera=Picture(200))
    await gateway.allow(li="camera", wang="camera")
    await gateway.show("li", "li", "wang")
    await gateway.until(lambda e: e.ev == "slots" and e.endpoint == "li" and e.slots["big"] == "wang")
    await gateway.until(lambda e: e.ev == "slots" and e.endpoint == "wang" and e.slots["big"] == "li")
    assert "li" not in gateway.slots("li").values()


async def test_a_new_connection_of_the_same_endpoint_takes_its_place(gateway: Gateway, crowd: Crowd) -> None:
    await crowd.join("li", audio=Tone())
    wang = await crowd.join("wang")
    await gateway.allow(li="audio")
    await wang.hears("a0", 10)
    first = wang.slot("a0").sources[0]
    await crowd.join("li", audio=Tone(660))
    await wang.hears("a0", 25)
    assert set(wang.slot("a0").sources) == {first}
    assert gaps(wang.slot("a0")) == 0
