"""What an endpoint sends: one `UpTrack` per microphone, camera and screen, with one `Layer` per encoding.

`allowed` is the media right: without it packets end here, before anything else sees them. Layers keep the cache
from which NACKs of all viewers are answered, and ask for key frames at a bounded rate.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from server.media.reception import Reception
from server.media.rtcp import SenderReport
from server.media.rtp import Packet, PacketCache
from server.media.sdp import AUDIO_LEVEL, Line, Use
from server.media.vp8 import Descriptor

if TYPE_CHECKING:
    from server.media.downtrack import DownTrack
    from server.media.forward import Forwarder

# A new viewer each second must not make the camera send only key frames.
KEY_INTERVAL = 0.5
# A page that primes its bandwidth feedback sends a dozen packets of a dummy picture: that is no camera yet.
LIVE_AFTER = {Use.MIC: 1, Use.CAMERA: 20, Use.SCREEN: 3}
LIVE_FOR = {Use.MIC: 1.0, Use.CAMERA: 2.0, Use.SCREEN: 3.0}


class Layer:
    """One encoding of a track."""

    __slots__ = ("cache", "last_at", "octets", "reception", "report", "report_at", "rid", "rtx_ssrc", "ssrc", "track")

    def __init__(self, *, track: "UpTrack", rid: str, ssrc: int) -> None:
        self.track = track
        self.rid = rid
        self.ssrc = ssrc
        self.rtx_ssrc = 0
        self.cache = PacketCache()
        self.reception = Reception(clock=track.clock, repairs=track.video)
        self.report: SenderReport | None = None
        self.report_at = 0.0
        self.last_at = 0.0
        self.octets = 0


class UpTrack:
    """A microphone, a camera or a screen."""

    def __init__(
        self,
        *,
        line: Line,
        endpoint: str,
        number: int,
        forwarder: "Forwarder",
        ask_key: Callable[[Layer], None],
        changed: Callable[[], None],
        heard: Callable[[int, float], None],
    ) -> None:
        self.use = line.use
        self.video = line.kind == "video"
        self.endpoint = endpoint
        self.number = number
        self.mid = line.mid
        self.pt = line.pt
        self.rtx_pt = line.rtx_pt
        self.rids = tuple(line.rids)
        self.clock = 90000 if self.video else 48000
        self.layers: dict[str, Layer] = {}
        self.downs: list[DownTrack] = []
        self.allowed = False
        self.live = False
        self.clock_offset: float | None = None  # of the publisher: the same on all its tracks
        self._level_extension = line.extension(AUDIO_LEVEL)
        self._forwarder = forwarder
        self._ask_key = ask_key
        self._changed = changed
        self._heard = heard
        self._key_at = -1.0
        self._fresh = 0
        self._picture = Descriptor()

    @property
    def main(self) -> Layer | None:
        """The best layer that moves: the first of the offered order, since browsers drop from the end."""
        layers = [self.layers[rid] for rid in self.rids if rid in self.layers] or list(self.layers.values())
        if len(layers) < 2:
            return layers[0] if layers else None
        newest = max(layer.last_at for layer in layers)
        return next(layer for layer in layers if newest - layer.last_at < 1.0)

    def receive(self, layer: Layer, packet: Packet, now: float) -> None:
        """One decrypted packet of `layer`."""
        if packet.pt != self.pt:
            return
        seq = packet.seq
        layer.reception.arrived(seq, packet.ts, now)
        if not self.allowed:
            return
        if packet.payload == packet.end:
            for down in self.downs:
                if down.layer is layer:
                    down.numbers.skip(seq)
            return
        layer.octets += packet.end - packet.payload
        if not self.video:
            layer.last_at = now
            self._listen(packet, now)
            self._forwarder.forward(layer, packet, None, now)
            return
        if not layer.cache.put(seq, packet.data):
            return
        if not self._picture.read(packet.data, packet.payload, packet.end):
            return
        layer.last_at = now
        if not self.live:
            self._wake(now)
        self._forwarder.forward(layer, packet, self._picture, now)

    def _listen(self, packet: Packet, now: float) -> None:
        at = packet.extension_at(self._level_extension) if self._level_extension else -1
        # No level from this client: comfort noise frames are tiny, speech is not.
        guess = 127 if packet.end - packet.payload < 10 else 40
        level = packet.data[at] & 0x7F if at >= 0 else guess
        if not self.live:
            self._wake(now)
        self._heard(level, now)

    def _wake(self, now: float) -> None:
        self._fresh += 1
        if self._fresh >= LIVE_AFTER[self.use]:
            self.live = True
            self._changed()

    def allow(self, allowed: bool) -> bool:
        """The right was given or taken; True when that changes anything."""
        if allowed == self.allowed:
            return False
        self.allowed = allowed
        if not allowed:
            self._sleep()
            for layer in self.layers.values():
                layer.cache.clear()  # an old word must not come out as a retransmission
                layer.reception.missing.clear()
        return True

    def _sleep(self) -> None:
        self.live = False
        self._fresh = 0

    def want_key(self, now: float) -> None:
        """Somebody needs a key frame of the layer that is watched."""
        layer = self.main
        if layer is None or not self.allowed or now - self._key_at < KEY_INTERVAL:
            return
        self._key_at = now
        self._ask_key(layer)

    def tick(self, now: float) -> None:
        """Every 50 ms: notice silence, repeat what a throttle held back."""
        newest = max((layer.last_at for layer in self.layers.values()), default=0.0)
        if now - newest > LIVE_FOR[self.use]:
            self._fresh = 0
            if self.live:
                self.live = False
                self._changed()
            return
        if self.video and self.allowed and any(down.waits_for(self) for down in self.downs):
            self.want_key(now)

    def stats(self) -> dict[str, object]:
        return {
            "allowed": self.allowed,
            "live": self.live,
            "watchers": len(self.downs),
            "layers": {
                layer.rid or "h": {"packets": layer.reception.received, "octets": layer.octets}
                for layer in self.layers.values()
            },
        }
