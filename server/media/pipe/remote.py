"""Somebody who is connected with another worker, as the viewers here see them: tracks that are fed from a pipe.

To a slot a `RemoteTrack` is a track like any other. It has the right that was told here, whatever the pipe brings; it
asks its owner for the encodings that viewers here wish, for key frames, and for packets that it lacks.
"""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from server.media import clock
from server.media.pipe import frames
from server.media.rtcp import SenderReport
from server.media.rtp import Packet, PacketCache
from server.media.sdp import AUDIO_LEVEL, Line, Use
from server.media.uptrack import Layer, UpTrack

if TYPE_CHECKING:
    from server.media.forward import Forwarder

# An encoding that no viewer here has wished for so long is no longer asked for.
FORGET_AFTER = 2.0
MEASURE_EVERY = 1.0
AGAIN_AFTER = 0.1
_LACKED = 128

Say = Callable[[frames.Word], None]


class RemoteTrack(UpTrack):
    """See the module. `told` is how its owner has described it."""

    def __init__(
        self,
        *,
        told: frames.Track,
        endpoint: str,
        number: int,
        forwarder: "Forwarder",
        say: Say,
        changed: Callable[[], None],
        heard: Callable[[int, float], None],
    ) -> None:
        line = Line(kind="audio" if told.use is Use.MIC else "video", codec=told.codec, pt=told.pt, use=told.use)
        line.rids = list(told.rids)
        line.extensions = {AUDIO_LEVEL: told.level}
        super().__init__(
            line=line,
            endpoint=endpoint,
            number=number,
            forwarder=forwarder,
            ask_key=self._ask_owner,
            changed=changed,
            heard=heard,
        )
        self.stream = told.stream
        self._say = say
        self._sends = told.live
        self._by_number: dict[int, Layer] = {}
        self._packet = Packet()
        self._asked: frozenset[int] = frozenset()
        self._fewer_since: float | None = None
        self._measured_at = 0.0
        self._lacked: dict[tuple[int, int], float] = {}
        self._lacked_order: deque[tuple[int, int]] = deque()

    # --- what its owner tells -------------------------------------------------------------------------------------

    def begins(self, number: int, rid: str, now: float) -> None:
        """Packets of an encoding come under this number from now on."""
        if (rid not in self.rids) if self.rids else rid:
            return
        known, old = self._by_number.get(number), self.layers.get(rid)
        if known is not None:
            if known is old:
                # There may be a hole between what came before and what comes now.
                known.key = None
                known.may_ask_key(now)
            return
        if old is not None:
            self._by_number = {each: layer for each, layer in self._by_number.items() if layer is not old}
            old.retire()
        # A pipe has numbers where a network has SSRCs.
        layer = self._by_number[number] = Layer(track=self, rid=rid, ssrc=number)
        layer.may_ask_key(now)  # its owner begins with a key frame, or has asked for one
        self.known(layer, now)

    def receive_from_owner(self, number: int, seq: int, data: bytes, now: float) -> None:
        """One packet of the layer with that number."""
        layer = self._by_number.get(number)
        if layer is not None and self._packet.read(data):
            self.take(layer, self._packet, seq, now)

    def sends(self, live: bool) -> None:
        """Whether the owner finds that it sends. Packets say nothing here: what nobody wishes does not come."""
        self._sends = live
        if self.live != (live and self.allowed):
            self.live = live and self.allowed
            self._changed()

    def tells_time(self, word: frames.Clock, now: float) -> None:
        """A sender report came to the owner."""
        layer = self._by_number.get(word.layer)
        if layer is None:
            return
        layer.report = SenderReport(ssrc=layer.ssrc, ntp=word.ntp, ntp_middle=0, rtp=word.rtp)
        layer.report_at = now
        self.clock_offset = word.offset

    # --- as a track -----------------------------------------------------------------------------------------------

    def allow(self, allowed: bool) -> bool:
        changed = super().allow(allowed)
        self.live = allowed and self._sends
        return changed

    def lacks(self, layer: Layer, number: int) -> None:
        """Ask the owner, once for all viewers who ask."""
        now = clock.now()
        if not layer.head.seq - PacketCache.SIZE < number <= layer.head.seq:
            return
        missing = (layer.ssrc, number)
        if now - self._lacked.get(missing, 0.0) < AGAIN_AFTER:
            return
        if missing not in self._lacked:
            self._lacked_order.append(missing)
            if len(self._lacked_order) > _LACKED:
                del self._lacked[self._lacked_order.popleft()]
        self._lacked[missing] = now
        self._say(frames.Again(stream=self.stream, layer=layer.ssrc, numbers=(number,)))

    def tick(self, now: float) -> None:
        if not (self.viewers or self.layers or self._asked):
            return  # most of a large room
        super().tick(now)
        if now - self._measured_at >= MEASURE_EVERY:
            self._measured_at = now
            for layer in self.layers.values():
                layer.measure(now)
        if self.video:
            self._ask(now)

    def _notice_silence(self, now: float) -> None:
        """Its owner does."""

    def _wake(self, now: float) -> None:
        """Its owner says so."""

    def _ask(self, now: float) -> None:
        """More is asked for at once; less only after a while."""
        wished = self.wished() if self.allowed else frozenset()
        if wished == self._asked:
            self._fewer_since = None
            return
        if wished < self._asked:
            self._fewer_since = now if self._fewer_since is None else self._fewer_since
            if now - self._fewer_since < FORGET_AFTER:
                return
        self._asked, self._fewer_since = wished, None
        self._say(frames.Ask(stream=self.stream, encodings=tuple(sorted(wished))))

    def _ask_owner(self, layer: Layer) -> None:
        self._say(frames.Key(stream=self.stream, layer=layer.ssrc))


class Remote:
    """Somebody of a room who is connected with another worker, since `since`."""

    def __init__(self, *, name: str, since: float, ups: dict[Use, RemoteTrack]) -> None:
        self.name = name
        self.since = since
        self.ups = ups

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        for track in self.ups.values():
            track.tick(now)

    def close(self) -> None:
        """Nothing of it comes any more."""
        for track in self.ups.values():
            track.close()
