"""One clock for the media plane: monotonic, so that a corrected wall clock never makes a picture jump."""

import time

from server.media.rtcp import NTP_EPOCH

now = time.monotonic
_NTP_OFFSET = time.time() - time.monotonic() + NTP_EPOCH


def ntp(at: float) -> float:
    """Seconds since 1900 for a moment of `now`."""
    return at + _NTP_OFFSET


def ntp_middle(at: float) -> int:
    """The middle 32 bits, as LSR and DLSR use them."""
    return int((at + _NTP_OFFSET) * 65536) & 0xFFFFFFFF
