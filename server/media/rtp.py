"""RTP as the packet path sees it: one reusable view on a decrypted packet, and arithmetic that wraps.

The bytes are the truth; `Packet` only remembers where things are in them.
RTCP is in `rtcp.py`, VP8 payloads are in `vp8.py`. Nothing here raises on hostile input.
"""

import struct

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


class PacketCache:
    """The last packets of one layer, for answers to NACK. A ring indexed by sequence number."""

    __slots__ = ("_ring",)

    SIZE = 512

    def __init__(self) -> None:
        self._ring: list[bytes] = [b""] * self.SIZE

    def put(self, seq: int, data: bytes) -> bool:
        """Keep the packet; False when it is here already."""
        at = seq & (self.SIZE - 1)
        old = self._ring[at]
        if old and old[2] << 8 | old[3] == seq and old[4:8] == data[4:8]:
            return False
        self._ring[at] = data
        return True

    def get(self, seq: int) -> bytes:
        """The packet, empty when it is gone."""
        data = self._ring[seq & (self.SIZE - 1)]
        return data if data and data[2] << 8 | data[3] == seq else b""

    def clear(self) -> None:
        self._ring = [b""] * self.SIZE
