"""The VP8 payload descriptor (RFC 7741): picture id, tl0 index, and is this the start of a key frame?

Pure: bytes in, offsets and bytes out. It never looks further into the picture than the first bit of its header.
"""


class Descriptor:
    """A view on one descriptor, read again and again into the same object."""

    __slots__ = ("end", "key", "pid", "pid_at", "pid_wide", "start", "tl0", "tl0_at")

    def __init__(self) -> None:
        self.start = self.end = 0
        self.key = False
        self.pid_at = self.tl0_at = -1
        self.pid_wide = False
        self.pid = self.tl0 = 0

    def read(self, data: bytes, at: int, end: int) -> bool:
        """Look at the payload `data[at:end]`; False when there is no picture in it."""
        if at >= end:
            return False
        self.start = at
        self.pid_at = self.tl0_at = -1
        self.pid = self.tl0 = 0
        first = data[at]
        at += 1
        if first & 0x80:
            if at >= end:
                return False
            flags = data[at]
            at += 1
            if flags & 0x80:
                if at + 1 >= end:
                    return False
                self.pid_at = at
                self.pid_wide = data[at] & 0x80 != 0
                if self.pid_wide:
                    self.pid = (data[at] & 0x7F) << 8 | data[at + 1]
                    at += 2
                else:
                    self.pid = data[at]
                    at += 1
            if flags & 0x40:
                if at >= end:
                    return False
                self.tl0_at = at
                self.tl0 = data[at]
                at += 1
            if flags & 0x30:
                at += 1
        if at >= end:
            return False
        self.end = at
        # S=1 and partition 0 begin the frame; P=0 in the frame header makes it a key frame.
        self.key = first & 0x17 == 0x10 and data[at] & 0x01 == 0
        return True

    def rewritten(self, data: bytes, pid: int, tl0: int) -> bytes:
        """The descriptor with another picture id (always written with 15 bits, as browsers do) and tl0 index."""
        if self.pid_at < 0 and self.tl0_at < 0:
            return data[self.start : self.end]
        out = bytearray(data[self.start : self.end])
        if self.tl0_at >= 0:
            out[self.tl0_at - self.start] = tl0
        if self.pid_at >= 0:
            at = self.pid_at - self.start
            out[at : at + (2 if self.pid_wide else 1)] = bytes((0x80 | pid >> 8, pid & 0xFF))
        return bytes(out)
