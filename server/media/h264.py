"""H.264 payloads (RFC 6184), as far as forwarding needs them: does a decodable sequence begin in this packet?

Pure. There is no picture id to rewrite, so a `NalUnit` looks to the forwarders like a picture without numbers.
"""

_FU_A, _STAP_A = 28, 24
_SPS = 7


class NalUnit:
    """A view on one payload, with the same fields as `vp8.Descriptor`."""

    __slots__ = ("end", "height", "key", "pid", "pid_at", "pid_wide", "start", "tl0", "tl0_at")

    def __init__(self) -> None:
        self.start = self.end = 0
        self.key = False
        self.pid_at = self.tl0_at = -1
        self.pid_wide = False
        self.pid = self.tl0 = self.height = 0

    def read(self, data: bytes, at: int, end: int) -> bool:
        """Look at the payload `data[at:end]`; False when there is no NAL unit in it."""
        if at + 1 > end:
            return False
        self.start = self.end = at
        # Parameter sets come before every IDR picture of WebRTC encoders: that is where a decoder can begin.
        self.key = _has_sequence_parameters(data, at, end)
        return True


def _has_sequence_parameters(data: bytes, at: int, end: int) -> bool:
    kind = data[at] & 0x1F
    if kind == _SPS:
        return True
    if kind == _FU_A:
        return at + 1 < end and data[at + 1] & 0x80 != 0 and data[at + 1] & 0x1F == _SPS
    if kind != _STAP_A:
        return False
    at += 1
    while at + 2 < end:
        if data[at + 2] & 0x1F == _SPS:
            return True
        at += 2 + (data[at] << 8 | data[at + 1])
    return False
