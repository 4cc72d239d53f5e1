"""A meeting in simulated time: the real media plane, people with modelled engines, and weather between them.

The plane is the product's, from the datagram on; only SRTP is transparent (`plane.py`). A person sends as a browser
does (three encodings, a voice, answers to NACK and PLI) and receives as one does: a decoder that needs every packet of
a picture, NACKs for what is missing, PLI when it does not come, receiver reports, and Google's bandwidth estimate (the
one of aiortc) as REMB. Ten minutes of weather take seconds, and come out the same on a machine that is busy.
"""

import heapq
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, pairwise

import pytest
from aiortc.rate import RemoteBitrateEstimator

from server.media import clock, rtcp
from server.media.endpoint import Endpoint, Rights
from server.media.ice import Address
from server.media.room import Layout
from server.media.rtp import Packet
from server.media.sdp import Use
from server.media.vp8 import Descriptor
from tests.integration.media.weather import Weather
from tests.unit.media.plane import SIMULCAST, Port, rtp

TICK = 0.05
FPS = 20
VOICE_BYTES = 80
LARGEST = 1100
MID, RID, REPAIRED, SEND_TIME, LEVEL = 4, 10, 11, 2, 1  # of Chromium's offer
_NACK_EVERY, _NACK_TRIES = 0.06, 10
_GIVE_UP = 0.6


@dataclass(frozen=True)
class Encoding:
    """One layer of a modelled camera."""

    rid: str
    rate: int
    height: int


ENCODINGS = (Encoding("h", 1_100_000, 720), Encoding("m", 380_000, 360), Encoding("l", 110_000, 180))


class Simulation:
    """The clock, the post, and the plane."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.port = Port()
        self.people: dict[Address, Person] = {}
        # What the plane sends goes on its way at once.
        self.port.sent = self.port.plane.port._first._sent = _Post(self)  # type: ignore[attr-defined]
        self._rights: dict[str, Rights] = {}
        self._seq = count(1)
        self.every(TICK, lambda: self.port.room.tick(self.now) if self.people else None)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), action))

    def every(self, seconds: float, action: Callable[[], None]) -> None:
        def again() -> None:
            action()
            self.at(self.now + seconds, again)

        self.at(self.now + seconds, again)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self._queue and self._queue[0][0] <= end:
            self.now, _, action = heapq.heappop(self._queue)
            action()
        self.now = end

    def until(self, happened: Callable[[], bool], *, within: float) -> float:
        """Run until it happens; the seconds it took."""
        begin = self.now
        while not happened():
            assert self.now - begin < within, f"not within {within} simulated seconds"
            self.run(0.05)
        return self.now - begin

    def joins(self, name: str, *, sends: bool = False, **weather: Weather) -> "Person":
        endpoint = self.port.connect(name, SIMULCAST)
        assert endpoint.address is not None
        person = Person(self, endpoint, sends=sends, **weather)
        self.people[endpoint.address] = person
        if sends:
            self._rights[name] = Rights(audio=True, camera=True)
            self.port.plane.rights(room="r", seq=next(self._seq), rights=dict(self._rights))
        return person

    def shows(self, big: str, *order: str) -> None:
        self.port.plane.stage(room="r", seq=next(self._seq), big=big, order=order or (big,))

    def post(self, data: bytes, address: Address) -> None:
        person = self.people.get(address)
        if person is not None and data[0] >= 128:
            for moment in person.down.arrivals(len(data) + 28, self.now)[:1]:  # SRTP refuses what comes twice
                self.at(moment, lambda data=data: person.receive(data))  # type: ignore[misc]


class _Post(list[tuple[bytes, Address]]):
    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self._simulation = simulation

    def append(self, letter: tuple[bytes, Address]) -> None:
        self._simulation.post(*letter)


@dataclass
class Shown:
    """A picture that was decoded."""

    at: float
    height: int
    key: bool


@dataclass
class _Line:
    """One slot as the receiving engine sees it."""

    ssrc: int
    video: bool
    waiting: dict[int, bytes] = field(default_factory=dict)
    next: int = -1  # the number the decoder needs
    highest: int = -1
    received: int = 0
    repairs: int = 0
    begun: int = -1
    before: tuple[int, int] = (0, 0)
    missing: dict[int, list[float]] = field(default_factory=dict)
    stuck_since: float = 0.0
    report: tuple[int, float] = (0, 0.0)  # the sender's last, and when it came


class Person:
    """One browser."""

    def __init__(
        self,
        simulation: Simulation,
        endpoint: Endpoint,
        *,
        sends: bool,
        up: Weather | None = None,
        down: Weather | None = None,
    ) -> None:
        self.name = endpoint.name
        self.endpoint = endpoint
        self.up, self.down = up or Weather(delay=0.01), down or Weather(delay=0.01)
        self.shown: list[Shown] = []
        self.heard: list[float] = []
        self.asked_key: list[float] = []
        """When we, as a camera, were asked for a key frame."""
        self.pli = 0
        """How often we, as a viewer, asked for one."""
        self.got = self.got_again = 0
        self.has_an_estimate = True
        """A browser that has sent no picture yet tells none (or a few seconds later)."""
        self._busy_until = 0.0
        self._simulation = simulation
        viewer = endpoint.viewer
        self._lines = {down.ssrc: _Line(down.ssrc, down.video) for down in viewer.downs}
        self._repairs = {down.rtx_ssrc: self._lines[down.ssrc] for down in viewer.downs if down.video}
        self._big = viewer.big.ssrc if viewer.big is not None else 0
        self._estimator = RemoteBitrateEstimator()
        self._packet, self._picture = Packet(), Descriptor()
        simulation.every(5.0, lambda: endpoint.checked(endpoint.address or ("", 0), True, simulation.now))
        simulation.every(1.0, self._report)
        simulation.every(0.02, self._ask_again)
        if sends:
            self._send_camera()
            simulation.every(0.02, self._speak)

    # --- sending --------------------------------------------------------------------------------------------------

    def _send_camera(self) -> None:
        self._sent: dict[int, deque[tuple[int, bytes]]] = {}
        self._seqs = {place: 100 * (place + 1) for place in range(3)}
        self._wants_key = {0, 1, 2}
        self._running: set[int] = set()
        self.allowed = 2_500_000
        self._begun = self._allowed_at = self._simulation.now
        self.in_jerks = False
        """As long as a browser has little to spend on its largest encoding."""
        self._frame = 0
        self.voice_sent = 0
        self._simulation.every(1 / FPS, self._film)

    def _film(self) -> None:
        self._frame += 1
        stamp = self._frame * 90000 // FPS
        rates = self._shared_out()
        self._wants_key |= set(rates) - self._running
        self._running = set(rates)
        for place, rate in rates.items():
            if place == 0 and self.in_jerks and self._frame % FPS:
                continue
            encoding = ENCODINGS[place]
            key = place in self._wants_key
            self._wants_key.discard(place)
            size = rate // 8 // FPS * (4 if key else 1)
            parts = max(1, -(-size // LARGEST))
            for part in range(parts):
                payload = picture(self._frame, place, first=part == 0, key=key, height=encoding.height)
                payload = payload.ljust(size // parts, b"\0")
                data = self._video(place, stamp, payload, marker=part == parts - 1)
                self._post(data)

    def _shared_out(self) -> dict[int, int]:
        """What each encoding may cost, as browsers share it out: the smallest first, and what nobody watches is off."""
        told = [event for event in self._simulation.port.events("watched") if event.endpoint == self.name]
        watched = {*told[-1].camera, ENCODINGS[-1].rid} if told else {each.rid for each in ENCODINGS}
        left, rates = self.allowed - 40_000, {}
        for place in (2, 1, 0):
            rate = min(left, ENCODINGS[place].rate)
            if ENCODINGS[place].rid in watched and rate >= ENCODINGS[place].rate // 2:
                rates[place] = rate
                left -= rate
        return rates

    def _video(self, place: int, stamp: int, payload: bytes, *, marker: bool) -> bytes:
        self._seqs[place] += 1
        seq = self._seqs[place] & 0xFFFF
        extensions = {MID: b"1", RID: ENCODINGS[place].rid.encode(), SEND_TIME: self._send_time()}
        data = rtp(seq, stamp, self._ssrc(place), payload, pt=96 | (0x80 if marker else 0), extensions=extensions)
        self._sent.setdefault(place, deque(maxlen=500)).append((seq, data))
        return data

    def _ssrc(self, place: int) -> int:
        return 0x1000 * (self.endpoint.number & 0xFFFF) + place

    def _speak(self) -> None:
        self.voice_sent += 1
        layer = next(iter(self.endpoint.ups[Use.MIC].layers.values()))
        extensions = {MID: b"0", SEND_TIME: self._send_time(), LEVEL: bytes([20])}
        seq = self.voice_sent & 0xFFFF
        data = rtp(seq, self.voice_sent * 960, layer.ssrc, bytes(VOICE_BYTES), pt=111, extensions=extensions)
        self._sent.setdefault(layer.ssrc, deque(maxlen=50)).append((seq, data))
        self._post(data)

    def _send_time(self) -> bytes:
        return (int(self._simulation.now * 262144) & 0xFFFFFF).to_bytes(3)

    def _post(self, data: bytes) -> None:
        simulation = self._simulation
        for moment in self.up.arrivals(len(data) + 28, simulation.now)[:1]:  # SRTP refuses what comes twice
            simulation.at(moment, lambda: self.endpoint.on_media(data, simulation.now))

    # --- receiving ------------------------------------------------------------------------------------------------

    def is_busy_for(self, seconds: float) -> None:
        """The browser has something else to do; what comes meanwhile is read afterwards."""
        self._busy_until = self._simulation.now + seconds

    def receive(self, data: bytes) -> None:
        if self._simulation.now < self._busy_until:
            self._simulation.at(self._busy_until, lambda: self.receive(data))
            return
        if rtcp.is_rtcp(data):
            self._on_rtcp(data)
            return
        packet = self._packet
        assert packet.read(data)
        self.got += 1
        now = self._simulation.now
        at = packet.extension_at(SEND_TIME)
        told = self._estimator.add(
            int(now * 1000), int.from_bytes(packet.data[at : at + 3]), packet.end - packet.payload, packet.ssrc
        )
        if told is not None and self.has_an_estimate:
            self._post(rtcp.remb(sender=1, bitrate=int(told[0]), ssrcs=[packet.ssrc]))
        again = self._repairs.get(packet.ssrc)
        if again is not None:
            self.got_again += 1
            again.repairs += 1
            seq = int.from_bytes(packet.data[packet.payload : packet.payload + 2])
            self._take(again, self._extend(again, seq), data[packet.payload + 2 :], packet.marker)
            return
        line = self._lines[packet.ssrc]
        line.received += 1
        number = self._extend(line, packet.seq)
        if line.highest >= 0:
            for hole in range(line.highest + 1, number):
                line.missing[hole] = [0.0, 0]
        line.highest = max(line.highest, number)
        if line.video:
            self._take(line, number, data[packet.payload :], packet.marker)
        else:
            line.missing.pop(number, None)
            self.heard.append(now)

    def _extend(self, line: _Line, seq: int) -> int:
        if line.highest < 0:
            line.begun = seq + 0x10000
            return line.begun
        return line.highest + ((seq - line.highest + 0x8000) & 0xFFFF) - 0x8000

    def _take(self, line: _Line, number: int, payload: bytes, marker: int) -> None:
        line.missing.pop(number, None)
        if line.next >= 0 and number < line.next:
            return
        line.waiting[number] = bytes([marker]) + payload
        self._decode(line)

    def _decode(self, line: _Line) -> None:
        now = self._simulation.now
        if line.next not in line.waiting:
            self._begin_anew(line)
        while line.next in line.waiting:
            payload = line.waiting.pop(line.next)
            line.next += 1
            line.stuck_since = now
            if self._is_key(payload):
                self._key = True
            if payload[0] and line.ssrc == self._big:
                # Every packet says in its last byte of the head which encoding it is from.
                self.shown.append(Shown(now, ENCODINGS[payload[MARK + 1]].height, getattr(self, "_key", False)))
                self._key = False

    def _begin_anew(self, line: _Line) -> None:
        """A key frame that is all there needs nothing before it."""
        for start in sorted(line.waiting, reverse=True):
            if start <= line.next or not self._is_key(line.waiting[start]):
                continue
            end = start
            while end in line.waiting and not line.waiting[end][0]:
                end += 1
            if end in line.waiting:
                line.next = start
                for kept in (line.waiting, line.missing):
                    for old in [each for each in kept if each < start]:
                        del kept[old]
                return

    def _is_key(self, payload: bytes) -> bool:
        return self._picture.read(payload, 1, len(payload)) and self._picture.key

    def _ask_again(self) -> None:
        now = self._simulation.now
        for line in self._lines.values():
            if line.highest < 0:
                continue
            due = []
            for number, asked in list(line.missing.items()):
                if asked[1] >= _NACK_TRIES:
                    del line.missing[number]
                elif now - asked[0] >= _NACK_EVERY:
                    line.missing[number] = [now, asked[1] + 1]
                    due.append(number & 0xFFFF)
            if due:
                self._post(rtcp.nack(sender=1, ssrc=line.ssrc, seqs=due))
            if line.video and line.highest >= line.next and now - line.stuck_since > _GIVE_UP:
                line.stuck_since = now
                self.pli += 1
                self._post(rtcp.pli(sender=1, ssrc=line.ssrc))

    def _allow(self, bitrate: int) -> None:
        """As Chromium does: down at once, up by 8 % a second; only in the beginning it believes what it is told."""
        now = self._simulation.now
        climbed = self.allowed * 1.08 ** (now - self._allowed_at)
        self.allowed = bitrate if now < self._begun + 2 else min(bitrate, int(climbed))
        self._allowed_at = now

    def _on_rtcp(self, data: bytes) -> None:
        for report in rtcp.read(data):
            place = getattr(report, "ssrc", 0) - self._ssrc(0)
            if isinstance(report, rtcp.SenderReport) and report.ssrc in self._lines:
                self._lines[report.ssrc].report = (report.ntp_middle, self._simulation.now)
            elif isinstance(report, rtcp.Remb):
                self._allow(report.bitrate)
            elif isinstance(report, rtcp.KeyRequest) and 0 <= place < 3:
                self.asked_key.append(self._simulation.now)
                self._wants_key.add(place)
            elif isinstance(report, rtcp.Nack) and report.ssrc in self._sent:
                for seq, sent in self._sent[report.ssrc]:
                    if seq in report.seqs:
                        self._post(sent)  # sound has no RTX
            elif isinstance(report, rtcp.Nack) and 0 <= place < 3:
                for seq, sent in list(self._sent.get(place, ())):
                    if seq in report.seqs:
                        self._post(self._repaired(place, seq, sent))

    def _repaired(self, place: int, seq: int, sent: bytes) -> bytes:
        packet = Packet()
        assert packet.read(sent)
        number = self._seqs[place + 10] = self._seqs.get(place + 10, 0) + 1
        extensions = {MID: b"1", REPAIRED: ENCODINGS[place].rid.encode(), SEND_TIME: self._send_time()}
        body = seq.to_bytes(2) + sent[packet.payload :]
        pt = 97 | packet.marker
        return rtp(number, packet.ts, self._ssrc(place) + 16, body, pt=pt, extensions=extensions)

    def _report(self) -> None:
        blocks = []
        for line in self._lines.values():
            if line.highest < 0:
                continue
            expected = line.highest - line.begun + 1
            lost = (expected - line.before[0]) - (line.received - line.before[1])
            share = max(0, lost) * 256 // max(1, expected - line.before[0])
            line.before = (expected, line.received)
            total = max(0, expected - line.received)
            highest = line.highest & 0xFFFFFFFF
            blocks.append(
                rtcp.block(
                    ssrc=line.ssrc,
                    fraction=min(255, share),
                    lost=total,
                    highest=highest,
                    jitter=0,
                    lsr=line.report[0],
                    dlsr=int((self._simulation.now - line.report[1]) * 65536) if line.report[0] else 0,
                )
            )
        if blocks:
            self._post(rtcp.receiver_report(sender=1, blocks=blocks))

    # --- what came of it ------------------------------------------------------------------------------------------

    @property
    def height(self) -> int:
        """Of the picture that is shown now."""
        return self.shown[-1].height if self.shown else 0

    def views(self, *, big: int = 720, thumbs: int = 0, thumb: int = 0) -> None:
        layout = Layout(big=big, thumbs=thumbs, thumb=thumb)
        self._simulation.port.plane.view(room="r", endpoint=self.name, layout=layout)

    def longest_freeze(self, since: float, until: float | None = None) -> float:
        """Between two pictures."""
        end = self._simulation.now if until is None else until
        times = [since, *(each.at for each in self.shown if since <= each.at <= end), end]
        return max(b - a for a, b in pairwise(times))

    def voice(self, since: float) -> int:
        return sum(1 for at in self.heard if at >= since)


MARK = 6 + 10
"""Where a payload says which encoding it is of: behind the descriptor and the head of a key frame."""


def picture(frame: int, place: int, *, first: bool, key: bool, height: int) -> bytes:
    """A VP8 payload: descriptor with picture id and tl0, and a head as every picture's first partition has."""
    flags = 0x90 if first else 0x80
    descriptor = struct.pack("!BBHBB", flags, 0xE0, 0x8000 | (frame & 0x7FFF), frame & 0xFF, 0x20)
    head = (
        b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", height * 16 // 9, height)
        if key and first
        else b"\x11".ljust(10, b"\0")
    )
    return descriptor + head + bytes([place])
