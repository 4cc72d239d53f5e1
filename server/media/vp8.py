"""The VP8 payload descriptor (RFC 7741): picture id, tl0 index, and is this the start of a key frame?

Pure: bytes in, offsets out. Of the picture it reads the first bit, and the height of a key frame (RFC 6386, 9.1).
"""

_START_CODE = b"\x9d\x01\x2a"


class Descriptor:
    """A view on one descriptor, read again and again into the same object."""

    __slots__ = ("end", "height", "key", "pid", "pid_at", "pid_wide", "start", "tl0", "tl0_at")

    def __init__(self) -> None:
        self.start = self.end = 0
        self.key = False
        self.pid_at = self.tl0_at = -1
        self.pid_wide = False
        self.pid = self.tl0 = 0
        self.height = 0  # of the last key frame that was read

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
        if self.key and at + 10 <= end and data[at + 3 : at + 6] == _START_CODE:
            self.height = (data[at + 8] | data[at + 9] << 8) & 0x3FFF
        return True
