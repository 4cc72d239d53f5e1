"""What browsers really sent, through the publisher's side and the slots of a viewer: a decoder would notice nothing."""

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest

from server.media import clock, rtcp, sdp
from server.media.downtrack import DownTrack
from server.media.forward.python import PythonForwarder
from server.media.publisher import Publisher
from server.media.rtp import Packet, newer32
from server.media.sdp import MID, REPAIRED_RID, RID, Codec, Line, Use
from server.media.uptrack import AskKey, UpTrack
from server.media.viewer import Viewer
from server.media.vp8 import Descriptor
from server.media.wire import Wire
from tests.unit.media.recorded import Recorded, names, recorded
from tests.unit.media.sdp_corpus import corpus

CAMERAS = [name for name in names() if name != "chromium-microphone"]
SIMULCAST = [name for name in CAMERAS if name != "chromium-h264"]


class Out(Wire):
    """A wire whose packets are kept, unprotected."""

    def __init__(self) -> None:
        super().__init__()
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []

    @property
    def ready(self) -> bool:
        return True

    def send_rtp(self, plain: bytes) -> None:
        self.rtp.append(bytes(plain))

    def send_rtcp(self, plain: bytes) -> None:
        self.rtcp.append(bytes(plain))


class Stage:
    """One publisher as recorded, one viewer of the same kind."""

    def __init__(self, name: str) -> None:
        offer = sdp.parse(corpus()[name])
        self.packets = recorded(name)
        self.base = clock.now()
        self.levels: list[int] = []
        self.back, self.out = Out(), Out()
        forwarder = PythonForwarder()
        self.offer = offer

        def make(line: Line, ask_key: AskKey) -> UpTrack:
            track = UpTrack(
                line=line,
                endpoint="li",
                number=7,
                forwarder=forwarder,
                ask_key=ask_key,
                changed=lambda: None,
                heard=lambda level, now: self.levels.append(level),
            )
            track.allow(True)
            return track

        self.publisher = Publisher(offer=offer, wire=self.back, make=make)
        self.viewer = Viewer(offer=offer, wire=self.out, slots=forwarder)
        self.camera = self.publisher.tracks[Use.CAMERA]
        self.microphone = self.publisher.tracks[Use.MIC]
        self._packet = Packet()

    @property
    def big(self) -> DownTrack:
        assert self.viewer.big is not None
        return self.viewer.big

    def play(self, packets: Iterable[Recorded] | None = None) -> "Stage":
        for each in self.packets if packets is None else packets:
            self.take(each)
        return self

    def take(self, each: Recorded) -> None:
        now = self.base + each.at
        if each.is_rtcp:
            for report in rtcp.read(each.data):
                if isinstance(report, rtcp.SenderReport):
                    self.publisher.reported(report, now)
        elif self._packet.read(each.data):
            self.publisher.receive(self._packet, now)
        self.publisher.tick(now)

    def media(self) -> Iterator[tuple[Recorded, Packet]]:
        """Recorded packets that carry something new: neither repeats nor padding."""
        for each in self.packets:
            packet = Packet()
            if each.is_rtcp or not packet.read(each.data) or packet.payload == packet.end:
                continue
            if packet.pt in (self.camera.pt, self.microphone.pt):
                yield each, packet

    def seen(self, down: DownTrack) -> list["Seen"]:
        found = [Seen(data, self.big.track.codec if self.big.track else Codec.VP8) for data in self.out.rtp]
        return [each for each in found if each.ssrc == down.ssrc]


class Seen:
    """A packet as the viewer's decoder gets it."""

    def __init__(self, data: bytes, codec: Codec) -> None:
        packet, picture = Packet(), Descriptor()
        assert packet.read(data)
        self.data = data
        self.seq, self.ts, self.ssrc, self.pt = packet.seq, packet.ts, packet.ssrc, packet.pt
        self.csrc = int.from_bytes(data[12:16])
        self.size = packet.end - packet.payload
        self.key, self.pid, self.tl0 = False, 0, 0
        if codec is Codec.VP8 and picture.read(data, packet.payload, packet.end):
            self.key, self.pid, self.tl0 = picture.key, picture.pid, picture.tl0


def is_one_stream(seen: list[Seen]) -> None:
    """Numbers without gaps, time that never goes back, one picture number for one time."""
    assert len({each.ssrc for each in seen}) == 1
    for before, after in pairwise(seen):
        assert (after.seq - before.seq) & 0xFFFF == 1
        assert after.ts == before.ts or newer32(after.ts, before.ts)
        assert (after.pid - before.pid) & 0x7FFF == (1 if after.ts != before.ts else 0)
        assert (after.tl0 - before.tl0) & 0xFF in (0, 1)


def is_one_stream_without_pictures(seen: list[Seen]) -> None:
    for before, after in pairwise(seen):
        assert (after.seq - before.seq) & 0xFFFF == 1
        assert after.ts == before.ts or newer32(after.ts, before.ts)


@pytest.mark.parametrize("name", SIMULCAST)
def test_every_stream_is_told_apart_by_what_its_first_packets_say(name: str) -> None:
    stage = Stage(name).play()
    numbers = {
        uri: next(line.extension(uri) for line in stage.offer.sending() if line.extension(uri))
        for uri in (MID, RID, REPAIRED_RID)
    }
    told: dict[int, str] = {}
    repairs: dict[int, str] = {}
    for each in stage.packets:
        packet = Packet()
        if each.is_rtcp or not packet.read(each.data) or packet.extension(numbers[MID]) != stage.camera.mid.encode():
            continue
        rid, repaired = (packet.extension(numbers[uri]).decode() for uri in (RID, REPAIRED_RID))
        if rid:
            told[packet.ssrc] = rid
        if repaired:
            repairs[packet.ssrc] = repaired
    assert {ssrc: layer.rid for ssrc, layer in stage.publisher.by_ssrc.items() if layer.rid} == told
    assert {ssrc: layer.rid for ssrc, layer in stage.publisher.by_rtx.items() if layer.rid} == repairs
    assert len(told) >= 2
    assert stage.publisher.strangers == set()


def test_a_repeat_that_comes_before_all_pictures_is_nobodys() -> None:
    """Chromium probes the line with padding on the screen's m-line, which has no track."""
    stage = Stage("chromium-simulcast")
    first = Packet()
    assert first.read(stage.packets[0].data)
    assert first.pt == stage.camera.rtx_pt
    assert first.payload == first.end
    stage.take(stage.packets[0])
    assert stage.publisher.strangers == set()
    assert stage.publisher.tracks[Use.SCREEN].live is False


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("wish", [0, 1, 2])
def test_a_viewer_gets_one_unbroken_stream_that_begins_where_a_decoder_can(name: str, wish: int) -> None:
    stage = Stage(name)
    stage.big.watch(stage.camera, wish, stage.base)
    stage.play()
    seen = stage.seen(stage.big)
    assert len(seen) > 30
    if stage.camera.codec is Codec.VP8:
        is_one_stream(seen)
        assert seen[0].key
    else:
        is_one_stream_without_pictures(seen)
    assert {each.csrc for each in seen} == {7}
    assert all(each.size for each in seen)


@pytest.mark.parametrize("name", SIMULCAST)
@pytest.mark.parametrize("wishes", [(0, 2), (2, 0), (0, 1, 2), (2, 1, 0)])
def test_layers_change_only_at_key_frames_and_without_a_seam(name: str, wishes: tuple[int, ...]) -> None:
    stage = Stage(name)
    shown: list[int] = []
    at = -1.0
    turn = 0
    for each in stage.packets:
        if each.at - at > 0.7:
            stage.big.watch(stage.camera, wishes[turn % len(wishes)], stage.base + each.at)
            at, turn = each.at, turn + 1
        before = len(stage.out.rtp)
        stage.take(each)
        for known in stage.camera.layers.values():
            known.gap = 0.05  # nobody can be asked for another key frame when a picture comes steadily
        layer = stage.big.layer
        shown += [layer.ssrc if layer is not None else 0] * (len(stage.out.rtp) - before)
    seen = stage.seen(stage.big)
    is_one_stream(seen)
    changes = [place for place, (a, b) in enumerate(pairwise(shown), 1) if a != b]
    assert len(changes) >= 2
    assert all(seen[place].key for place in [0, *changes])
    # Time follows the wall clock over all changes: three seconds of the story are three seconds for the decoder.
    lasted = ((seen[-1].ts - seen[0].ts) & 0xFFFFFFFF) / 90000
    assert abs(lasted - (stage.packets[-1].at - stage.packets[0].at)) < 1.2


@pytest.mark.parametrize("name", CAMERAS)
def test_padding_goes_to_nobody(name: str) -> None:
    stage = Stage(name)
    stage.big.watch(stage.camera, 0, stage.base)
    stage.play()
    shown = {packet.end - packet.payload for _, packet in stage.media()}
    assert all(each.size in shown for each in stage.seen(stage.big))


@pytest.mark.parametrize("name", CAMERAS)
def test_what_a_viewer_missed_comes_again_as_it_was(name: str) -> None:
    stage = Stage(name)
    stage.big.watch(stage.camera, 2, stage.base)
    stage.play()
    seen = stage.seen(stage.big)
    stage.out.rtp.clear()
    wanted = seen[-20:]
    stage.viewer.repeat(rtcp.Nack(stage.big.ssrc, [each.seq for each in wanted]), stage.base + 10)
    for original, data in zip(wanted, stage.out.rtp, strict=True):
        again = Packet()
        assert again.read(data)
        assert again.ssrc == stage.big.rtx_ssrc
        assert again.ts == original.ts
        assert data[again.payload : again.payload + 2] == original.seq.to_bytes(2)
        assert data[again.payload + 2 :].endswith(original.data[-original.size + 4 :])


@pytest.mark.parametrize("name", CAMERAS)
@pytest.mark.parametrize("seed", range(5))
def test_loss_disorder_and_doubles_never_use_a_number_twice(name: str, seed: int) -> None:
    dice = random.Random(seed)
    stage = Stage(name)
    stage.big.watch(stage.camera, 0, stage.base)
    stage.play(rough(stage.packets, dice))
    seen = stage.seen(stage.big)
    assert len({each.seq for each in seen}) == len(seen)
    if stage.camera.codec is Codec.VP8:
        # Whatever order they came in, put in order they are one stream again.
        start = seen[0].seq
        ordered = sorted(seen, key=lambda each: (each.seq - start) & 0xFFFF)
        assert all((each.seq - start) & 0xFFFF < 0x8000 for each in seen)
        for before, after in pairwise(ordered):
            assert after.ts == before.ts or newer32(after.ts, before.ts)
            assert (after.pid == before.pid) == (after.ts == before.ts)


def rough(packets: list[Recorded], dice: random.Random) -> list[Recorded]:
    """A tenth lost, some doubled, some some places late. Times stay in order."""
    out: list[tuple[float, Recorded]] = []
    for place, each in enumerate(packets):
        if dice.random() < 0.1:
            continue
        out.append((place + (dice.random() * 8 if dice.random() < 0.2 else 0), each))
        if dice.random() < 0.05:
            out.append((place + dice.random() * 8, each))
    out.sort(key=lambda pair: pair[0])
    times = sorted(each.at for _, each in out)
    return [Recorded(at, each.data) for at, (_, each) in zip(times, out, strict=True)]


@pytest.mark.parametrize("name", CAMERAS)
def test_the_publisher_is_asked_again_for_exactly_what_is_missing(name: str) -> None:
    stage = Stage(name)
    dice = random.Random(11)
    begun: set[int] = set()
    lost: dict[int, list[int]] = {}
    kept: list[Recorded] = []
    videos = {packet.ssrc for _, packet in stage.media() if packet.pt == stage.camera.pt}
    for each in stage.packets:
        packet = Packet()
        if not each.is_rtcp and packet.read(each.data) and packet.ssrc in videos:
            if packet.ssrc in begun and dice.random() < 0.05 and each.at < stage.packets[-1].at - 1:
                lost.setdefault(packet.ssrc, []).append(packet.seq)
                continue
            begun.add(packet.ssrc)
        elif not each.is_rtcp and packet.pt == stage.camera.rtx_pt:
            continue  # a repeat would mend what is missing
        kept.append(each)
    stage.play(kept)
    asked: dict[int, set[int]] = {}
    for data in stage.back.rtcp:
        for report in rtcp.read(data):
            if isinstance(report, rtcp.Nack):
                asked.setdefault(report.ssrc, set()).update(report.seqs)
    assert lost
    assert {ssrc: sorted(seqs) for ssrc, seqs in asked.items()} == {
        ssrc: sorted(set(seqs)) for ssrc, seqs in lost.items()
    }


def test_a_voice_with_pauses_keeps_its_pauses() -> None:
    stage = Stage("chromium-microphone")
    ear = stage.viewer.audio[0]
    ear.watch(stage.microphone, 0, stage.base)
    stage.play()
    seen = stage.seen(ear)
    spoken = [packet for _, packet in stage.media()]
    assert len(seen) == len(spoken) > 200
    assert all((b.seq - a.seq) & 0xFFFF == 1 for a, b in pairwise(seen))
    steps = [(b.ts - a.ts) & 0xFFFFFFFF for a, b in pairwise(seen)]
    assert steps == [(b.ts - a.ts) & 0xFFFFFFFF for a, b in pairwise(spoken)]
    # In silence (DTX) a packet comes every 400 ms only.
    assert max(steps) >= 0.2 * 48000
    assert min(stage.levels) < 40
    assert max(stage.levels) == 127


def test_a_word_that_was_missed_comes_again_to_the_byte() -> None:
    """There is no RTX for sound, and SRTP must never protect two different packets under one number."""
    stage = Stage("chromium-microphone")
    ear = stage.viewer.audio[0]
    ear.watch(stage.microphone, 0, stage.base)
    stage.play()
    first = list(stage.out.rtp)
    stage.out.rtp.clear()
    missed = [first[-40], first[-12], first[-3]]
    seqs = [int.from_bytes(each[2:4]) for each in missed]
    stage.viewer._budget = 0  # pictures have used up what there was for repairs
    stage.viewer.repeat(rtcp.Nack(ear.ssrc, seqs), stage.base + 20)
    assert stage.out.rtp == missed


def test_a_word_lost_on_the_way_up_is_asked_for_and_goes_out_when_it_comes() -> None:
    stage = Stage("chromium-microphone")
    ear = stage.viewer.audio[0]
    ear.watch(stage.microphone, 0, stage.base)
    spoken = [each for each, _ in stage.media()]
    late = spoken[100]
    stage.play([each for each in stage.packets if each is not late])
    nacks = [report for data in stage.back.rtcp for report in rtcp.read(data) if isinstance(report, rtcp.Nack)]
    assert {seq for nack in nacks for seq in nack.seqs} == {int.from_bytes(late.data[2:4])}
    stage.take(Recorded(stage.packets[-1].at, late.data))
    seen = stage.seen(ear)
    assert sorted(each.seq for each in seen) == list(range(seen[0].seq, seen[0].seq + len(spoken)))


def test_a_hole_in_a_picture_is_asked_for_when_the_voice_comes() -> None:
    """After the last packet of a picture the camera's next is far away; the voice comes fifty times a second."""
    stage = Stage("chromium-simulcast")
    spoken = next(each for each, packet in stage.media() if packet.pt == stage.microphone.pt)
    filmed = [(each, packet.ssrc) for each, packet in stage.media() if packet.pt == stage.camera.pt]
    *_, lost, last = [each for each, ssrc in filmed if ssrc == filmed[-1][1]]
    stage.play(stage.packets[: stage.packets.index(lost)])
    stage.back.rtcp.clear()
    packet = Packet()
    for each, moment in ((last, 0.0), (spoken, 0.012)):
        assert stage.back.rtcp == []
        assert packet.read(each.data)
        stage.publisher.receive(packet, stage.base + last.at + moment)
    (nack,) = (report for data in stage.back.rtcp for report in rtcp.read(data) if isinstance(report, rtcp.Nack))
    assert nack.seqs == [int.from_bytes(lost.data[2:4])]


def test_a_slot_goes_from_one_voice_to_another_one_frame_on() -> None:
    stage = Stage("chromium-simulcast")
    other = Stage("chromium-h264")
    other.microphone.number = 8
    ear = stage.viewer.audio[0]
    other.base = stage.base
    both = [(each, stage) for each in stage.packets] + [(each, other) for each in other.packets]
    changed = -1.0
    for each, whose in sorted(both, key=lambda pair: pair[0].at):
        if each.at - changed > 0.5:
            changed = each.at
            ear.watch(other.microphone if ear.track is stage.microphone else stage.microphone, 0, stage.base + each.at)
        whose.take(each)
    seen = stage.seen(ear)
    changes = [(a, b) for a, b in pairwise(seen) if a.csrc != b.csrc]
    assert len(changes) >= 3
    assert {(b.ts - a.ts) & 0xFFFFFFFF for a, b in changes} == {960}
    assert all((b.seq - a.seq) & 0xFFFF == 1 for a, b in pairwise(seen))


@pytest.mark.parametrize("name", CAMERAS)
def test_sender_reports_tell_the_viewer_the_time_of_its_pictures(name: str) -> None:
    stage = Stage(name)
    stage.big.watch(stage.camera, 1, stage.base)
    stage.play()
    now = stage.base + stage.packets[-1].at
    report = next(iter(rtcp.read(stage.big.report(now))))
    assert isinstance(report, rtcp.SenderReport)
    seen = stage.seen(stage.big)
    ahead = (report.rtp - seen[-1].ts + 0x80000000 & 0xFFFFFFFF) - 0x80000000
    # What is reported for now is what was last shown, give or take the time since that frame.
    assert abs(ahead / 90000) < 1.0


@pytest.mark.parametrize("name", names())
def test_nothing_a_browser_sent_is_strange(name: str) -> None:
    stage = Stage(name).play()
    kinds = {type(report) for each in stage.packets if each.is_rtcp for report in rtcp.read(each.data)}
    assert rtcp.SenderReport in kinds
    assert stage.publisher.strangers == set()
    assert stage.microphone.clock_offset is not None


@pytest.mark.parametrize("name", CAMERAS)
def test_a_repeat_of_what_is_here_counts_for_nothing(name: str) -> None:
    """Browsers look for bandwidth by sending pictures again: what a layer costs and what it lost must not show it."""
    stage = Stage(name).play()
    for layer in stage.publisher.by_ssrc.values():
        sizes = [packet.end - packet.payload for _, packet in stage.media() if packet.ssrc == layer.ssrc]
        assert (layer.packets, layer.octets) == (len(sizes), sum(sizes))
        layer.reception.block(ssrc=layer.ssrc, lsr=0, dlsr=0)
        assert layer.reception.fraction_lost == 0
    # An encoding that is paused stays paused, however often its last pictures come again.
    for each in stage.packets:
        packet = Packet()
        if not each.is_rtcp and packet.read(each.data) and packet.pt == stage.camera.rtx_pt:
            stage.take(Recorded(each.at + 20, each.data))
    assert not any(layer.flows(stage.base + 20) for layer in stage.camera.layers.values())
