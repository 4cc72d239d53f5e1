"""The backend that is always there: plain Python, one `sendto` per packet and viewer."""

from server.media.downtrack import DownTrack
from server.media.rtp import Outgoing
from server.media.uptrack import Layer
from server.media.wire import Wire


class PythonForwarder:
    """See `Forwarder`."""

    name = "python"

    def aim(self, wire: Wire) -> None:
        """Nothing is kept."""

    def begin(self, down: DownTrack) -> None:
        """Nothing is kept."""

    def end(self, down: DownTrack) -> None:
        """Nothing is kept."""

    def forward(self, layer: Layer, out: Outgoing) -> None:
        for down in layer.downs:
            run = down.run
            if run is not None and (out.newest or out.seq >= run.first):
                down.wire.send_rtp(down.compose(out))

    def flush(self) -> None:
        """Nothing waits."""
