"""Forwarder backends: rewrite, protect and send one packet to everybody who watches its layer.

Three of them behind one interface and one test suite: `native` (a small compiled helper), `cffi` (in-place SRTP and
`sendmmsg`, no compiler needed) and `python` (always there). `auto` takes the first that loads.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from server.media.downtrack import DownTrack
from server.media.rtp import Outgoing
from server.media.uptrack import Layer
from server.media.wire import Wire

log = logging.getLogger(__name__)

NAMES = ("auto", "native", "cffi", "python")


class ForwarderMissing(RuntimeError):
    """The backend cannot be used on this machine; the text says why."""


class Forwarder(Protocol):
    """One interface for all backends. What one keeps is in the field `native` of wires, slots and layers."""

    name: str

    def aim(self, wire: Wire) -> None:
        """The wire has another address or key, or (without a key) is closed: nothing may be sent to it any more."""

    def begin(self, down: DownTrack) -> None:
        """The slot shows its layer from now on, with the constants of its run."""

    def end(self, down: DownTrack) -> None:
        """The slot shows nothing any more."""

    def forward(self, layer: Layer, out: Outgoing) -> None:
        """Send the packet to all slots that show the layer. It may wait for `flush`."""

    def flush(self) -> None:
        """Send what waits: called after each burst of incoming packets."""


def make_forwarder(name: str = "auto") -> Forwarder:
    """The backend of that name. Raises ForwarderMissing, `auto` never does."""
    if name == "auto":
        for candidate in ("native", "cffi"):
            try:
                return make_forwarder(candidate)
            except ForwarderMissing as missing:
                log.info("forwarder %s: %s", candidate, missing)
        return make_forwarder("python")
    return _MAKERS[name]()


def _python() -> Forwarder:
    from server.media.forward.python import PythonForwarder

    return PythonForwarder()


def _cffi() -> Forwarder:
    from server.media.forward.batched import CffiForwarder

    return CffiForwarder()


def _native() -> Forwarder:
    from server.media.forward.native import NativeForwarder

    return NativeForwarder()


_MAKERS: dict[str, Callable[[], Forwarder]] = {"python": _python, "cffi": _cffi, "native": _native}
