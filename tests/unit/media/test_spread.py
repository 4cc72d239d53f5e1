"""A room on two workers: two planes in one process, linked as two processes would be."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.media import clock, rtcp
from server.media.downtrack import DownTrack
from server.media.endpoint import Endpoint, Rights
from server.media.pipe import frames
from server.media.pipe.link import Link
from server.media.pipe.remote import FORGET_AFTER, RemoteTrack
from server.media.room import LED_FOR, PAUSE_AFTER, Layout
from server.media.sdp import Codec, Use
from server.media.uptrack import KEY_INTERVAL, REPLAY
from tests.unit.media.plane import SIMULCAST, Camera, Microphone, Port, allow, layer_in

CAMERA, SOUND = Rights(camera=True), Rights(audio=True)


class Pair:
    """Two workers, `a` is the home. Their clocks stand still between two `tick`s."""

    def __init__(self) -> None:
        self.a, self.b = sorted((Port(), Port()), key=lambda port: port.plane.epoch)
        self.now = clock.now()
        self.seq = 0

    @property
    def both(self) -> tuple[Port, Port]:
        return self.a, self.b

    def spread(self, *which: Port) -> None:
        """As the web process says it, to each of them."""
        self.seq += 1
        for port in which or self.both:
            workers = [each.plane.epoch for each in self.both]
            port.plane.spread(room="r", seq=self.seq, workers=workers)

    async def link(self) -> None:
        for port, sock in zip(self.both, socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET), strict=True):
            port.plane.neighbours.links.adopt(sock)
        await quiet()

    def link_of(self, port: Port) -> Link:
        return next(iter(port.plane.neighbours._by_epoch.values())).link

    def allow(self, **rights: Rights) -> None:
        self.seq += 1
        for port in self.both:
            allow(port, self.seq, **rights)

    def stage(self, big: str | None, *order: str) -> None:
        self.seq += 1
        for port in self.both:
            port.plane.stage(room="r", seq=self.seq, big=big, order=order)

    async def tick(self, *, later: float = 0.0) -> None:
        """Everybody looks what has changed, `later` seconds after the last time, until all have heard of it."""
        self.now = max(self.now + later, clock.now())
        for _ in range(3):
            await quiet()
            for port in self.both:
                port.room.tick(self.now)
                port.plane.neighbours.tick(self.now)
        await quiet()

    async def close(self) -> None:
        for port in self.both:
            port.plane.neighbours.close()
            await port.close()


async def quiet() -> None:
    """Until what is on its way in this process has arrived."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    pair.spread()
    await pair.link()
    yield pair
    await pair.close()


def sent_to(port: Port, endpoint: Endpoint, down: DownTrack) -> list[int]:
    """The numbers of the packets that went out in a slot."""
    media = [data for data, address in port.sent if address == endpoint.address and not 192 <= data[1] <= 223]
    return [int.from_bytes(data[2:4]) for data in media if int.from_bytes(data[8:12]) == down.ssrc]


def watcher(port: Port, name: str) -> Endpoint:
    """Somebody on a good line."""
    endpoint = port.connect(name)
    endpoint.viewer.link.limit = None
    endpoint.viewer.choose(clock.now())
    return endpoint


def big_of(endpoint: Endpoint) -> DownTrack:
    assert endpoint.viewer.big is not None
    return endpoint.viewer.big


async def filmed(pair: Pair) -> tuple[Endpoint, Camera, Endpoint]:
    """Li films at `a` and is big; Wang watches at `b`, on a good line."""
    li, wang = pair.a.connect("li", SIMULCAST), watcher(pair.b, "wang")
    pair.allow(li=CAMERA)
    pair.stage("li", "li")
    camera = Camera(li)
    camera.sends("h", "m", "l", key=True, frames=25)
    await pair.tick()
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    return li, camera, wang


async def test_a_picture_is_seen_on_the_other_worker_in_the_size_that_is_wished_there(pair: Pair) -> None:
    _, camera, wang = await filmed(pair)
    assert layer_in(wang) == "h"
    pair.b.plane.view(room="r", endpoint="wang", layout=Layout(big=170, thumbs=0))
    await pair.tick()
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    assert layer_in(wang) == "l"
    before = len(sent_to(pair.b, wang, big_of(wang)))
    camera.sends("h", "m", "l", frames=10)
    await quiet()
    seqs = sent_to(pair.b, wang, big_of(wang))
    assert len(seqs) == before + 10
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


async def test_one_copy_of_each_encoding_goes_over_however_many_watch(pair: Pair) -> None:
    _, camera, _ = await filmed(pair)
    for name in ("zhao", "qian", "sun"):
        watcher(pair.b, name)
    await pair.tick()
    await pair.tick(later=FORGET_AFTER)  # smaller ones, that were wished while nothing was known of the lines
    before = pair.link_of(pair.b).received
    camera.sends("h", "m", "l", frames=10)
    await quiet()
    assert pair.link_of(pair.b).received == before + 10
    assert len(pair.b.room.remotes["li"][0].ups[Use.CAMERA].viewers) == 4


async def test_nothing_goes_over_that_nobody_watches(pair: Pair) -> None:
    _, camera, _ = await filmed(pair)
    pair.b.plane.view(room="r", endpoint="wang", layout=Layout(big=0, thumbs=0))
    await pair.tick()
    await pair.tick(later=FORGET_AFTER)
    before = pair.link_of(pair.b).received
    camera.sends("h", "m", "l", frames=10)
    await quiet()
    assert pair.link_of(pair.b).received == before


async def test_what_is_watched_elsewhere_is_made(pair: Pair) -> None:
    await filmed(pair)
    assert pair.a.events("watched")[-1].camera == ["h"]
    pair.b.plane.view(room="r", endpoint="wang", layout=Layout(big=0, thumbs=0))
    await pair.tick()
    await pair.tick(later=FORGET_AFTER)
    await pair.tick(later=PAUSE_AFTER)
    assert pair.a.events("watched")[-1].camera == []
    assert not pair.b.events("watched") or all(event.endpoint != "li" for event in pair.b.events("watched"))


async def test_an_encoding_that_does_not_come_is_stood_in_for_over_the_pipe_too(pair: Pair) -> None:
    li, wang = pair.a.connect("li", SIMULCAST), watcher(pair.b, "wang")
    pair.allow(li=CAMERA)
    pair.stage("li", "li")
    camera = Camera(li)
    camera.sends("m", "l", key=True, frames=25)
    await pair.tick()
    camera.sends("m", "l", key=True)
    await pair.tick()
    assert layer_in(wang) == "m"
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    assert layer_in(wang) == "h"


async def test_a_late_joiner_sees_a_short_picture_at_once_and_asks_for_no_key_frame(pair: Pair) -> None:
    li, camera, _ = await filmed(pair)
    camera.sends("h", "m", "l", key=True)
    camera.sends("h", "m", "l", frames=5)
    await pair.tick()
    asked = li.publisher.key_requests
    zhao = watcher(pair.b, "zhao")
    assert len(sent_to(pair.b, zhao, big_of(zhao))) == 6
    assert li.publisher.key_requests == asked


async def test_the_first_viewer_of_the_other_worker_gets_the_picture_since_its_key_frame(pair: Pair) -> None:
    li = pair.a.connect("li", SIMULCAST)
    pair.allow(li=CAMERA)
    pair.stage("li", "li")
    camera = Camera(li)
    camera.sends("h", "m", "l", key=True)
    camera.sends("h", "m", "l", frames=30)
    await pair.tick()
    asked = li.publisher.key_requests
    wang = watcher(pair.b, "wang")
    await pair.tick()
    await pair.tick()
    assert layer_in(wang) == "h"
    assert len(sent_to(pair.b, wang, big_of(wang))) == 31
    assert li.publisher.key_requests == asked


async def test_key_frames_are_asked_for_at_a_bounded_rate_by_all_workers_together(pair: Pair) -> None:
    li, camera, wang = await filmed(pair)
    here = watcher(pair.a, "qian")
    camera.sends("h", key=True)
    camera.sends("h", frames=REPLAY + 5)
    for layer in li.ups[Use.CAMERA].layers.values():
        layer._key_asked = -KEY_INTERVAL
    remote = pair.b.room.remotes["li"][0].ups[Use.CAMERA]
    asked = li.publisher.key_requests
    for endpoint in (wang, here, wang, here):
        for layer in remote.layers.values():
            layer._key_asked = -KEY_INTERVAL  # whatever the other worker thinks of it
        endpoint.viewer.key_requested(rtcp.KeyRequest(ssrc=big_of(endpoint).ssrc), clock.now())
        await quiet()
    assert li.publisher.key_requests == asked + 1


async def test_a_packet_lost_in_the_pipe_is_fetched_when_a_viewer_asks_and_all_get_it_once(pair: Pair) -> None:
    _, camera, wang = await filmed(pair)
    zhao = watcher(pair.b, "zhao")
    viewers = (wang, zhao)
    link = pair.link_of(pair.b)
    on_packet, link.on_packet = link.on_packet, lambda *packet: None
    camera.sends("h", frames=2)
    await quiet()
    link.on_packet = on_packet
    camera.sends("h", frames=1)
    await quiet()
    for viewer in viewers:
        last = sent_to(pair.b, viewer, big_of(viewer))[-1]
        viewer.viewer.repeat(rtcp.Nack(big_of(viewer).ssrc, [last - 2, last - 1]), clock.now())
    await quiet()
    for viewer in viewers:
        seqs = sent_to(pair.b, viewer, big_of(viewer))
        assert sorted(seqs) == list(range(seqs[0], seqs[0] + len(seqs)))
    # One request for each of them, not one for each viewer.
    assert len(pair.b.room.remotes["li"][0].ups[Use.CAMERA]._lacked) == 2


async def test_padding_leaves_no_holes_behind_the_pipe(pair: Pair) -> None:
    li, camera, wang = await filmed(pair)
    for _ in range(3):
        camera.sends("h", frames=2)
        camera.pads("h")
    camera.sends("h")
    await quiet()
    seqs = sent_to(pair.b, wang, big_of(wang))
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert li.refused == 0


async def test_a_picture_that_is_not_allowed_on_one_of_the_workers_is_not_seen_there(pair: Pair) -> None:
    _, camera, wang = await filmed(pair)
    # The worker of the viewer has heard of it, that of the camera has not yet.
    allow(pair.b, pair.seq + 1)
    before = len(sent_to(pair.b, wang, big_of(wang)))
    camera.sends("h", "m", "l", key=True, frames=3)
    await pair.tick()
    assert len(sent_to(pair.b, wang, big_of(wang))) == before
    # Neither may what was said before come out again.
    wang.viewer.repeat(rtcp.Nack(big_of(wang).ssrc, sent_to(pair.b, wang, big_of(wang))[-3:]), clock.now() + 1)
    assert len(sent_to(pair.b, wang, big_of(wang))) == before
    # The other way round.
    allow(pair.a, pair.seq + 2)
    allow(pair.b, pair.seq + 2, li=CAMERA)
    camera.sends("h", "m", "l", key=True, frames=3)
    await pair.tick()
    assert len(sent_to(pair.b, wang, big_of(wang))) == before
    # And given again.
    pair.seq += 2
    pair.allow(li=CAMERA)
    await pair.tick()
    camera.sends("h", "m", "l", key=True, frames=25)
    await pair.tick()
    camera.sends("h", "m", "l", key=True)
    await quiet()
    assert len(sent_to(pair.b, wang, big_of(wang))) > before
    assert layer_in(wang) == "h"


async def test_a_revoked_voice_ends_with_the_word_of_either_worker(pair: Pair) -> None:
    li, wang = pair.a.connect("li"), pair.b.connect("wang")
    pair.allow(li=SOUND)
    voice = Microphone(li)
    voice.speaks()
    await pair.tick()
    voice.speaks(frames=3)
    await pair.tick()
    slot = wang.viewer.audio[0]
    assert len(sent_to(pair.b, wang, slot)) >= 3
    allow(pair.b, pair.seq + 1)
    before = len(sent_to(pair.b, wang, slot))
    assert slot.layer is None
    voice.speaks(frames=5)
    await pair.tick()
    assert len(sent_to(pair.b, wang, slot)) == before
    assert pair.b.events("slots")[-1].slots["a0"] is None


async def test_all_hear_the_same_voices_and_each_worker_says_who_of_its_own_speaks(pair: Pair) -> None:
    here = {name: Microphone(pair.a.connect(name)) for name in ("a1", "a2", "a3")}
    there = {name: Microphone(pair.b.connect(name)) for name in ("b1", "b2", "b3")}
    ears = [port.connect(f"ear {place}") for place, port in enumerate(pair.both)]
    voices = here | there
    pair.allow(**dict.fromkeys(voices, SOUND))
    await pair.tick()
    levels = {"a1": 60, "a2": 20, "a3": 40, "b1": 15, "b2": 70, "b3": 25}
    for _ in range(30):
        for name, voice in voices.items():
            voice.speaks(levels[name])
        await quiet()
    await pair.tick()
    for name, voice in voices.items():
        voice.speaks(levels[name])
    await quiet()
    loud = [set(port.room._loud) for port in pair.both]
    assert loud == [{"a2", "a3", "b1", "b3"}] * 2
    assert pair.a.events("speaking")[-1].endpoints == ["a2", "a3"]
    assert pair.b.events("speaking")[-1].endpoints == ["b1", "b3"]
    for ear in ears:
        assert all(slot.layer is not None for slot in ear.viewer.audio)
    # Two that are about as loud: the home decides for both.
    pair.b.room._loudness._chosen = ["a1", "b2", "a3", "b1"]
    await pair.tick(later=1.0)
    assert pair.a.room._loud == pair.b.room._loud
    # It hangs with an old word: then everybody decides for himself.
    pair.b.room.led(pair.a.plane.epoch, ["a1", "b2"])
    assert pair.b.room._choose_loud(clock.now())[:2] == ["a1", "b2"]
    assert set(pair.b.room._choose_loud(clock.now() + LED_FOR + 1)) == {"a2", "a3", "b1", "b3"}


async def test_somebody_has_the_same_number_on_all_workers(pair: Pair) -> None:
    names = ("li", "wang", "赵谷雨")
    assert [pair.a.room.number_of(name) for name in names] == [pair.b.room.number_of(name) for name in reversed(names)][
        ::-1
    ]
    _, camera, _ = await filmed(pair)
    watcher(pair.a, "qian")
    camera.sends("h", key=True, frames=25)
    await quiet()
    sources = {int.from_bytes(port.sent[-1][0][12:16]) for port in pair.both}
    assert sources == {pair.a.room.number_of("li")}


async def test_sound_and_picture_keep_step_on_the_other_worker(pair: Pair) -> None:
    li, camera, wang = await filmed(pair)
    now = clock.now()
    for layer in li.ups[Use.CAMERA].layers.values():
        report = rtcp.SenderReport(ssrc=layer.ssrc, ntp=clock.ntp(now) - 7.0, ntp_middle=0, rtp=4711)
        li.publisher.reported(report, now)
    await pair.tick()
    camera.sends("h")
    await quiet()
    found = next(iter(rtcp.read(big_of(wang).report(now + 1.0))))
    assert isinstance(found, rtcp.SenderReport)
    run = big_of(wang).run
    assert run is not None
    assert abs((found.rtp - run.toff - 4711) % 2**32 - 90000) < 90


async def test_who_comes_over_to_the_other_worker_takes_the_place_of_the_old_self(pair: Pair) -> None:
    _, camera, wang = await filmed(pair)
    qian = watcher(pair.a, "qian")
    camera.sends("h", key=True, frames=25)
    await pair.tick()
    assert (layer_in(qian), layer_in(wang)) == ("h", "h")

    moved = pair.b.join("li", "two", SIMULCAST)
    await pair.tick()
    # Not through yet: the old one plays on.
    assert big_of(wang).track is pair.b.room.remotes["li"][0].ups[Use.CAMERA]
    moved = pair.b.connect("li", SIMULCAST)
    await pair.tick()
    assert big_of(wang).track is moved.ups[Use.CAMERA]
    camera.sends("h", "m", "l", frames=2)
    await quiet()
    assert layer_in(wang) == "h"
    assert pair.b.events("watched")[-1].camera == ["h"]
    new = Camera(moved)
    new.sends("h", "m", "l", key=True, frames=25)
    await pair.tick()
    new.sends("h", "m", "l", key=True)
    await pair.tick()
    for viewer in (wang, qian):
        layer = big_of(viewer).layer
        assert layer is not None
    assert big_of(wang).layer is moved.ups[Use.CAMERA].layers["h"]
    assert isinstance(big_of(qian).track, RemoteTrack)
    assert big_of(qian).layer is not None
    assert big_of(qian).layer.track is big_of(qian).track  # type: ignore[union-attr]
    # What is left of the old one goes, and nobody notices.
    pair.a.plane.leave(room="r", endpoint="li")
    await pair.tick()
    assert "li" not in pair.b.room.remotes
    assert (layer_in(qian), layer_in(wang)) == ("h", "h")


async def test_a_voice_that_comes_over_is_heard_from_wherever_it_comes(pair: Pair) -> None:
    li, wang = pair.a.connect("li"), pair.b.connect("wang")
    pair.allow(li=SOUND)
    voice = Microphone(li)
    voice.speaks()
    await pair.tick()
    slot = wang.viewer.audio[0]
    moved = pair.b.connect("li")
    await pair.tick()
    before = len(sent_to(pair.b, wang, slot))
    voice.speaks(frames=3)
    await pair.tick()
    assert len(sent_to(pair.b, wang, slot)) == before + 3
    Microphone(moved).speaks(frames=2)
    await pair.tick()
    Microphone(moved).speaks()
    assert slot.track is moved.ups[Use.MIC]


async def test_who_leaves_is_gone_on_both_workers(pair: Pair) -> None:
    _, _, wang = await filmed(pair)
    pair.a.plane.leave(room="r", endpoint="li")
    await quiet()
    assert pair.b.room.remotes == {}
    assert big_of(wang).track is None
    assert pair.b.events("slots")[-1].slots["big"] is None
    here, there = (next(iter(port.plane.neighbours._by_epoch.values())) for port in pair.both)
    assert not there._inlets
    assert not here._ours
    assert not here._outlets


async def test_a_worker_that_dies_takes_its_own_with_it_and_the_others_play_on(pair: Pair) -> None:
    _, _, wang = await filmed(pair)
    zhao = pair.b.connect("zhao", SIMULCAST)
    pair.allow(li=CAMERA, zhao=CAMERA)
    camera = Camera(zhao)
    camera.sends("h", "m", "l", key=True, frames=25)
    pair.a.plane.neighbours.close()
    await quiet()
    assert (pair.b.room.remotes, pair.b.room.neighbours) == ({}, {})
    assert big_of(wang).track is None
    pair.stage("zhao", "zhao")
    camera.sends("h", "m", "l", key=True)
    assert layer_in(wang) == "h"
    # The voices are chosen here now.
    assert pair.b.room._leader() == pair.b.plane.epoch


async def test_three_workers_hear_each_other_and_nothing_goes_round(pair: Pair) -> None:
    third = Port()
    workers = [port.plane.epoch for port in (*pair.both, third)]
    for port in (*pair.both, third):
        port.plane.spread(room="r", seq=99, workers=workers)
    for port in pair.both:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        port.plane.neighbours.links.adopt(here)
        third.plane.neighbours.links.adopt(there)
    await quiet()
    li, ears = pair.a.connect("li"), [pair.b.connect("wang"), third.connect("zhao")]
    pair.allow(li=SOUND)
    allow(third, pair.seq, li=SOUND)
    voice = Microphone(li)
    voice.speaks()
    for _ in range(3):
        await pair.tick()
        third.room.tick(pair.now)
        third.plane.neighbours.tick(pair.now)
    voice.speaks(frames=4)
    await pair.tick()
    for port, ear in zip((pair.b, third), ears, strict=True):
        assert len(sent_to(port, ear, ear.viewer.audio[0])) == 4
        assert len(port.room.remotes["li"]) == 1
    third.plane.neighbours.close()
    await third.close()


async def test_a_link_that_is_made_again_brings_everything_back(pair: Pair) -> None:
    _, camera, wang = await filmed(pair)
    pair.link_of(pair.b).end()
    await quiet()
    assert pair.b.room.remotes == {}
    await pair.link()
    await pair.tick()
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    assert layer_in(wang) == "h"


async def test_it_is_the_same_whichever_worker_is_told_first(pair: Pair) -> None:
    for port in pair.both:
        port.plane.spread(room="r", seq=99, workers=[port.plane.epoch])
    await quiet()
    await pair.link()
    await filmed(pair)
    assert pair.b.room.remotes == {}
    pair.seq = 100
    pair.spread(pair.a)
    await pair.tick()
    assert pair.b.room.remotes == {}
    pair.spread(pair.b)
    await pair.tick()
    assert list(pair.b.room.remotes) == ["li"]
    # An older word undoes nothing.
    assert not pair.b.plane.spread(room="r", seq=1, workers=[])
    assert list(pair.b.room.remotes) == ["li"]


async def test_a_room_that_is_closed_is_closed_with_the_neighbours_too(pair: Pair) -> None:
    await filmed(pair)
    await pair.a.plane.close_room(room="r")
    await quiet()
    assert pair.b.room.remotes == {}


async def test_an_endpoint_elsewhere_is_big_without_a_camera_but_not_when_it_was_shown_out(pair: Pair) -> None:
    pair.a.connect("li")
    pair.b.connect("wang")
    pair.stage("li", "li")
    await pair.tick()
    assert pair.b.events("slots")[-1].slots["big"] == "li"
    pair.b.plane.rights(room="r", seq=99, rights={}, present=frozenset({"wang"}))
    assert pair.b.events("slots")[-1].slots["big"] is None


async def test_a_new_stream_of_the_same_camera_takes_the_place_of_the_old(pair: Pair) -> None:
    li, camera, wang = await filmed(pair)
    camera.renumbers()
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    camera.sends("h", "m", "l", key=True)
    await pair.tick()
    remote = pair.b.room.remotes["li"][0].ups[Use.CAMERA]
    assert big_of(wang).layer is remote.layers["h"]
    assert remote.layers["h"].head.seq == li.ups[Use.CAMERA].layers["h"].head.seq


streams, layers = st.integers(1, 12), st.integers(0, 4)
anything = st.lists(
    st.one_of(
        st.builds(frames.Enter, room=st.sampled_from(["r", "s"])),
        st.builds(frames.Exit, room=st.sampled_from(["r", "s"])),
        st.builds(
            frames.Present,
            room=st.sampled_from(["r", "s"]),
            endpoint=st.sampled_from(["li", "wang", "x"]),
            since=st.floats(-1, 1),
            tracks=st.lists(
                st.builds(
                    frames.Track,
                    stream=streams,
                    use=st.sampled_from([Use.MIC, Use.CAMERA, Use.SCREEN]),
                    codec=st.sampled_from(Codec),
                    pt=st.integers(0, 127),
                    rids=st.sampled_from([(), ("h",), ("h", "m", "l")]),
                    live=st.booleans(),
                ),
                max_size=3,
            ).map(tuple),
        ),
        st.builds(frames.Absent, room=st.sampled_from(["r", "s"]), endpoint=st.sampled_from(["li", "x"])),
        st.builds(frames.Live, stream=streams, live=st.booleans()),
        st.builds(frames.Begin, stream=streams, layer=layers, rid=st.sampled_from(["", "h", "m", "z"])),
        st.builds(
            frames.Clock,
            stream=streams,
            layer=layers,
            ntp=st.floats(0, 1e9),
            rtp=st.integers(0, 9),
            offset=st.floats(-9, 9),
        ),
        st.builds(frames.Ask, stream=streams, encodings=st.lists(st.integers(0, 2), max_size=3).map(tuple)),
        st.builds(frames.Key, stream=streams, layer=layers),
        st.builds(
            frames.Again, stream=streams, layer=layers, numbers=st.lists(st.integers(-5, 99999), max_size=4).map(tuple)
        ),
        st.builds(frames.Loud, room=st.just("r"), endpoints=st.just(("li", "nobody"))),
        st.tuples(streams, layers, st.integers(-(2**63), 2**63 - 1), st.binary(max_size=40)),
    ),
    max_size=40,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything)
def test_whatever_a_neighbour_says_nothing_raises_and_little_is_kept(said: list[Any]) -> None:
    async def listen() -> None:
        pair = Pair()
        pair.spread()
        await pair.link()
        pair.b.connect("wang", SIMULCAST)
        pair.b.connect("ear")
        pair.allow(li=Rights(audio=True, camera=True, screen=True), wang=CAMERA, x=SOUND)
        pair.stage("li", "li", "x", "wang")
        neighbour = next(iter(pair.b.plane.neighbours._by_epoch.values()))
        for each in said:
            if isinstance(each, tuple):
                neighbour._on_packet(*each)
            else:
                neighbour.hear(each)
            pair.b.room.tick(clock.now())
            pair.b.plane.neighbours.tick(clock.now())
        assert len(neighbour._theirs) <= 3
        assert len(neighbour._inlets) <= 9
        neighbour.link.end()
        assert not pair.b.room.remotes
        assert all(down.track is None for down in pair.b.room.endpoints["ear"].viewer.audio)
        await pair.close()

    asyncio.run(listen())
