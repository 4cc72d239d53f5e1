"""What a viewer receives: one `DownTrack` per slot. Its SSRCs never change; what is in it does.

The old picture plays on until the new source's key frame is here. Retransmissions come from the publisher's cache.
"""

import secrets
import struct
from typing import Protocol

from server.media import clock, rtcp
from server.media.rtp import Packet
from server.media.seqmap import Renumber, Run
from server.media.uptrack import Layer, UpTrack
from server.media.vp8 import Descriptor

# A NACKed packet is answered once per this time: without it a congested link drowns in its own repairs.
REPEAT_AFTER = 0.03
_RING = 512

_PLAIN = struct.Struct("!BBHIII")
_TIMED = struct.Struct("!BBHIIIHHI")


class Sink(Protocol):
    """Where packets of a slot go."""

    def send_rtp(self, plain: bytes) -> None: ...


class DownTrack:
    """One receive slot of one viewer."""

    __slots__ = (
        "_answered",
        "_packet",
        "_picture",
        "_rtx_seq",
        "_timed",
        "key_requests",
        "layer",
        "lost",
        "name",
        "numbers",
        "octets",
        "packets",
        "pt",
        "reported",
        "resent",
        "rtx_pt",
        "rtx_ssrc",
        "sink",
        "ssrc",
        "track",
        "video",
    )

    def __init__(
        self, *, name: str, sink: Sink, video: bool, pt: int, rtx_pt: int, send_time_extension: int, now: float
    ) -> None:
        self.name = name
        self.sink = sink
        self.video = video
        self.pt = pt
        self.rtx_pt = rtx_pt
        self.ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        self.rtx_ssrc = secrets.randbelow(0xFFFFFFFE) + 1
        self.numbers = Renumber(
            seq=secrets.randbelow(0x8000),
            ts=secrets.randbelow(0x80000000),
            pid=secrets.randbelow(0x8000),
            tl0=secrets.randbelow(0x100),
            now=now,
        )
        self.track: UpTrack | None = None  # what it shall show
        self.layer: Layer | None = None  # what it shows
        self.packets = self.octets = self.resent = self.key_requests = 0
        self.reported = 0
        self.lost = 0.0
        # One-byte header extension: id, length 3, value; ids above 14 are simply not written.
        self._timed = send_time_extension << 28 | 2 << 24 if 0 < send_time_extension < 15 else 0
        self._rtx_seq = secrets.randbelow(0x8000)
        self._answered: list[tuple[int, float]] = [(-1, 0.0)] * _RING
        self._packet = Packet()
        self._picture = Descriptor()

    def watch(self, track: UpTrack | None, now: float) -> None:
        """Show `track` from its next key frame on, hear it from its next packet on; None clears the slot at once."""
        if track is self.track:
            return
        playing = self.layer.track if self.layer is not None else None
        if self.track is not None and self.track is not playing:
            self.track.downs.remove(self)
        if track is None or not self.video:
            if playing is not None:
                playing.downs.remove(self)
            self.layer = playing = None
        self.track = track
        if track is not None and track is not playing:
            track.downs.append(self)
            if self.video:
                track.want_key(now)

    def leave(self, track: UpTrack) -> None:
        """`track` ends or lost its right: nothing of it may go out any more."""
        if self.layer is not None and self.layer.track is track:
            self.layer = None
            if self.track is not track:
                track.downs.remove(self)
        if self.track is track:
            self.track = None
            track.downs.remove(self)

    def waits_for(self, track: UpTrack) -> bool:
        """Does the slot need a key frame of `track`?"""
        return self.track is track and self.layer is not track.main

    def switch(self, layer: Layer, packet: Packet, picture: Descriptor | None, now: float) -> bool:
        """Begin with `layer` at this packet, if it is wanted and one can begin here."""
        track = self.track
        if track is not layer.track or track.main is not layer:
            return False
        if picture is None:
            self.numbers.switch_audio(layer, seq=packet.seq, ts=packet.ts, now=now)
        elif picture.key:
            self.numbers.switch_video(layer, seq=packet.seq, ts=packet.ts, pid=picture.pid, tl0=picture.tl0, now=now)
        else:
            return False
        if self.layer is not None and self.layer.track is not track:
            self.layer.track.downs.remove(self)
        self.layer = layer
        return True

    def rewrite(self, packet: Packet, picture: Descriptor | None, now: float) -> bytes:
        """The packet as this viewer must see it; empty when it precedes the key frame the slot began with."""
        numbers = self.numbers
        run = numbers.place(packet.seq)
        if run is None:
            return b""
        seq = (packet.seq + run.soff) & 0xFFFF
        ts = (packet.ts + run.toff) & 0xFFFFFFFF
        if picture is None:
            body = packet.data[packet.payload : packet.end]
            numbers.sent(seq=seq, ts=ts, pid=0, tl0=0, now=now)
        else:
            pid = (picture.pid + run.poff) & 0x7FFF
            tl0 = (picture.tl0 + run.loff) & 0xFF
            body = picture.rewritten(packet.data, pid, tl0) + packet.data[picture.end : packet.end]
            numbers.sent(seq=seq, ts=ts, pid=pid, tl0=tl0, now=now)
        self.packets += 1
        self.octets += len(body)
        return self._header(packet.marker | self.pt, seq, ts, self.ssrc, run.source.track.number, now) + body

    def _header(self, second: int, seq: int, ts: int, ssrc: int, csrc: int, now: float) -> bytes:
        if self._timed:
            timed = self._timed | clock.send_time(now)
            return _TIMED.pack(0x91, second, seq, ts, ssrc, csrc, 0xBEDE, 1, timed)
        return _PLAIN.pack(0x81, second, seq, ts, ssrc, csrc)

    def repeat(self, seq: int, now: float) -> bytes:
        """The packet that went out as `seq` once more, as RTX where negotiated; empty when it is gone or too soon."""
        before, at = self._answered[seq & (_RING - 1)]
        if before == seq and now - at < REPEAT_AFTER:
            return b""
        found = self.numbers.origin(seq)
        if found is None:
            return b""
        run, original = found
        layer: Layer = run.source
        data = layer.cache.get(original) if layer.track.allowed else b""
        if not data or not self._packet.read(data):
            return b""
        self._answered[seq & (_RING - 1)] = (seq, now)
        self.resent += 1
        return self._repeated(run, layer, seq, now)

    def _repeated(self, run: Run, layer: Layer, seq: int, now: float) -> bytes:
        packet, picture = self._packet, self._picture
        ts = (packet.ts + run.toff) & 0xFFFFFFFF
        body = packet.data[packet.payload : packet.end]
        if self.video and picture.read(packet.data, packet.payload, packet.end):
            pid, tl0 = (picture.pid + run.poff) & 0x7FFF, (picture.tl0 + run.loff) & 0xFF
            body = picture.rewritten(packet.data, pid, tl0) + packet.data[picture.end : packet.end]
        number = layer.track.number
        if self.rtx_pt < 0:
            return self._header(packet.marker | self.pt, seq, ts, self.ssrc, number, now) + body
        self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
        head = self._header(packet.marker | self.rtx_pt, self._rtx_seq, ts, self.rtx_ssrc, number, now)
        return head + bytes((seq >> 8, seq & 0xFF)) + body

    def report(self, now: float) -> bytes:
        """A sender report in the server's clock, empty when nothing moved or the publisher told no time yet."""
        layer = self.layer
        if layer is None or layer.report is None or self.packets == self.reported:
            return b""
        offset = layer.track.clock_offset or 0.0
        self.reported = self.packets
        passed = clock.ntp(now) - offset - layer.report.ntp
        rtp = layer.report.rtp + round(passed * layer.track.clock) + self.numbers.runs[-1].toff
        return rtcp.sender_report(
            ssrc=self.ssrc, ntp=clock.ntp(now), rtp=rtp & 0xFFFFFFFF, packets=self.packets, octets=self.octets
        )

    def stats(self) -> dict[str, object]:
        return {
            "from": self.layer.track.endpoint if self.layer is not None else None,
            "packets": self.packets,
            "octets": self.octets,
            "resent": self.resent,
            "lost": self.lost,
            "key_requests": self.key_requests,
        }
