"""The backend that is always there: plain Python, one `sendto` per packet and viewer."""

from server.media.rtp import Packet
from server.media.uptrack import Layer
from server.media.vp8 import Descriptor


class PythonForwarder:
    """See `Forwarder`."""

    def forward(self, layer: Layer, packet: Packet, picture: Descriptor | None, now: float) -> int:
        count = 0
        # `switch` may take a slot out of another track's list, never out of this one.
        for down in layer.track.downs:
            if down.layer is not layer and not down.switch(layer, packet, picture, now):
                continue
            data = down.rewrite(packet, picture, now)
            if data:
                down.sink.send_rtp(data)
                count += 1
        return count
