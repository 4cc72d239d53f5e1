"""All forwarder backends give viewers the same packets: what one of them writes, the plain one writes too."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from aiortc import RTCCertificate

from server.media.downtrack import DownTrack
from server.media.forward import NAMES, Forwarder, ForwarderMissing, make_forwarder
from server.media.forward.build import build
from server.media.forward.native import NativeForwarder
from server.media.rtp import Packet
from server.media.sdp import AUDIO_LEVEL, Codec, Line, Use
from server.media.seam import SecurePeer, Srtp, certificate_fingerprint
from server.media.uptrack import Layer, UpTrack
from server.media.wire import Wire

pytestmark = pytest.mark.media

BACKENDS = [name for name in NAMES if name != "auto"]
VP8_KEY = b"\x90\xe0\x80\x05\x09\x20" + b"\x10\x00\x00\x9d\x01\x2a\x80\x02\x68\x01"
VP8_DELTA = b"\x90\xe0\x80\x06\x0a\x20" + b"\x11more"
VP8_SHORT_ID = b"\x90\xe0\x07\x0b\x20" + b"\x11short"


class Far:
    """A viewer's end: a real socket and the key that decrypts what comes there."""

    def __init__(self, srtp: Srtp) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(2)
        self._srtp = srtp

    def gets(self, count: int) -> list[bytes]:
        return [self._srtp.unprotect(self.socket.recv(2048)) for _ in range(count)]

    def gets_nothing_more(self) -> None:
        self.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            self.socket.recv(2048)
        self.socket.settimeout(2)


async def keys() -> tuple[SecurePeer, SecurePeer]:
    certificates = [RTCCertificate.generateCertificate() for _ in range(2)]
    prints = [[("sha-256", certificate_fingerprint(each))] for each in certificates]
    peers: list[SecurePeer] = []

    def peer(mine: int, theirs: int, role: str) -> SecurePeer:
        def send(data: bytes | memoryview) -> None:
            peers[theirs].feed(bytes(data))

        return SecurePeer(certificate=certificates[mine], fingerprints=prints[theirs], send=send, role=role)

    peers += [peer(0, 1, "server"), peer(1, 0, "client")]
    await asyncio.gather(peers[0].handshake(), peers[1].handshake())
    return peers[0], peers[1]


class Hall:
    """One track and some viewers, without a room."""

    def __init__(self, forwarder: Forwarder) -> None:
        self.forwarder = forwarder
        self.near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.near.bind(("127.0.0.1", 0))
        self.peers: list[SecurePeer] = []

    def track(self, use: Use = Use.CAMERA, rids: tuple[str, ...] = ()) -> UpTrack:
        video = use is not Use.MIC
        line = Line(kind="video" if video else "audio", mid="1", pt=96, rtx_pt=97 if video else -1, use=use)
        line.codec = Codec.VP8 if video else Codec.OPUS
        line.rids = list(rids)
        line.extensions = {AUDIO_LEVEL: 1}
        track = UpTrack(
            line=line,
            endpoint="li",
            number=7,
            forwarder=self.forwarder,
            ask_key=lambda layer: None,
            changed=lambda: None,
            heard=lambda level, now: None,
        )
        track.allow(True)
        for place, rid in enumerate(rids or ("",)):
            track.known(Layer(track=track, rid=rid, ssrc=100 + place), 1.0)
        return track

    async def viewer(self, *, extension: int = 2, video: bool = True) -> tuple[DownTrack, Far]:
        here, there = await keys()
        self.peers += [here, there]
        assert there.srtp is not None
        far = Far(there.srtp)
        wire = Wire()
        wire.socket, wire.address, wire.srtp = self.near, far.socket.getsockname(), here.srtp
        self.forwarder.aim(wire)
        down = DownTrack(
            name="big",
            wire=wire,
            slots=self.forwarder,
            video=video,
            payload_types={Codec.VP8: (120, 124), Codec.OPUS: (109, -1)},
            send_time_extension=extension,
            now=0.5,
        )
        return down, far

    async def close(self) -> None:
        self.near.close()
        await asyncio.gather(*(peer.close() for peer in self.peers))


@pytest_asyncio.fixture(params=BACKENDS)
async def hall(request: pytest.FixtureRequest) -> AsyncIterator[Hall]:
    if request.param == "native" and "is not built: there is no C" in build():
        pytest.skip("there is no C compiler on this machine")
    hall = Hall(make_forwarder(request.param))
    yield hall
    await hall.close()


def rtp(seq: int, payload: bytes, *, ts: int = 3000, ssrc: int = 100, marker: bool = False) -> Packet:
    packet = Packet()
    head = struct.pack("!BBHII", 0x80, (0x80 if marker else 0) | 96, seq & 0xFFFF, ts, ssrc)
    assert packet.read(head + payload)
    return packet


def receive(track: UpTrack, packet: Packet, now: float = 2.0, rid: str = "") -> None:
    track.receive(track.layers[rid], packet, now)


class Got(NamedTuple):
    """A packet as a viewer reads it."""

    pt: int
    marker: bool
    seq: int
    ts: int
    ssrc: int
    csrc: int
    extension: str
    payload: bytes

    @property
    def pid(self) -> int:
        return int(struct.unpack_from("!H", self.payload, 2)[0])


def read(data: bytes) -> Got:
    first, second, seq, ts, ssrc, csrc = struct.unpack_from("!BBHIII", data)
    extension, at = (data[16:24].hex(), 24) if first == 0x91 else ("", 16)
    return Got(second & 0x7F, bool(second & 0x80), seq, ts, ssrc, csrc, extension, data[at:])


async def test_each_viewer_gets_own_numbers_and_the_same_picture(hall: Hall) -> None:
    track = hall.track()
    viewers = [await hall.viewer(extension=extension) for extension in (2, 4, 0)]
    for down, _ in viewers:
        down.watch(track, 0, 1.0)
    receive(track, rtp(65535, VP8_KEY, marker=True))
    receive(track, rtp(65536, VP8_DELTA, ts=6000), 2.033)
    receive(track, rtp(65537, VP8_SHORT_ID, ts=9000), 2.066)
    hall.forwarder.flush()
    for (down, far), extension in zip(viewers, ("22", "42", ""), strict=True):
        first, second, third = (read(each) for each in far.gets(3))
        assert (first.pt, first.ssrc, first.csrc, first.marker) == (120, down.ssrc, 7, True)
        assert not second.marker
        assert [each.seq for each in (second, third)] == [(first.seq + 1) & 0xFFFF, (first.seq + 2) & 0xFFFF]
        assert (second.ts - first.ts) & 0xFFFFFFFF == 3000
        assert first.extension == (f"bede0001{extension}{int(2.0 * 262144) & 0xFFFFFF:06x}" if extension else "")
        payloads = [each.payload for each in (first, second, third)]
        pids = [each.pid for each in (first, second, third)]
        assert all(pid & 0x8000 for pid in pids)
        assert [(pid - pids[0]) & 0x7FFF for pid in pids] == [0, 1, 2]
        assert [(payload[4] - payloads[0][4]) & 0xFF for payload in payloads] == [0, 1, 2]
        assert [payload[5:] for payload in payloads] == [VP8_KEY[5:], VP8_DELTA[5:], VP8_SHORT_ID[4:]]
        far.gets_nothing_more()


async def test_nothing_goes_out_before_a_key_frame_and_late_packets_only_to_who_was_there(hall: Hall) -> None:
    track = hall.track()
    (early, first), (late, second) = await hall.viewer(), await hall.viewer()
    early.watch(track, 0, 1.0)
    receive(track, rtp(9, VP8_DELTA))
    receive(track, rtp(10, VP8_KEY))
    receive(track, rtp(12, VP8_DELTA))
    late.watch(track, 0, 2.0)
    late_begins = late.run is not None  # not from the cache: packet 11 is missing there
    assert not late_begins
    receive(track, rtp(13, VP8_KEY, ts=9000), 2.1)
    receive(track, rtp(11, VP8_DELTA), 2.1)
    hall.forwarder.flush()
    numbers = [read(each).seq for each in first.gets(4)]
    assert [(number - numbers[0]) & 0xFFFF for number in numbers] == [0, 2, 3, 1]
    second.gets(1)
    second.gets_nothing_more()
    first.gets_nothing_more()


async def test_a_late_joiner_begins_with_the_cached_key_frame(hall: Hall) -> None:
    track = hall.track()
    receive(track, rtp(10, VP8_KEY))
    receive(track, rtp(11, VP8_DELTA, ts=6000), 2.03)
    down, far = await hall.viewer()
    down.watch(track, 0, 2.04)
    receive(track, rtp(12, VP8_DELTA, ts=9000), 2.06)
    hall.forwarder.flush()
    came = [read(each) for each in far.gets(3)]
    assert [(each.seq - came[0].seq) & 0xFFFF for each in came] == [0, 1, 2]
    assert [(each.ts - came[0].ts) & 0xFFFFFFFF for each in came] == [0, 3000, 6000]
    assert came[0].payload[6:] == VP8_KEY[6:]


async def test_a_revoked_right_is_silence_at_once_also_for_repeats(hall: Hall) -> None:
    track = hall.track()
    down, far = await hall.viewer()
    down.watch(track, 0, 1.0)
    receive(track, rtp(10, VP8_KEY))
    hall.forwarder.flush()
    (first,) = far.gets(1)
    track.allow(False)
    receive(track, rtp(11, VP8_DELTA))
    hall.forwarder.flush()
    far.gets_nothing_more()
    assert down.repeat(read(first).seq, 5.0) == b""
    track.allow(True)
    receive(track, rtp(12, VP8_DELTA), 6.0)
    receive(track, rtp(13, VP8_KEY, ts=90000), 6.1)
    hall.forwarder.flush()
    (again,) = far.gets(1)
    assert read(again).seq == (read(first).seq + 1) & 0xFFFF


async def test_a_repeat_is_what_went_out_inside_rtx(hall: Hall) -> None:
    track = hall.track()
    down, far = await hall.viewer()
    down.watch(track, 0, 1.0)
    receive(track, rtp(10, VP8_KEY))
    receive(track, rtp(11, VP8_DELTA, marker=True))
    hall.forwarder.flush()
    sent = [read(each) for each in far.gets(2)]
    again = read(down.repeat(sent[1].seq, 3.0))
    assert (again.pt, again.ssrc, again.ts, again.marker) == (124, down.rtx_ssrc, sent[1].ts, True)
    assert again.payload == struct.pack("!H", sent[1].seq) + sent[1].payload
    assert down.repeat(sent[1].seq, 3.01) == b""
    assert down.repeat(sent[1].seq, 3.05) != b""


async def test_layers_change_only_at_key_frames_and_the_decoder_does_not_notice(hall: Hall) -> None:
    track = hall.track(rids=("h", "m", "l"))
    down, far = await hall.viewer()
    for place, rid in enumerate(("h", "m", "l")):
        receive(track, rtp(1000 * place, VP8_KEY, ts=77_000 * place), 2.0, rid)
    down.watch(track, 2, 2.0)
    plan = [(2, "l", VP8_DELTA), (0, "h", VP8_DELTA), (0, "l", VP8_DELTA), (0, "h", VP8_KEY), (0, "l", VP8_DELTA)]
    plan += [(0, "h", VP8_DELTA)]
    numbers = {"h": 1, "m": 1001, "l": 2001}
    for step, (wish, rid, payload) in enumerate(plan, 1):
        down.watch(track, wish, 2.0 + step / 30)
        receive(track, rtp(numbers[rid], payload, ts=77_000 * "hml".index(rid) + 3000 * step), 2.0 + step / 30, rid)
        numbers[rid] += 1
    hall.forwarder.flush()
    came = [read(each) for each in far.gets(5)]
    assert [(each.seq - came[0].seq) & 0xFFFF for each in came] == [0, 1, 2, 3, 4]
    pids = [each.pid for each in came]
    # Key, delta and delta of l (the test's deltas share one picture id), then key and delta of h.
    assert [(pid - pids[0]) & 0x7FFF for pid in pids] == [0, 1, 1, 2, 3]
    steps = [(b.ts - a.ts) & 0xFFFFFFFF for a, b in pairwise(came)]
    assert all(0 < step <= 90_000 for step in steps)
    far.gets_nothing_more()


async def test_a_viewer_who_left_gets_nothing_and_the_others_go_on(hall: Hall) -> None:
    track = hall.track(Use.MIC)
    (one, first), (two, second), (three, third) = [await hall.viewer(video=False) for _ in range(3)]
    for down in (one, two, three):
        down.watch(track, 0, 1.0)
    receive(track, rtp(1, b"sound"))
    hall.forwarder.flush()
    for far in (first, second, third):
        far.gets(1)
    two.leave()
    three.wire.srtp = None
    hall.forwarder.aim(three.wire)
    for seq in range(2, 402):
        receive(track, rtp(seq, b"sound", ts=seq * 960))
    hall.forwarder.flush()
    assert len({read(each).seq for each in first.gets(200)}) == 200
    second.gets_nothing_more()
    third.gets_nothing_more()


async def test_a_viewer_who_moved_is_followed(hall: Hall) -> None:
    track = hall.track(Use.MIC)
    down, far = await hall.viewer(video=False)
    down.watch(track, 0, 1.0)
    receive(track, rtp(1, b"sound"))
    hall.forwarder.flush()
    far.gets(1)
    there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    there.bind(("127.0.0.1", 0))
    there.settimeout(2)
    receive(track, rtp(2, b"sound"))
    down.wire.address = there.getsockname()
    hall.forwarder.aim(down.wire)
    receive(track, rtp(3, b"sound"))
    hall.forwarder.flush()
    assert len(there.recv(2048)) > 20
    there.close()


def test_the_helper_is_refused_with_a_sentence_when_it_is_missing_or_stale(tmp_path: Path) -> None:
    with pytest.raises(ForwarderMissing, match="not built"):
        NativeForwarder(tmp_path / "forward.so")
    stale = tmp_path / "stale.so"
    stale.write_bytes(b"no library")
    with pytest.raises(ForwarderMissing):
        NativeForwarder(stale)
    assert make_forwarder("auto").name in BACKENDS
