"""Many datagrams with one system call: recvmmsg(2) and sendmmsg(2) through cffi, no compiler needed."""

from collections.abc import Sequence
from typing import Any

from cffi import FFI

SIZE = 2048
_NOTHING_NOW = 0x40  # MSG_DONTWAIT

_ffi = FFI()
_ffi.cdef("""
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned msg_len; };
    struct sockaddr_in { unsigned short family; unsigned short port; unsigned char address[4]; char zero[8]; };
    int recvmmsg(int, struct mmsghdr *, unsigned, int, void *);
    int sendmmsg(int, struct mmsghdr *, unsigned, int);
""")
_libc = _ffi.dlopen(None)


class _Batch:
    """Places for so many datagrams, each of `SIZE` bytes, one after the other in `memory`."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._memory: Any = _ffi.new("char[]", places * SIZE)
        self._iovecs: Any = _ffi.new("struct iovec[]", places)
        self._messages: Any = _ffi.new("struct mmsghdr[]", places)
        self.memory = memoryview(_ffi.buffer(self._memory)).cast("B")
        for place in range(places):
            self._iovecs[place].iov_base = self._memory + place * SIZE
            self._iovecs[place].iov_len = SIZE
            self._messages[place].msg_hdr.msg_iov = self._iovecs + place
            self._messages[place].msg_hdr.msg_iovlen = 1


class Inbox(_Batch):
    """What came in on a socket, read again and again into the same places."""

    def read(self, descriptor: int) -> int:
        """How many datagrams came, 0 when none did."""
        return max(0, int(_libc.recvmmsg(descriptor, self._messages, self.places, _NOTHING_NOW, _ffi.NULL)))

    def column(self, at: int, count: int) -> bytes:
        """Byte `at` of each of the first `count` datagrams."""
        return bytes(self.memory[at : count * SIZE : SIZE])

    def datagram(self, place: int) -> bytes:
        start = place * SIZE
        return bytes(self.memory[start : start + self._messages[place].msg_len])


class Outbox(_Batch):
    """One datagram for each of the `targets`, sent together."""

    def __init__(self, targets: Sequence[tuple[str, int]]) -> None:
        super().__init__(len(targets))
        self._names: Any = _ffi.new("struct sockaddr_in[]", len(targets))
        for place, (host, port) in enumerate(targets):
            name = self._names[place]
            name.family = 2
            name.port = (port & 0xFF) << 8 | port >> 8
            name.address = [int(part) for part in host.split(".")]
            self._messages[place].msg_hdr.msg_name = self._names + place
            self._messages[place].msg_hdr.msg_namelen = 16

    def place(self, place: int) -> Any:
        """Where a datagram is to be written, for C functions."""
        return self._memory + place * SIZE

    def fill(self, plain: bytes) -> None:
        """The same bytes into each place."""
        for at in range(0, self.places * SIZE, SIZE):
            self.memory[at : at + len(plain)] = plain

    def lengths(self, size: int) -> None:
        """All datagrams have this many bytes."""
        for place in range(self.places):
            self._iovecs[place].iov_len = size

    def send(self, descriptor: int, first: int, behind: int) -> None:
        """The datagrams of these places; what finds no room in the socket is lost, as on a wire."""
        while first < behind:
            sent = int(_libc.sendmmsg(descriptor, self._messages + first, behind - first, 0))
            if sent <= 0:
                return
            first += sent
