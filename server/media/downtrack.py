"""What a viewer receives: one `DownTrack` per slot. Its SSRCs never change; what is in it does.

The old picture plays on until the new source's key frame is here. Retransmissions come from the publisher's cache.
Between two changes a slot only adds constants (`seqmap.Run`), which is what lets a forwarder send a packet to many.
"""

import secrets
import struct
from typing import Any, Protocol

from server.media import clock, rtcp
from server.media.h264 import NalUnit
from server.media.rtp import Outgoing, Packet, send_time
from server.media.sdp import Codec
from server.media.seqmap import Head, History, Run, audio_run, video_run
from server.media.uptrack import REPLAY, Layer, UpTrack
from server.media.vp8 import Descriptor
from server.media.wire import Wire

# A NACKed packet is answered once per this time: without it a congested link drowns in its own repairs.
REPEAT_AFTER = 0.03
_RING = 512
STEADY = 1.7

PLAIN = struct.Struct("!BBHIII")
TIMED = struct.Struct("!BBHIIIHHI")
PICTURE_ID = struct.Struct("!H")

# Views for repeats, which are made one at a time: the track's own view is in use.
_views: dict[Codec, Descriptor | NalUnit | None] = {
    Codec.VP8: Descriptor(),
    Codec.H264: NalUnit(),
    Codec.OPUS: None,
}


class Slots(Protocol):
    """The forwarder, as a slot sees it: it must hear when constants change."""

    def begin(self, down: "DownTrack") -> None: ...

    def end(self, down: "DownTrack") -> None: ...


class DownTrack:
    """One receive slot of one viewer. `payload_types` says which codecs it can show: (media, RTX or -1)."""

    __slots__ = (
        "_answered",
        "_history",
        "_last",
        "_octets_before",
        "_packet",
        "_packets_before",
        "_repeated",
        "_reported",
        "_rtx_seq",
        "_slots",
        "_unsettled",
        "_waits_on",
        "height",
        "key_requests",
        "layer",
        "lost",
        "name",
        "native",
        "payload_types",
        "pt",
        "resent",
        "rtx_pt",
        "rtx_ssrc",
        "run",
        "ssrc",
        "timed",
        "track",
        "video",
        "wire",
        "wish",
    )

    def __init__(
        self,
        *,
        name: str,
        wire: Wire,
        slots: Slots,
        video: bool,
        payload_types: dict[Codec, tuple[int, int]],
        send_time_extension: int,
        now: float,
    ) -> None:
        self.name = name
        self.wire = wire
        self.video = video
        self.payload_types = payload_types
        self.pt = self.rtx_pt = -1
        self.ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        self.rtx_ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        self.height = 180  # on the page, in device pixels
        self.track: UpTrack | None = None  # what it shall show
        self.wish: int | None = None  # which encoding of it, 0 is the biggest; None: none at all
        self.layer: Layer | None = None  # what it shows
        self.run: Run | None = None
        self.native: Any = None  # what a forwarder keeps about it
        # One-byte header extension: id, length 3, value; ids above 14 are simply not written.
        self.timed = send_time_extension << 28 | 2 << 24 if 0 < send_time_extension < 15 else 0
        self.resent = self.key_requests = 0
        self.lost = 0.0
        self._slots = slots
        self._unsettled = False  # meant for another picture, encoding not chosen yet
        self._waits_on: Layer | None = None
        self._last = Head(
            seq=0x10000 + secrets.randbelow(0x8000),
            ts=secrets.randbelow(0x80000000),
            pid=secrets.randbelow(0x8000),
            tl0=secrets.randbelow(0x100),
            at=now,
        )
        self._history = History()
        self._packets_before = self._octets_before = 0
        self._reported = 0
        self._rtx_seq = secrets.randbelow(0x8000)
        self._answered: list[tuple[int, float]] = [(-1, 0.0)] * _RING
        self._packet = Packet()
        self._repeated = Outgoing()

    # --- what is shown --------------------------------------------------------------------------------------------

    def watch(self, track: UpTrack | None, wish: int | None, now: float) -> None:
        """Show `track` from its next key frame on, hear it from its next packet on; None clears the slot at once."""
        changed = self._assign(track)
        if changed or self._unsettled or wish != self.wish:
            self.wish = wish
            self.settle(now)

    def show(self, track: UpTrack | None, now: float) -> bool:
        """The slot is meant for this picture; which encoding is chosen later. True when it is another than before."""
        changed = self._assign(track)
        if changed and self.track is None:
            self.wish = None
            self.settle(now)
        elif changed:
            self._unsettled = True
        return changed

    def _assign(self, track: UpTrack | None) -> bool:
        if track is not None and track.codec not in self.payload_types:
            track = None  # the viewer cannot decode it
        if track is self.track:
            return False
        if self.track is not None:
            self.track.viewers.remove(self)
        if track is not None:
            track.viewers.append(self)
        self.track = track
        return True

    def settle(self, now: float) -> None:
        """Decide anew which encoding to show: wishes or what flows have changed."""
        track = self.track
        self._unsettled = False
        if not self.wire.ready:
            return
        target = track.best(self.wish, now) if track is not None and self.wish is not None else None
        if target is None and (track is None or self.wish is None or not self.video):
            self.wait_no_more()
            self._leave_layer()
            return
        if not self.video and self.layer is not target:
            self._leave_layer()
        if target is self.layer or target is None:
            self.wait_no_more()
            return
        if target is self._waits_on:
            return
        self.wait_no_more()
        if self._replay(target):
            return
        self._waits_on = target
        target.waiting.append(self)
        if self.video and self.is_ready_for(target, now):
            target.track.want_key(target, now)

    def is_ready_for(self, layer: Layer, now: float) -> bool:
        """A larger picture has to come about as often as the one that is shown: a browser that has just begun with it,
        or has little to spend, sends it in jerks."""
        shown = self.layer
        if shown is None or shown.track is not layer.track or shown.index < layer.index or not shown.flows(now):
            return True
        return layer.gap < STEADY * shown.gap

    def pause(self) -> None:
        """The track lost its right: it goes on, if ever, with a new start."""
        layer = self.layer
        self._leave_layer()
        if layer is not None and layer.track is self.track and self._waits_on is None:
            self._waits_on = layer
            layer.waiting.append(self)

    def leave(self) -> None:
        """Nothing goes out any more."""
        self.watch(None, None, self._last.at)

    def begin(self, layer: Layer, first: Head) -> None:
        """`layer` can begin here: at a key frame, or anywhere if it is sound."""
        self.wait_no_more()
        self._leave_layer()
        continued = video_run if self.video else audio_run
        self.run = continued(self._last, first, source=layer, number=layer.track.number)
        self._history.begin(self.run)
        self.pt, self.rtx_pt = self.payload_types[layer.track.codec]
        self._packets_before -= layer.packets - 1
        self._octets_before -= layer.octets
        self.layer = layer
        layer.downs.append(self)
        self._slots.begin(self)

    def _replay(self, layer: Layer) -> bool:
        """Begin with the cached packets since the last key frame, if they are few and all there."""
        key = layer.key
        # Without RTX a repeat has to be the same to the byte, which a replayed packet could not be.
        if not self.video or self.payload_types[layer.track.codec][1] < 0 or key is None:
            return False
        if layer.head.seq - key.seq >= REPLAY or not layer.track.allowed:
            return False
        # A slot that was busy a moment ago must not go back in time.
        if self.layer is not None or (self.resumes and key.at <= self._last.at):
            return False
        numbers = range(key.seq, layer.head.seq + 1)
        packets = [layer.cache.get(seq) for seq in numbers]
        if not all(packets):
            return False
        self.begin(layer, key)
        for seq, data in zip(numbers, packets, strict=True):
            if self._again(layer, data, seq, clock.now()):
                self.wire.send_rtp(self.compose(self._repeated))
        return True

    def _leave_layer(self) -> None:
        layer = self.layer
        if layer is None:
            return
        self._last = self.last()
        self._packets_before += layer.packets
        self._octets_before += layer.octets
        self._slots.end(self)
        layer.downs.remove(self)
        self.layer = self.run = None

    def wait_no_more(self) -> None:
        """What it waits for will not come, or has come."""
        if self._waits_on is not None:
            self._waits_on.waiting.remove(self)
            self._waits_on = None

    def last(self) -> Head:
        """The last packet that went out."""
        return self.run.out(self.layer.head) if self.run is not None and self.layer is not None else self._last

    # --- packets --------------------------------------------------------------------------------------------------

    def compose(self, out: Outgoing) -> bytes:
        """The packet as this viewer must see it."""
        run = self.run
        assert run is not None
        return self._header(out, out.marker | self.pt, out.seq + run.soff, self.ssrc, run) + body(out, run)

    def _header(self, out: Outgoing, second: int, seq: int, ssrc: int, run: Run) -> bytes:
        ts = (out.ts + run.toff) & 0xFFFFFFFF
        if self.timed:
            timed = self.timed | out.send_time
            return TIMED.pack(0x91, second, seq & 0xFFFF, ts, ssrc, run.number, 0xBEDE, 1, timed)
        return PLAIN.pack(0x81, second, seq & 0xFFFF, ts, ssrc, run.number)

    def repeat(self, seq: int, now: float) -> bytes:
        """The packet that went out as `seq` once more, as RTX where negotiated; empty when it is gone or too soon."""
        before, at = self._answered[seq & (_RING - 1)]
        if before == seq and now - at < REPEAT_AFTER:
            return b""
        found = self._history.origin(seq, self.last().seq)
        if found is None:
            return b""
        run, number = found
        layer: Layer = run.source
        if not layer.track.allowed:
            return b""
        data = layer.cache.get(number)
        if not data:
            layer.track.lacks(layer, number)
            return b""
        if not self._again(layer, data, number, now):
            return b""
        out = self._repeated
        self._answered[seq & (_RING - 1)] = (seq, now)
        self.resent += 1
        pt, rtx_pt = self.payload_types[layer.track.codec]
        if rtx_pt < 0:
            # The same packet to the byte: SRTP must never protect two different ones under one number.
            out.send_time = send_time(layer.cache.sent_at(number))
            return self._header(out, out.marker | pt, seq, self.ssrc, run) + body(out, run)
        self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
        head = self._header(out, out.marker | rtx_pt, self._rtx_seq, self.rtx_ssrc, run)
        return head + PICTURE_ID.pack(seq) + body(out, run)

    def _again(self, layer: Layer, data: bytes, number: int, now: float) -> bool:
        """Take a cached packet into `_repeated`."""
        packet, picture = self._packet, _views[layer.track.codec]
        if not packet.read(data) or (picture and not picture.read(data, packet.payload, packet.end)):
            return False
        self._repeated.take(packet, picture, number, False, now)
        return True

    # --- reports --------------------------------------------------------------------------------------------------

    @property
    def resumes(self) -> bool:
        """Has anything ever been shown here?"""
        return bool(self._history)

    @property
    def packets(self) -> int:
        return self._packets_before + (self.layer.packets if self.layer is not None else 0)

    @property
    def octets(self) -> int:
        return self._octets_before + (self.layer.octets if self.layer is not None else 0)

    def report(self, now: float) -> bytes:
        """A sender report in the server's clock, empty when nothing moved or the publisher told no time yet."""
        layer, run = self.layer, self.run
        if layer is None or run is None or layer.report is None or self.packets == self._reported:
            return b""
        offset = layer.track.clock_offset or 0.0
        self._reported = self.packets
        passed = clock.ntp(now) - offset - layer.report.ntp
        rtp = layer.report.rtp + round(passed * layer.track.clock) + run.toff
        return rtcp.sender_report(
            ssrc=self.ssrc, ntp=clock.ntp(now), rtp=rtp & 0xFFFFFFFF, packets=self.packets, octets=self.octets
        )

    def stats(self) -> dict[str, object]:
        layer = self.layer
        return {
            "from": layer.track.endpoint if layer is not None else None,
            "layer": (layer.rid or "h") if layer is not None else None,
            "height": layer.height if layer is not None else 0,
            "wish": self.wish,
            "packets": self.packets,
            "octets": self.octets,
            "resent": self.resent,
            "lost": self.lost,
            "key_requests": self.key_requests,
        }


def body(out: Outgoing, run: Run) -> bytes:
    """The payload with its picture numbers moved on."""
    payload = out.payload
    if out.pid_at < 0 and out.tl0_at < 0:
        return payload
    moved = bytearray(payload)
    if out.pid_at >= 0:
        PICTURE_ID.pack_into(moved, out.pid_at, 0x8000 | ((out.pid + run.poff) & 0x7FFF))
    if out.tl0_at >= 0:
        moved[out.tl0_at] = (out.tl0 + run.loff) & 0xFF
    return bytes(moved)
