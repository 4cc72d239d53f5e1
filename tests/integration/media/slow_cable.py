"""A cable whose packets take their time: two ends joined by this process, with `weather.py` in both directions.

Frames are read from one packet socket and written to the other when the weather lets them arrive. A thread of its own
does it, so that it may stand in any test.
"""

import array
import fcntl
import heapq
import selectors
import socket
import struct
import threading
import time
from itertools import count

from tests.integration.media.weather import Weather

_ALL = 3  # ETH_P_ALL
_OUTGOING = 4  # PACKET_OUTGOING
_SIOCETHTOOL = 0x8946
_OFFLOADS = (0x17, 0x1F, 0x24)  # checksums, TCP segmentation, generic segmentation


class SlowCable:
    """Between the devices `near` and `far` of this network, which are the other halves of veth pairs."""

    def __init__(self, near: str, far: str) -> None:
        self.up, self.down = Weather(seed=1), Weather(seed=2)
        self._ends = [_end(near), _end(far)]
        self._due: list[tuple[float, int, socket.socket, bytes]] = []
        self._order = count()
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for each in (*self._ends, self._woken):
            self._selector.register(each, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        near, far = self._ends
        while True:
            wait = None if not self._due else max(0.0, self._due[0][0] - time.monotonic())
            for key, _ in self._selector.select(wait):
                if key.fileobj is self._woken:
                    return
                if key.fileobj is near:
                    self._take(near, far, self.down)
                else:
                    self._take(far, near, self.up)
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                _, _, out, frame = heapq.heappop(self._due)
                try:
                    out.send(frame)
                except OSError:  # a device that is going away
                    return

    def _take(self, source: socket.socket, sink: socket.socket, weather: Weather) -> None:
        while True:
            try:
                frame, address = source.recvfrom(65536)
            except OSError:
                return
            if address[2] == _OUTGOING:
                continue
            for moment in weather.arrivals(len(frame), time.monotonic()):
                heapq.heappush(self._due, (moment, next(self._order), sink, frame))

    def close(self) -> None:
        self._wake.send(b"!")
        self._thread.join(5)
        self._selector.close()
        for each in (*self._ends, self._wake, self._woken):
            each.close()


def _end(device: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    end.bind((device, 0))
    end.setblocking(False)
    return end


def whole_packets(device: str) -> None:
    """Checksums and segments are made before the packet leaves: nobody does it later. Run it where the device is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for command in _OFFLOADS:
            value = array.array("I", [command, 0])
            request = struct.pack("16sP", device.encode(), value.buffer_info()[0])
            fcntl.ioctl(any_socket, _SIOCETHTOOL, request)
