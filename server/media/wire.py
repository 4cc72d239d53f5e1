"""Where the packets of one endpoint go, and with which key: what a forwarder needs to know of it, and nothing else."""

import socket
from typing import Any

from server.media.ice import Address
from server.media.seam import Srtp


class Wire:
    """Filled by the endpoint, read on the packet path. `native` is the forwarder's own."""

    __slots__ = ("address", "native", "socket", "srtp", "unsent")

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.address: Address | None = None
        self.srtp: Srtp | None = None
        self.native: Any = None
        self.unsent = 0

    @property
    def ready(self) -> bool:
        return self.srtp is not None and self.address is not None

    def send_rtp(self, plain: bytes) -> None:
        """One packet, at once."""
        if self.srtp is not None:
            self.send_raw(self.srtp.protect(plain))

    def send_rtcp(self, plain: bytes) -> None:
        if self.srtp is not None:
            self.send_raw(self.srtp.protect_rtcp(plain))

    def send_raw(self, data: bytes | memoryview) -> None:
        if self.socket is None or self.address is None:
            return
        try:
            self.socket.sendto(data, self.address)
        except OSError:  # full buffer or unreachable: a datagram may be lost
            self.unsent += 1
