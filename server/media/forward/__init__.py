"""Forwarder backends: rewrite, protect and send one packet to everybody who watches its layer."""

from typing import Protocol

from server.media.rtp import Packet
from server.media.uptrack import Layer
from server.media.vp8 import Descriptor


class Forwarder(Protocol):
    """One interface and one test suite for all backends."""

    def forward(self, layer: Layer, packet: Packet, picture: Descriptor | None, now: float) -> int:
        """Send `packet` to all slots that show `layer` (or begin with it here); how many got it."""
        ...
