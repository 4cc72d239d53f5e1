"""RTP as the packet path sees it: one reusable view on a decrypted packet, and arithmetic that wraps.

The bytes are the truth; `Packet` only remembers where things are in them.
RTCP is in `rtcp.py`, VP8 payloads are in `vp8.py`. Nothing here raises on hostile input.
"""

import struct
from typing import Protocol

HEADER = struct.Struct("!BBHII")
_EXTENSION = struct.Struct("!HH")
_ONE_BYTE = 0xBEDE


def newer16(a: int, b: int) -> bool:
    """Is sequence number `a` after `b`? Half of the circle counts as after."""
    return a != b and (a - b) & 0xFFFF < 0x8000


def newer32(a: int, b: int) -> bool:
    """Is timestamp `a` after `b`?"""
    return a != b and (a - b) & 0xFFFFFFFF < 0x80000000


class Packet:
    """A view on one RTP packet. Read again and again into the same object: the packet path must not allocate."""

    __slots__ = ("data", "end", "ext_at", "ext_end", "ext_one_byte", "marker", "payload", "pt", "seq", "ssrc", "ts")

    def __init__(self) -> None:
        self.data = b""
        self.pt = self.marker = self.seq = self.ts = self.ssrc = 0
        self.payload = self.end = 0
        self.ext_at = self.ext_end = 0
        self.ext_one_byte = True

    def read(self, data: bytes) -> bool:
        """Look at `data`; False when it is no RTP packet we can use."""
        size = len(data)
        if size < 12:
            return False
        first, second, self.seq, self.ts, self.ssrc = HEADER.unpack_from(data)
        if first >> 6 != 2:
            return False
        self.data = data
        self.pt = second & 0x7F
        self.marker = second & 0x80
        at = 12 + 4 * (first & 0x0F)
        self.ext_at = self.ext_end = 0
        if first & 0x10:
            if size < at + 4:
                return False
            profile, words = _EXTENSION.unpack_from(data, at)
            self.ext_at = at + 4
            self.ext_end = at = at + 4 + 4 * words
            self.ext_one_byte = profile == _ONE_BYTE
            if not self.ext_one_byte and profile & 0xFFF0 != 0x1000:
                self.ext_end = self.ext_at
        if size < at:
            return False
        self.payload = at
        self.end = size
        if first & 0x20:
            pad = data[size - 1]
            if pad == 0 or pad > size - at:
                return False
            self.end = size - pad
        return True

    def extension_at(self, wanted: int) -> int:
        """Where the value of extension `wanted` begins, or -1. For the audio level, on every audio packet."""
        data, at, end = self.data, self.ext_at, self.ext_end
        if self.ext_one_byte:
            while at < end:
                byte = data[at]
                if byte == 0:
                    at += 1
                    continue
                length = (byte & 0x0F) + 1
                if at + 1 + length > end or byte >> 4 == 15:
                    return -1
                if byte >> 4 == wanted:
                    return at + 1
                at += 1 + length
            return -1
        while at + 1 < end:
            if data[at] == 0:
                at += 1
                continue
            length = data[at + 1]
            if at + 2 + length > end:
                return -1
            if data[at] == wanted:
                return at + 2 if length else -1
            at += 2 + length
        return -1

    def extension(self, wanted: int) -> bytes:
        """The value of extension `wanted`, empty when absent. Only for packets of an SSRC nobody knows yet."""
        at = self.extension_at(wanted) if wanted else -1
        if at < 0:
            return b""
        length = (self.data[at - 1] & 0x0F) + 1 if self.ext_one_byte else self.data[at - 1]
        return self.data[at : at + length]


def unwrap_rtx(packet: Packet, *, ssrc: int, pt: int) -> bytes:
    """The original packet inside a retransmission (RFC 4588), empty when the retransmission is only padding."""
    data = packet.data
    if packet.end - packet.payload <= 2:
        return b""
    seq = data[packet.payload] << 8 | data[packet.payload + 1]
    head = HEADER.pack(0x80, packet.marker | pt, seq, packet.ts, ssrc)
    return head + data[packet.payload + 2 : packet.end]


def send_time(now: float) -> int:
    """As abs-send-time says it: 6.18 fixed point seconds."""
    return int(now * 262144) & 0xFFFFFF


class Picture(Protocol):
    """What forwarding needs to know of a video payload: where its numbers stand, and whether one can begin here."""

    key: bool
    pid: int
    pid_at: int
    pid_wide: bool
    tl0: int
    tl0_at: int


class Outgoing:
    """One packet on its way to many viewers: what is the same for all of them, filled anew for every packet.

    `payload` has room for a picture id of 15 bits, as browsers write it; `pid_at` and `tl0_at` are offsets in it, -1
    when there is none. `newest` is false for packets that came late: slots that began after them must not get them.
    """

    __slots__ = ("marker", "newest", "payload", "pid", "pid_at", "send_time", "seq", "tl0", "tl0_at", "ts")

    def __init__(self) -> None:
        self.payload = b""
        self.seq = self.ts = self.marker = self.send_time = 0
        self.pid = self.tl0 = 0
        self.pid_at = self.tl0_at = -1
        self.newest = True

    def take(self, packet: Packet, picture: Picture | None, seq: int, newest: bool, now: float) -> None:
        start = packet.payload
        payload = packet.data[start : packet.end]
        self.seq, self.ts, self.marker, self.newest = seq, packet.ts, packet.marker, newest
        self.send_time = send_time(now)
        self.pid_at = self.tl0_at = -1
        if picture is not None:
            if picture.pid_at >= 0:
                self.pid, self.pid_at = picture.pid, picture.pid_at - start
            if picture.tl0_at >= 0:
                self.tl0, self.tl0_at = picture.tl0, picture.tl0_at - start
            if self.pid_at >= 0 and not picture.pid_wide:
                payload = payload[: self.pid_at] + b"\x00" + payload[self.pid_at :]
                self.tl0_at += self.tl0_at >= 0
        self.payload = payload


class PacketCache:
    """The last packets of one layer, for answers to NACK. A ring indexed by the layer's own numbers."""

    __slots__ = ("_packets", "_seqs", "_times")

    SIZE = 512

    def __init__(self) -> None:
        self._packets: list[bytes] = [b""] * self.SIZE
        self._seqs: list[int] = [-1] * self.SIZE
        self._times: list[float] = [0.0] * self.SIZE

    def put(self, seq: int, data: bytes, now: float) -> bool:
        """Keep the packet; False when it, or a later one in its place, is here already."""
        at = seq & (self.SIZE - 1)
        if self._seqs[at] >= seq:
            return False
        self._seqs[at] = seq
        self._packets[at] = data
        self._times[at] = now
        return True

    def get(self, seq: int) -> bytes:
        """The packet, empty when it is gone."""
        at = seq & (self.SIZE - 1)
        return self._packets[at] if self._seqs[at] == seq else b""

    def sent_at(self, seq: int) -> float:
        """When it went out, of a packet that is there."""
        return self._times[seq & (self.SIZE - 1)]

    def clear(self) -> None:
        """Forget what was said. Numbers stay: a packet that came once is still a double."""
        self._packets = [b""] * self.SIZE
