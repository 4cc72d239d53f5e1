"""One link to another worker: a socket that keeps datagrams apart, and what waits while the other side is slow.

Words come first, then sound, then pictures. What waits is bounded: of packets the oldest go, to be asked for again; a
neighbour that takes no words is no neighbour, and the link ends.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from server.media.pipe.frames import HEAD, LARGEST, PACKET, Word, packed, unpacked

WAITING_WORDS = 10_000
WAITING_SOUND = 256
WAITING_PICTURES = 1024
BURST = 200

OnPacket = Callable[[int, int, int, bytes], None]
"""Stream, layer, number, RTP."""


class Link:
    """See the module. `on_end` is called once, whoever ends it."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        on_word: Callable[["Link", Word], None],
        on_end: Callable[["Link"], None],
        after_burst: Callable[[], None],
    ) -> None:
        sock.setblocking(False)
        self.on_packet: OnPacket = lambda stream, layer, number, data: None
        self.sent = self.received = self.dropped = self.strange = 0
        self._socket = sock
        self._on_word = on_word
        self._on_end = on_end
        self._after_burst = after_burst
        self._words: deque[bytes] = deque()
        self._sound: deque[bytes] = deque(maxlen=WAITING_SOUND)
        self._pictures: deque[bytes] = deque(maxlen=WAITING_PICTURES)
        self._full = False
        self._ended = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._on_readable)

    @property
    def waiting(self) -> int:
        """Datagrams that the other side has not taken yet."""
        return len(self._words) + len(self._sound) + len(self._pictures)

    def say(self, word: Word) -> None:
        """A word: never lost while the link lasts."""
        if self._ended:
            return
        if len(self._words) >= WAITING_WORDS:
            self._loop.call_soon(self.end)
            return
        self._words.append(packed(word))
        if not self._full:
            self._send_waiting()

    def give(self, stream: int, layer: int, number: int, data: bytes, *, video: bool) -> None:
        """A packet, at once if the other side takes it."""
        frame = HEAD.pack(PACKET, layer, stream, number) + data
        if not self._full and self._goes(frame):
            return
        waiting = self._pictures if video else self._sound
        if len(waiting) == waiting.maxlen:
            self.dropped += 1
        waiting.append(frame)

    def end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._full = True  # nothing goes any more
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        for waiting in (self._words, self._sound, self._pictures):
            waiting.clear()
        self._on_end(self)

    def _goes(self, frame: bytes) -> bool:
        try:
            self._socket.send(frame)
        except BlockingIOError:
            self._full = True
            self._loop.add_writer(self._socket.fileno(), self._send_waiting)
            return False
        except OSError:
            # Too large, or nobody is there; the latter is noticed by reading.
            self.dropped += 1
            return True
        self.sent += 1
        return True

    def _send_waiting(self) -> None:
        if self._full and not self._ended:
            self._full = False
            self._loop.remove_writer(self._socket.fileno())
        for waiting in (self._words, self._sound, self._pictures):
            while waiting and not self._full:
                if self._goes(waiting[0]):
                    waiting.popleft()

    def _on_readable(self) -> None:
        receive = self._socket.recv
        for _ in range(BURST):
            try:
                data = receive(LARGEST)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                self.end()
                break
            self.received += 1
            self.on_datagram(data)
            if self._ended:
                break
        self._after_burst()

    def on_datagram(self, data: bytes) -> None:
        """One datagram. Public for tests that throw rubbish at it."""
        if data[0] == PACKET and len(data) > HEAD.size:
            _, layer, stream, number = HEAD.unpack_from(data)
            self.on_packet(stream, layer, number, data[HEAD.size :])
            return
        word = unpacked(data)
        if word is None:
            self.strange += 1
        else:
            self._on_word(self, word)
