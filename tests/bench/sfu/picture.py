"""What publishers send: VP8 of 1.2 Mbit/s as 127 packets of 1165 bytes a second, in bursts, and Opus, 50 packets.

Only what servers look at is real: RTP header, audio level, VP8 descriptor, and the first bytes of key frames. The rest
is noise that ends with the moment of sending.
"""

import random
import secrets
import struct
import time

AUDIO_PT, VIDEO_PT, RTX_PT = 111, 96, 97
LEVEL_EXTENSION = 1

PACKET = 1165
PER_FRAME = 6
FRAME_S = PER_FRAME / 127
BURST, BURST_S = 2, 0.005
"""A browser's pacer lets out so many packets, and again after this time."""
AUDIO_S = 0.020

_MAGIC = b"sent"
_STAMP = struct.Struct("!4sQ")
_HEADER = struct.Struct("!BBHII")
_NOISE = random.Random(1).randbytes(4096)


def sent_at(plain: bytes) -> int:
    """The moment (ns) a decrypted packet was sent, 0 when it says none (padding)."""
    if len(plain) < 12 + _STAMP.size:
        return 0
    magic, moment = _STAMP.unpack_from(plain, len(plain) - _STAMP.size)
    return int(moment) if magic == _MAGIC else 0


def _stamp() -> bytes:
    return _STAMP.pack(_MAGIC, time.time_ns())


class Sound:
    """A voice that never stops."""

    def __init__(self, *, with_level: bool) -> None:
        self.ssrc = secrets.randbits(31) + 1
        self.packets = self.octets = 0
        self.ts = 0
        self._seq = secrets.randbits(14)
        self._level = struct.pack("!HHBBH", 0xBEDE, 1, LEVEL_EXTENSION << 4, 0x80 | 30, 0) if with_level else b""

    def next(self) -> bytes:
        self._seq = (self._seq + 1) & 0xFFFF
        self.ts = (self.ts + 960) & 0xFFFFFFFF
        self.packets += 1
        self.octets += 80
        head = _HEADER.pack(0x90 if self._level else 0x80, AUDIO_PT, self._seq, self.ts, self.ssrc)
        return head + self._level + _NOISE[: 80 - _STAMP.size] + _stamp()


class Picture:
    """A camera, one packet after the other; `key` asks that the next frame stands alone."""

    def __init__(self) -> None:
        self.ssrc = secrets.randbits(31) + 1
        self.packets = self.octets = 0
        self.ts = 0
        self.key = True
        self._seq = secrets.randbits(14)
        self._pid = secrets.randbits(14)
        self._tl0 = self._keys = self._place = 0

    def next(self) -> bytes:
        first = self._place == 0
        self._place = (self._place + 1) % PER_FRAME
        start = b""
        if first:
            start = self._begin()
        self._seq = (self._seq + 1) & 0xFFFF
        self.packets += 1
        self.octets += PACKET - 12
        last = 0x80 if self._place == 0 else 0
        head = _HEADER.pack(0x80, last | VIDEO_PT, self._seq, self.ts, self.ssrc)
        # As a browser describes a simulcast layer: picture id, tl0 index, temporal layer 0, key index.
        descriptor = struct.pack(
            "!BBHBB", 0x90 if first else 0x80, 0xF0, 0x8000 | self._pid, self._tl0, 0x20 | self._keys
        )
        body = start + _NOISE[: PACKET - 12 - len(descriptor) - len(start) - _STAMP.size]
        return head + descriptor + body + _stamp()

    def _begin(self) -> bytes:
        self._pid = (self._pid + 1) & 0x7FFF
        self._tl0 = (self._tl0 + 1) & 0xFF
        self.ts = (self.ts + round(90000 * FRAME_S)) & 0xFFFFFFFF
        if not self.key:
            return b"\x11\x00\x00"
        self.key = False
        self._keys = (self._keys + 1) & 0x1F
        return b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 1280, 720)
