"""The default backend: SRTP in place in a ring of buffers, many datagrams per `sendmmsg`. No compiler is needed.

libsrtp is called through pylibsrtp's own binding, the system call through cffi's ABI mode. A packet is written into a
free buffer of the ring, protected there, and waits until the burst ends or the ring is full.
"""

import errno
import socket

from cffi import FFI

from server.media.downtrack import PICTURE_ID, PLAIN, TIMED, DownTrack
from server.media.forward import ForwarderMissing
from server.media.forward.addresses import socket_address
from server.media.rtp import Outgoing
from server.media.seam import srtp_ffi, srtp_lib
from server.media.uptrack import Layer
from server.media.wire import Wire

RING = 128
ROOM = 2048
_TRAILER = 16 + 128 + 4

_ffi = FFI()
_ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int sendmmsg(int fd, struct mmsghdr *msgs, unsigned int count, int flags);
    """
)
_DONTWAIT = socket.MSG_DONTWAIT
_FULL = frozenset({errno.EAGAIN, errno.ENOBUFS})


class _Aim:
    """What the ring needs of a wire: its address in C, its key, its socket."""

    __slots__ = ("context", "fd", "length", "name", "wire")

    def __init__(self, wire: Wire) -> None:
        assert wire.srtp is not None
        assert wire.address is not None
        assert wire.socket is not None
        raw = socket_address(wire.address, wire.socket.family)
        self.name = _ffi.from_buffer("char[]", raw)
        self.length = len(raw)
        self.context = wire.srtp.sending
        self.fd = wire.socket.fileno()
        self.wire = wire


class CffiForwarder:
    """See `Forwarder`."""

    name = "cffi"

    def __init__(self) -> None:
        try:
            self._sendmmsg = _ffi.dlopen(None).sendmmsg
        except (OSError, AttributeError) as error:
            raise ForwarderMissing("this system has no sendmmsg") from error
        self._protect = srtp_lib.srtp_protect
        space = srtp_ffi.new("char[]", RING * ROOM)
        self._space = space
        self._view = memoryview(srtp_ffi.buffer(space))
        self._buffers = [space + place * ROOM for place in range(RING)]
        self._lengths = srtp_ffi.new("int[]", RING)
        self._length_at = [self._lengths + place for place in range(RING)]
        self._vectors = _ffi.new("struct iovec[]", RING)
        self._messages = _ffi.new("struct mmsghdr[]", RING)
        base = _ffi.cast("char *", int(srtp_ffi.cast("uintptr_t", space)))
        for place in range(RING):
            self._vectors[place].iov_base = base + place * ROOM
            header = self._messages[place].msg_hdr
            header.msg_iov = self._vectors + place
            header.msg_iovlen = 1
        self._headers = [self._messages[place].msg_hdr for place in range(RING)]
        self._vector_at = [self._vectors[place] for place in range(RING)]
        self._aims: list[_Aim] = []
        self._fd = -1

    def aim(self, wire: Wire) -> None:
        # What still waits was protected with the old key and goes to the old address: that is as it should be.
        if wire.native is not None:
            self.flush()
        wire.native = _Aim(wire) if wire.ready else None

    def begin(self, down: DownTrack) -> None:
        """The constants are read from the slot itself."""

    def end(self, down: DownTrack) -> None:
        """Nothing is kept."""

    def forward(self, layer: Layer, out: Outgoing) -> None:
        payload, newest, seq_in, ts_in, marker = out.payload, out.newest, out.seq, out.ts, out.marker
        size, pid_at, tl0_at, send_time = len(payload), out.pid_at, out.tl0_at, out.send_time
        if size > ROOM - TIMED.size - _TRAILER:
            return
        view, buffers, lengths, length_at = self._view, self._buffers, self._lengths, self._length_at
        headers, vectors, aims, protect = self._headers, self._vector_at, self._aims, self._protect
        for down in layer.downs:
            aim: _Aim | None = down.wire.native
            run = down.run
            if aim is None or run is None or not (newest or seq_in >= run.first):
                continue
            place = len(aims)
            if place == RING or aim.fd != self._fd:
                self.flush()
                self._fd = aim.fd
                place = 0
            at = place * ROOM
            if down.timed:
                TIMED.pack_into(
                    view, at, 0x91, marker | down.pt, (seq_in + run.soff) & 0xFFFF, (ts_in + run.toff) & 0xFFFFFFFF,
                    down.ssrc, run.number, 0xBEDE, 1, down.timed | send_time,
                )  # fmt: skip
                body = at + 24
            else:
                PLAIN.pack_into(
                    view, at, 0x81, marker | down.pt, (seq_in + run.soff) & 0xFFFF, (ts_in + run.toff) & 0xFFFFFFFF,
                    down.ssrc, run.number,
                )  # fmt: skip
                body = at + 16
            view[body : body + size] = payload
            if pid_at >= 0:
                PICTURE_ID.pack_into(view, body + pid_at, 0x8000 | ((out.pid + run.poff) & 0x7FFF))
            if tl0_at >= 0:
                view[body + tl0_at] = (out.tl0 + run.loff) & 0xFF
            lengths[place] = body - at + size
            if protect(aim.context, buffers[place], length_at[place]):
                continue
            header = headers[place]
            header.msg_name = aim.name
            header.msg_namelen = aim.length
            vectors[place].iov_len = lengths[place]
            aims.append(aim)

    def flush(self) -> None:
        aims = self._aims
        count = len(aims)
        if not count:
            return
        done = 0
        while done < count:
            sent = self._sendmmsg(self._fd, self._messages + done, count - done, _DONTWAIT)
            if sent <= 0:
                # One datagram that cannot be sent (unreachable, too large) must not hold the others back; a full
                # socket buffer loses the rest of the burst, which viewers ask for again.
                full = sent < 0 and _ffi.errno in _FULL
                lost = count - done if full else 1
                for aim in aims[done : done + lost]:
                    aim.wire.unsent += 1
                done += lost
                continue
            done += sent
        aims.clear()
