"""A track of ours as one other worker gets it: sound always, of a picture one copy of each encoding it asks for."""

from server.media.pipe import frames
from server.media.pipe.link import Link
from server.media.rtcp import SenderReport
from server.media.rtp import Packet
from server.media.uptrack import REPLAY, Layer, UpTrack


class Outlet:
    """See the module. To the track it is one viewer for each encoding that is asked for."""

    __slots__ = ("_asked", "_given", "_live", "_next", "_numbers", "_reported", "link", "stream", "track")

    def __init__(self, *, stream: int, track: UpTrack, link: Link) -> None:
        self.stream = stream
        self.track = track
        self.link = link
        self._asked: frozenset[int] = frozenset()
        self._given: dict[Layer, int] = {}
        self._numbers: dict[Layer, int] = {}
        self._next = 0
        self._live = track.live
        self._reported: dict[Layer, SenderReport] = {}
        track.taps.append(self._tap)

    def described(self) -> frames.Track:
        """What the other worker has to know of the track."""
        track = self.track
        return frames.Track(
            stream=self.stream,
            use=track.use,
            codec=track.codec,
            pt=max(0, track.pt),
            rids=track.rids,
            level=track.level_extension,
            live=track.live,
        )

    def close(self) -> None:
        """Nothing more of it goes there."""
        self.track.taps.remove(self._tap)
        self.track.asked_elsewhere.pop(self, None)
        self._given.clear()

    def _tap(self, layer: Layer, packet: Packet, number: int) -> None:
        given = self._given.get(layer)
        if given is not None:
            self.link.give(self.stream, given, number, packet.data, video=self.track.video)

    # --- what the other worker wants ------------------------------------------------------------------------------

    def ask(self, encodings: frozenset[int], now: float) -> None:
        """Its viewers wish these."""
        self._asked = self.track.asked_elsewhere[self] = encodings
        self.aim(now)

    def key(self, number: int, now: float) -> None:
        layer = self._layer(number)
        if layer is not None:
            self.track.want_key(layer, now)

    def again(self, number: int, seqs: tuple[int, ...]) -> None:
        layer = self._layer(number)
        if layer is None or not self.track.allowed:
            return
        for seq in seqs:
            data = layer.cache.get(seq)
            if data:
                self.link.give(self.stream, number, seq, data, video=self.track.video)

    def _layer(self, number: int) -> Layer | None:
        return next((layer for layer, given in self._given.items() if given == number), None)

    # --- time -----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        if self.track.live != self._live:
            self._live = self.track.live
            self.link.say(frames.Live(stream=self.stream, live=self._live))
        if not (self._asked or self._given or self.track.layers):
            return  # most of a large room
        self.aim(now)
        for layer, number in self._given.items():
            report = layer.report
            if report is not None and self._reported.get(layer) is not report:
                self._reported[layer] = report
                offset = self.track.clock_offset or 0.0
                self.link.say(
                    frames.Clock(stream=self.stream, layer=number, ntp=report.ntp, rtp=report.rtp, offset=offset)
                )

    def aim(self, now: float) -> None:
        """Give the encodings that stand for those asked for: which these are changes with what flows."""
        layers = self._wanted(now)
        if layers == self._given.keys():
            return
        for layer in self._given.keys() - layers:
            del self._given[layer]
            self._reported.pop(layer, None)
        known = set(self.track.layers.values())
        for layer in self._numbers.keys() - known:
            del self._numbers[layer]  # another SSRC has taken its place
        for layer in layers - self._given.keys():
            self._begin(layer, now)

    def _wanted(self, now: float) -> set[Layer]:
        if not self.track.video:
            return set(self.track.layers.values())
        return {layer for layer in (self.track.best(wish, now) for wish in self._asked) if layer is not None}

    def _begin(self, layer: Layer, now: float) -> None:
        number = self._numbers.get(layer)
        if number is None:
            number = self._numbers[layer] = self._next
            self._next = (self._next + 1) & frames.MAX_LAYER
        self.link.say(frames.Begin(stream=self.stream, layer=number, rid=layer.rid))
        self._given[layer] = number
        if self.track.video and not self._replay(layer, number):
            self.track.want_key(layer, now)

    def _replay(self, layer: Layer, number: int) -> bool:
        """The picture since its last key frame, if that is short and all there: nobody has to wait for the next."""
        key = layer.key
        if key is None or not self.track.allowed or layer.head.seq - key.seq >= REPLAY:
            return False
        seqs = range(key.seq, layer.head.seq + 1)
        packets = [layer.cache.get(seq) for seq in seqs]
        if not all(packets):
            return False
        for seq, data in zip(seqs, packets, strict=True):
            self.link.give(self.stream, number, seq, data, video=True)
        return True
