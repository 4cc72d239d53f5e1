"""What an endpoint sends: one `UpTrack` per microphone, camera and screen, with one `Layer` per encoding.

`allowed` is the media right: without it packets end here, before anything else sees them. A layer counts its packets
without gaps (`seqmap.Gapless`), keeps the cache from which NACKs of all viewers are answered, and asks for key frames
at a bounded rate. Which layers anybody wishes to see is told upwards: the others need not be made at all.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.media.h264 import NalUnit
from server.media.reception import Reception
from server.media.rtcp import SenderReport
from server.media.rtp import Outgoing, Packet, PacketCache
from server.media.sdp import AUDIO_LEVEL, Codec, Line, Use
from server.media.seqmap import Gapless, Head
from server.media.vp8 import Descriptor

if TYPE_CHECKING:
    from server.media.downtrack import DownTrack
    from server.media.forward import Forwarder

# A new viewer each second must not make the camera send only key frames.
KEY_INTERVAL = 0.5
# A page that primes its bandwidth feedback sends a dozen packets of a dummy picture: that is no camera yet.
LIVE_AFTER = {Use.MIC: 1, Use.CAMERA: 20, Use.SCREEN: 3}
LIVE_FOR = {Use.MIC: 1.0, Use.CAMERA: 2.0, Use.SCREEN: 3.0}
FLOWS_FOR = 1.0
# A late joiner gets the picture from the cache when it is no longer than this: no key frame is asked for.
REPLAY = 40

# What encodings cost before they were measured, biggest first (bits per second), and how tall they are.
CAMERA_RATES = (1_200_000, 400_000, 120_000)
CAMERA_HEIGHTS = (720, 360, 180)
SCREEN_RATE = 1_500_000
SCREEN_HEIGHT = 1080


AskKey = Callable[["Layer"], None]


class Layer:
    """One encoding of a track."""

    __slots__ = (
        "_counted",
        "_counted_at",
        "_key_asked",
        "cache",
        "downs",
        "gap",
        "head",
        "height",
        "index",
        "key",
        "last_at",
        "native",
        "numbers",
        "octets",
        "packets",
        "rate",
        "reception",
        "report",
        "report_at",
        "rid",
        "rtx_ssrc",
        "ssrc",
        "track",
        "waiting",
    )

    def __init__(self, *, track: "UpTrack", rid: str, ssrc: int) -> None:
        self.track = track
        self.rid = rid
        self.index = track.rids.index(rid) if rid in track.rids else 0
        self.ssrc = ssrc
        self.rtx_ssrc = 0
        self.numbers = Gapless()
        self.head = Head(seq=-1, ts=0)
        self.key: Head | None = None  # where the newest key frame began
        self.cache = PacketCache()
        self.reception = Reception(clock=track.clock)
        self.report: SenderReport | None = None
        self.report_at = 0.0
        self.last_at = -10.0
        self.gap = 1.0  # between two pictures, smoothed
        self.packets = self.octets = 0
        self.rate = 0
        self.height = 0
        self.downs: list[DownTrack] = []  # who shows it
        self.waiting: list[DownTrack] = []  # who will, from the next place on where one can begin
        self.native: Any = None  # what a forwarder keeps about it
        self._counted = 0
        self._counted_at = 0.0
        self._key_asked = -1.0

    def flows(self, now: float) -> bool:
        return now - self.last_at < FLOWS_FOR

    def may_ask_key(self, now: float) -> bool:
        """At most every 500 ms, at once for the first."""
        if now - self._key_asked < KEY_INTERVAL:
            return False
        self._key_asked = now
        return True

    def retire(self) -> None:
        """Another SSRC takes its place."""
        for down in self.downs[:]:
            down.pause()
        for down in self.waiting[:]:
            down.wait_no_more()

    def measure(self, now: float) -> None:
        """Once a second: the rate, smoothed."""
        passed = now - self._counted_at
        if passed <= 0 or not self.octets:
            return
        if self._counted_at:
            fresh = int((self.octets - self._counted) * 8 / passed)
            self.rate = fresh if fresh > self.rate else (self.rate + fresh) // 2
        self._counted, self._counted_at = self.octets, now


class UpTrack:
    """A microphone, a camera or a screen."""

    def __init__(
        self,
        *,
        line: Line,
        endpoint: str,
        number: int,
        forwarder: "Forwarder",
        ask_key: AskKey,
        changed: Callable[[], None],
        heard: Callable[[int, float], None],
    ) -> None:
        self.use = line.use
        self.video = line.kind == "video"
        self.codec = line.codec
        self.endpoint = endpoint
        self.number = number
        self.mid = line.mid
        self.pt = line.pt
        self.rtx_pt = line.rtx_pt
        self.rids = tuple(line.rids)
        self.clock = 90000 if self.video else 48000
        self.layers: dict[str, Layer] = {}
        self.viewers: list[DownTrack] = []  # whose slot is meant to show it
        self.allowed = False
        self.live = False
        self.announced: bool | None = None  # whether the page says that it sends; None: it does not say
        self.clock_offset: float | None = None  # of the publisher: the same on all its tracks
        self.taps: list[Callable[[Layer, Packet, int], None]] = []  # other workers' viewers, behind a pipe
        self.asked_elsewhere: dict[object, frozenset[int]] = {}  # encodings that those wish to see, by pipe
        self.level_extension = line.extension(AUDIO_LEVEL)
        self._forwarder = forwarder
        self._ask_key = ask_key
        self._changed = changed
        self._heard = heard
        self._fresh = 0
        self._flowing: tuple[Layer, ...] = ()
        self._picture: Descriptor | NalUnit = NalUnit() if line.codec is Codec.H264 else Descriptor()
        self._out = Outgoing()

    # --- packets --------------------------------------------------------------------------------------------------

    def receive(self, layer: Layer, packet: Packet, now: float, repeated: bool = False) -> None:
        """One decrypted packet of `layer`, or one that was `repeated` by RTX: asked for, or to fill the line."""
        if packet.pt != self.pt:
            return
        if repeated:
            layer.reception.mended(packet.seq)
        else:
            layer.reception.arrived(packet.seq, packet.ts, now)
        if packet.payload == packet.end:
            layer.numbers.skip(packet.seq)
            return
        self.take(layer, packet, layer.numbers.place(packet.seq), now)

    def take(self, layer: Layer, packet: Packet, seq: int, now: float) -> None:
        """The packet, under the number that the layer has given it: on to all who show it, if it may."""
        if not self.allowed:
            return
        picture = None
        if not layer.cache.put(seq, packet.data, now):
            return
        layer.last_at = now
        layer.octets += packet.end - packet.payload
        layer.packets += 1
        if self.video:
            picture = self._picture
            if not picture.read(packet.data, packet.payload, packet.end):
                return
        else:
            self._listen(packet, now)
        if not self.live:
            self._wake(now)
        head = layer.head
        newest = seq > head.seq
        if newest:
            if packet.ts != head.ts:
                layer.gap += (min(1.0, now - head.at) - layer.gap) / 4
                head.at = now
                head.ts = packet.ts
            head.seq = seq
            if picture is not None:
                head.pid, head.tl0 = picture.pid, picture.tl0
                if picture.key:
                    layer.key = Head(seq, packet.ts, picture.pid, picture.tl0, head.at)
                    layer.height = picture.height or layer.height
            if layer.waiting and (picture is None or picture.key):
                for down in layer.waiting[:]:
                    if down.is_ready_for(layer, now):
                        down.begin(layer, head)
        if layer.downs:
            self._out.take(packet, picture, seq, newest, now)
            self._forwarder.forward(layer, self._out)
        for tap in self.taps:
            tap(layer, packet, seq)

    def _listen(self, packet: Packet, now: float) -> None:
        at = packet.extension_at(self.level_extension) if self.level_extension else -1
        # No level from this client: comfort noise frames are tiny, speech is not.
        guess = 127 if packet.end - packet.payload < 10 else 40
        self._heard(packet.data[at] & 0x7F if at >= 0 else guess, now)

    def _wake(self, now: float) -> None:
        self._fresh += 1
        if self._fresh >= LIVE_AFTER[self.use] or self.announced:
            self.live = True
            self._changed()

    # --- rights ---------------------------------------------------------------------------------------------------

    def allow(self, allowed: bool) -> bool:
        """The right was given or taken; True when that changes anything."""
        if allowed == self.allowed:
            return False
        self.allowed = allowed
        if not allowed:
            self.live = False
            self._fresh = 0
            for layer in self.layers.values():
                layer.cache.clear()  # an old word must not come out as a retransmission
                layer.key = None
                layer.reception.missing.clear()
                for down in layer.downs[:]:
                    down.pause()
        return True

    def close(self) -> None:
        """Nothing comes any more, and nobody shows it."""
        self.allow(False)
        for down in self.viewers[:]:
            down.leave()

    def announce(self, sends: bool) -> None:
        """The page says whether it sends: a camera whose encodings are all paused is still on."""
        if sends == self.announced:
            return
        self.announced = sends
        if not sends and self.live:
            self.live = False
            self._fresh = 0
            self._changed()

    # --- layers ---------------------------------------------------------------------------------------------------

    def known(self, layer: Layer, now: float) -> None:
        """A new encoding appeared."""
        self.layers[layer.rid] = layer
        for down in self.viewers:
            down.settle(now)

    @property
    def size(self) -> int:
        """How many encodings there may be."""
        return max(1, len(self.rids))

    def best(self, wish: int, now: float) -> Layer | None:
        """The encoding to show for the wished one: that, or a smaller one that flows, or a bigger one, or whatever."""
        layers = list(self.layers.values())
        flowing = [layer for layer in layers if layer.flows(now)] or layers
        return min(flowing, key=lambda layer: (layer.index < wish, abs(layer.index - wish)), default=None)

    def wished(self) -> frozenset[int]:
        """Which encodings anybody wishes to see, or sees until what they wish is there."""
        wishes = {down.wish for down in self.viewers if down.wish is not None}
        shown = {layer.index for layer in self.layers.values() if any(down.wish is not None for down in layer.downs)}
        return frozenset(wishes | shown).union(*self.asked_elsewhere.values())

    def rates(self) -> tuple[int, ...]:
        """What each encoding costs, biggest first: as measured, or as is usual."""
        usual = self._usual(CAMERA_RATES, SCREEN_RATE)
        measured = {layer.index: layer.rate for layer in self.layers.values()}
        # One that has just begun measures too little.
        return tuple(
            max(measured[index], rate // 2) if measured.get(index) else rate for index, rate in enumerate(usual)
        )

    def heights(self) -> tuple[int, ...]:
        usual = self._usual(CAMERA_HEIGHTS, SCREEN_HEIGHT)
        seen = {layer.index: layer.height for layer in self.layers.values()}
        return tuple(seen.get(index) or height for index, height in enumerate(usual))

    def _usual(self, camera: tuple[int, ...], screen: int) -> tuple[int, ...]:
        return camera[: self.size] if self.use is Use.CAMERA else (screen,) * self.size

    def useful(self) -> int:
        """Bits per second that may come.

        Of a camera, every encoding, watched or not: those that nobody watches are paused by the page. A browser whose
        estimate was pulled down to what is watched climbs by 8 % a second: the large picture would come late, and in
        jerks.
        """
        if not self.allowed:
            return 0
        usual = self._usual(CAMERA_RATES, SCREEN_RATE)
        if self.use is Use.CAMERA:
            return sum(usual)
        return sum(usual[index] for index in self.wished() if index < len(usual))

    def want_key(self, layer: Layer, now: float) -> None:
        """Somebody needs a key frame of `layer`."""
        if self.allowed and layer.may_ask_key(now):
            self._ask_key(layer)

    def lacks(self, layer: Layer, number: int) -> None:
        """A viewer asked for a packet that is not here. The publisher has been asked for it already."""

    def tick(self, now: float) -> None:
        """Every 50 ms: notice silence and encodings that come or go, repeat what a throttle held back."""
        self._notice_silence(now)
        if not self.video or not self.allowed:
            return
        self._settle(now)
        for layer in self.layers.values():
            if layer.flows(now) and any(down.is_ready_for(layer, now) for down in layer.waiting):
                self.want_key(layer, now)

    def _notice_silence(self, now: float) -> None:
        newest = max((layer.last_at for layer in self.layers.values()), default=0.0)
        if now - newest > LIVE_FOR[self.use]:
            self._fresh = 0
            if self.live and not (self.video and self.announced):
                self.live = False
                self._changed()

    def _settle(self, now: float) -> None:
        flowing = tuple(layer for layer in self.layers.values() if layer.flows(now))
        if flowing != self._flowing:
            self._flowing = flowing
            for down in self.viewers:
                down.settle(now)

    def stats(self) -> dict[str, object]:
        return {
            "allowed": self.allowed,
            "live": self.live,
            "watchers": len(self.viewers),
            "codec": self.codec,
            "layers": {
                layer.rid or "h": {
                    "packets": layer.packets,
                    "octets": layer.octets,
                    "kbps": layer.rate // 1000,
                    "height": layer.height,
                    "watchers": len(layer.downs),
                    "lost": layer.reception.fraction_lost,
                }
                for layer in self.layers.values()
            },
        }
