"""A room of real endpoints without a network: who gets which picture, and what is told upwards."""

from collections.abc import AsyncIterator

import pytest_asyncio

from server.media import clock
from server.media.endpoint import Rights
from server.media.room import PAUSE_AFTER, Layout
from server.media.sdp import AUDIO_LEVEL, Use
from tests.unit.media.plane import SIMULCAST, Camera, Port, allow, layer_in, rtp


@pytest_asyncio.fixture
async def port() -> AsyncIterator[Port]:
    port = Port()
    yield port
    await port.close()


async def test_a_small_picture_is_the_small_encoding_and_a_big_one_the_big(port: Port) -> None:
    li = port.connect("li", SIMULCAST)
    wang, zhao = port.connect("wang"), port.connect("zhao")
    for viewer in (wang, zhao):
        viewer.viewer.link.limit = None
    allow(port, li=Rights(camera=True))
    camera = Camera(li)
    camera.sends("h", "m", "l", key=True, frames=25)
    port.plane.stage(room="r", seq=1, big="li", order=["li"])
    camera.sends("h", "m", "l", key=True)
    assert (layer_in(wang), layer_in(zhao)) == ("h", "h")
    port.plane.view(room="r", endpoint="zhao", layout=Layout(big=170, thumbs=4, thumb=90))
    assert layer_in(zhao) == "h"  # until the key frame of the smaller one
    camera.sends("h", "m", "l", key=True)
    assert (layer_in(wang), layer_in(zhao)) == ("h", "l")
    port.plane.view(room="r", endpoint="zhao", layout=Layout(big=0, thumbs=0, thumb=0))
    assert layer_in(zhao) is None


async def test_an_encoding_that_does_not_come_is_stood_in_for_by_the_next(port: Port) -> None:
    li, wang = port.connect("li", SIMULCAST), port.connect("wang")
    wang.viewer.link.limit = None
    allow(port, li=Rights(camera=True))
    port.plane.stage(room="r", seq=1, big="li", order=["li"])
    camera = Camera(li)
    camera.sends("m", "l", key=True, frames=25)
    assert layer_in(wang) == "m"
    camera.sends("h", key=True, frames=25)
    assert layer_in(wang) == "m"  # it had not been known that there is one
    port.room.tick(clock.now())
    camera.sends("h", key=True)
    assert layer_in(wang) == "h"


async def test_a_narrow_link_gets_a_smaller_picture_and_is_told_so(port: Port) -> None:
    li, wang = port.connect("li", SIMULCAST), port.connect("wang")
    allow(port, li=Rights(camera=True))
    camera = Camera(li)
    camera.sends("h", "m", "l", key=True, frames=25)
    port.plane.stage(room="r", seq=1, big="li", order=["li"])
    wang.viewer.link.limit = 300_000
    wang.viewer.choose(clock.now())
    camera.sends("h", "m", "l", key=True)
    assert layer_in(wang) == "l"
    wang.viewer.link.limit = 60_000
    wang.viewer.choose(clock.now())
    assert layer_in(wang) is None
    assert wang.viewer.audio_only


async def test_what_nobody_watches_is_paused_after_a_while_and_wanted_again_at_once(port: Port) -> None:
    li, wang = port.connect("li", SIMULCAST), port.connect("wang")
    wang.viewer.link.limit = None
    allow(port, li=Rights(camera=True))
    camera = Camera(li)
    camera.sends("h", "m", "l", key=True, frames=25)
    now = clock.now()
    port.room.tick(now)
    assert [event.camera for event in port.events("watched") if event.endpoint == "li"] == [[]]
    port.plane.sending(room="r", endpoint="li", camera=True, screen=False)
    port.plane.stage(room="r", seq=1, big="li", order=["li"])
    port.room.tick(now + 0.05)
    assert port.events("watched")[-1].camera == ["h"]
    port.plane.view(room="r", endpoint="wang", layout=Layout(big=0, thumbs=0))
    port.room.tick(now + 0.1)
    assert port.events("watched")[-1].camera == ["h"]
    port.room.tick(now + 0.1 + PAUSE_AFTER)
    assert port.events("watched")[-1].camera == []
    # All encodings rest, the camera is on: who looks again gets it.
    port.room.tick(now + 20)
    assert li.ups[Use.CAMERA].live
    port.plane.view(room="r", endpoint="wang", layout=Layout(big=720, thumbs=0))
    port.room.tick(now + 20.05)
    assert port.events("watched")[-1].camera == ["h"]
    port.plane.sending(room="r", endpoint="li", camera=False, screen=False)
    assert not li.ups[Use.CAMERA].live


async def test_the_small_pictures_come_in_pages(port: Port) -> None:
    names = [f"member-{place}" for place in range(5)]
    members = [port.connect(name, SIMULCAST) for name in names]
    wang = port.connect("wang")
    port.plane.rights(room="r", seq=1, rights={name: Rights(camera=True) for name in names})
    for member in members:
        Camera(member).sends("h", "m", "l", key=True, frames=25)
    port.plane.stage(room="r", seq=1, big=None, order=names)
    port.room.tick(clock.now())
    shape = {"big": 0, "thumbs": 2, "thumb": 180}
    pages = []
    for page in (0, 1, 2, 9):
        port.plane.view(room="r", endpoint="wang", layout=Layout(**shape, page=page))
        told = [event for event in port.events("slots") if event.endpoint == "wang"][-1]
        pages.append([told.slots[f"t{place}"] for place in range(2)])
        assert told.pages == 3
    assert pages == [names[0:2], names[2:4], [names[4], None], [names[4], None]]
    assert wang.viewer.thumbs[0].track is not None


async def test_quality_is_told_when_it_changes(port: Port) -> None:
    wang = port.connect("wang")
    for _ in range(8):
        wang.viewer.link.lost(0.2)
    wang._last_second -= 1.0
    port.room.tick(clock.now())
    assert [(event.level, event.reason) for event in port.events("quality")] == [("poor", "downlink_loss")]
    port.room.tick(clock.now())
    assert len(port.events("quality")) == 1


async def test_a_voice_without_a_right_takes_nobodys_slot(port: Port) -> None:
    li, wang = port.connect("li"), port.connect("wang")
    line = li.offer.sending()[0]
    level = line.extension(AUDIO_LEVEL)
    for seq in range(20):
        li.on_media(
            rtp(seq, seq * 960, line.ssrc, b"sound of speech", pt=line.pt, extensions={level: b"\x8a"}), clock.now()
        )
    port.room.tick(clock.now())
    assert all(down.layer is None for down in wang.viewer.audio)
    allow(port, li=Rights(audio=True))
    li.on_media(rtp(21, 21 * 960, line.ssrc, b"sound of speech", pt=line.pt, extensions={level: b"\x8a"}), clock.now())
    assert wang.viewer.audio[0].layer is not None
    before = len(port.sent)
    allow(port, seq=2)
    li.on_media(rtp(22, 22 * 960, line.ssrc, b"sound of speech", pt=line.pt, extensions={level: b"\x8a"}), clock.now())
    assert len(port.sent) == before
