"""The sending half of an endpoint: its tracks, whose packets are whose, and what the publisher is told about them."""

from collections.abc import Callable

from server.media import clock, rtcp
from server.media.bandwidth import Uplink
from server.media.rtp import Packet, unwrap_rtx
from server.media.sdp import MID, REPAIRED_RID, RID, SEND_TIME, Line, Offer, Use
from server.media.uptrack import Layer, UpTrack
from server.media.wire import Wire

MAX_SSRCS = 16
# What a publisher may send beside what is watched: sound, repairs, and room to begin.
SPARE_RATE = 160_000
_SENDER = 1  # the SSRC our feedback comes from
_MAX_BLOCKS = 31


class Publisher:
    """See the module. `make` builds the track of a line."""

    def __init__(self, *, offer: Offer, wire: Wire, make: Callable[[Line, Callable[[Layer], None]], UpTrack]) -> None:
        self._wire = wire
        self.by_ssrc: dict[int, Layer] = {}
        self.by_rtx: dict[int, Layer] = {}
        self.strangers: set[int] = set()  # streams beyond those that a browser has
        self.link = Uplink()
        self.loss = 0.0
        self.rtt: float | None = None  # as the receiving half measures it
        self._holes: set[Layer] = set()  # of which something is missing
        self.tracks: dict[Use, UpTrack] = {}
        self.nacked = self.key_requests = 0
        self._packet = Packet()
        for line in offer.sending():
            track = self.tracks[line.use] = make(line, self._ask_key)
            if line.ssrc and not line.rids:
                layer = self._learn(track, "", line.ssrc)
                if line.rtx_ssrc:
                    layer.rtx_ssrc = line.rtx_ssrc
                    self.by_rtx[line.rtx_ssrc] = layer
        # The same number in all lines of one offer, but browsers need not offer each of them everywhere.
        self._extensions = {
            uri: next((line.extension(uri) for line in offer.sending() if line.extension(uri)), 0)
            for uri in (MID, RID, REPAIRED_RID, SEND_TIME)
        }

    # --- packets --------------------------------------------------------------------------------------------------

    def receive(self, packet: Packet, now: float) -> None:
        """One decrypted packet."""
        layer = self.by_ssrc.get(packet.ssrc)
        if layer is not None:
            if layer.track.video:
                self._feel(packet, now)
            layer.track.receive(layer, packet, now)
            if layer.reception.missing:
                self._holes.add(layer)
            if self._holes:
                self._ask_again(now)
            return
        layer = self.by_rtx.get(packet.ssrc) or self._unknown(packet, now)
        if layer is not None:
            self._feel(packet, now)
            self._on_rtx(layer, packet, now)

    def _feel(self, packet: Packet, now: float) -> None:
        """Does the publisher's link queue? Its packets say when they were sent."""
        extension = self._extensions[SEND_TIME]
        at = packet.extension_at(extension) if extension else -1
        if at >= 0 and at + 3 <= packet.ext_end:
            data = packet.data
            self.link.arrived(data[at] << 16 | data[at + 1] << 8 | data[at + 2], packet.end, now)

    def _on_rtx(self, layer: Layer, packet: Packet, now: float) -> None:
        if packet.pt != layer.track.rtx_pt:
            return
        original = unwrap_rtx(packet, ssrc=layer.ssrc, pt=layer.track.pt)
        if original and self._packet.read(original):
            layer.track.receive(layer, self._packet, now, repeated=True)

    def _unknown(self, packet: Packet, now: float) -> Layer | None:
        """An SSRC nobody announced: its first packets say by MID and RID where it belongs. Returns a layer for RTX."""
        if len(self.by_ssrc) + len(self.by_rtx) >= MAX_SSRCS:
            if len(self.strangers) <= MAX_SSRCS:
                self.strangers.add(packet.ssrc)
            return None
        mid = packet.extension(self._extensions[MID]).decode("ascii", "replace")
        track = (
            next((track for track in self.tracks.values() if track.mid == mid), None) if mid else self._by_pt(packet)
        )
        if track is None:
            return None
        if packet.pt == track.rtx_pt:
            # A probe may come before any media, on a line without a track: then nothing is known yet.
            rid = packet.extension(self._extensions[REPAIRED_RID]).decode("ascii", "replace")
            layer = track.layers.get(rid)
            if layer is not None:
                layer.rtx_ssrc = packet.ssrc
                self.by_rtx[packet.ssrc] = layer
            return layer
        if packet.pt != track.pt:
            return None
        rid = packet.extension(self._extensions[RID]).decode("ascii", "replace")
        if rid not in track.rids and (rid or track.rids):
            return None
        track.receive(self._learn(track, rid, packet.ssrc), packet, now)
        return None

    def _by_pt(self, packet: Packet) -> UpTrack | None:
        fitting = [track for track in self.tracks.values() if packet.pt == track.pt and not track.layers]
        return fitting[0] if len(fitting) == 1 else None

    def _learn(self, track: UpTrack, rid: str, ssrc: int) -> Layer:
        old = track.layers.get(rid)
        if old is not None:
            self.by_ssrc.pop(old.ssrc, None)
            self.by_rtx.pop(old.rtx_ssrc, None)
            old.retire()
            self._holes.discard(old)
            self.strangers.add(ssrc)
        layer = self.by_ssrc[ssrc] = Layer(track=track, rid=rid, ssrc=ssrc)
        track.known(layer, clock.now())
        return layer

    # --- feedback -------------------------------------------------------------------------------------------------

    def reported(self, report: rtcp.SenderReport, now: float) -> None:
        layer = self.by_ssrc.get(report.ssrc)
        if layer is None:
            return
        layer.report, layer.report_at = report, now
        # One offset per publisher: its smallest delay is the best guess of the difference of the clocks.
        offset = clock.ntp(now) - report.ntp
        for track in self.tracks.values():
            track.clock_offset = offset if track.clock_offset is None else min(track.clock_offset, offset)

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        if self._holes:
            self._ask_again(now)
        for track in self.tracks.values():
            track.tick(now)
            for layer in track.layers.values():
                if layer.reception.torn:
                    layer.reception.torn = False
                    if track.video:
                        track.want_key(layer, now)

    def pace(self, now: float, bitrate: int) -> None:
        """A few times a second: the link queues, so the publisher must hear at once."""
        useful = self.useful()
        if self.link.tick(now, received=bitrate, useful=useful):
            self._wire.send_rtcp(rtcp.receiver_report(sender=_SENDER, blocks=[]) + self._remb(useful))

    def useful(self) -> int:
        """Bits per second that may come: what somebody watches. More would come as padding."""
        return SPARE_RATE + sum(track.useful() for track in self.tracks.values() if track.video)

    def report(self, now: float) -> None:
        """Once a second: rates are measured, receiver reports and REMB go out."""
        blocks: list[bytes] = []
        for layer in self.by_ssrc.values():
            layer.measure(now)
            if layer.reception.received and len(blocks) < _MAX_BLOCKS:
                lsr = layer.report.ntp_middle if layer.report is not None else 0
                dlsr = int((now - layer.report_at) * 65536) if layer.report is not None else 0
                blocks.append(layer.reception.block(ssrc=layer.ssrc, lsr=lsr, dlsr=dlsr))
        self.loss = max((layer.reception.fraction_lost for layer in self.by_ssrc.values()), default=0.0)
        if blocks:
            head = rtcp.receiver_report(sender=_SENDER, blocks=blocks)
            self._wire.send_rtcp(head + self._remb(self.useful()))

    def _remb(self, useful: int) -> bytes:
        ssrcs = [layer.ssrc for track in self.tracks.values() if track.video for layer in track.layers.values()]
        cap = self.link.cap
        return rtcp.remb(sender=_SENDER, bitrate=useful if cap is None else min(useful, cap), ssrcs=ssrcs)

    def _ask_key(self, layer: Layer) -> None:
        self.key_requests += 1
        self._wire.send_rtcp(rtcp.pli(sender=_SENDER, ssrc=layer.ssrc))

    def _ask_again(self, now: float) -> None:
        """Any packet of the publisher is a moment for it: after the last one of a picture its next is far away."""
        for layer in list(self._holes):
            due = layer.reception.due(now, self.rtt)
            if due:
                self.nacked += len(due)
                self._wire.send_rtcp(rtcp.nack(sender=_SENDER, ssrc=layer.ssrc, seqs=due))
            if not layer.reception.missing:
                self._holes.discard(layer)

    def close(self) -> None:
        for track in self.tracks.values():
            track.close()
