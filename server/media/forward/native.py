"""The backend with a compiled helper, `forward.c`: one call into C per incoming packet, whatever the number of viewers.

The helper is built once by `python -m server.media.forward.build` (`make install` and `make demo` do it where there is
a C compiler) and loaded by cffi. The structures it reads live here, and live as long as something in C points to them.
"""

from pathlib import Path
from typing import Any

from cffi import FFI

from server.media.downtrack import DownTrack
from server.media.forward import ForwarderMissing
from server.media.forward.addresses import socket_address
from server.media.rtp import Outgoing
from server.media.seam import srtp_ffi, srtp_lib
from server.media.uptrack import Layer
from server.media.wire import Wire

SOURCE = Path(__file__).with_name("forward.c")
LIBRARY = Path(__file__).with_name("forward.so")

_ffi = FFI()
_ffi.cdef(
    """
    struct gs_wire { void *srtp; int fd; uint32_t address_length; uint8_t address[28]; uint32_t unsent; };
    struct gs_slot {
        struct gs_wire *wire; int64_t first; int64_t soff;
        uint32_t toff, ssrc, csrc, timed; uint16_t poff; uint8_t loff, pt;
    };
    struct gs_packet {
        const uint8_t *payload; int32_t size, pid_at, tl0_at; int64_t seq;
        uint32_t ts, send_time; uint16_t pid; uint8_t tl0, marker, newest;
    };
    struct gs_ring;
    size_t gs_ring_size(void);
    void gs_ring_init(struct gs_ring *ring, void *protect);
    void gs_flush(struct gs_ring *ring);
    void gs_forward(struct gs_ring *ring, struct gs_slot **slots, int many, const struct gs_packet *packet);
    """
)


class _Audience:
    """The slots that show one layer, as an array in C."""

    __slots__ = ("array", "many", "room", "slots")

    def __init__(self) -> None:
        self.slots: list[Any] = []
        self.room = 8
        self.array = _ffi.new("struct gs_slot *[]", self.room)
        self.many = 0

    def add(self, slot: Any) -> None:
        if self.many == self.room:
            self.room *= 2
            array = _ffi.new("struct gs_slot *[]", self.room)
            _ffi.memmove(array, self.array, _ffi.sizeof(self.array))
            self.array = array
        self.array[self.many] = slot
        self.slots.append(slot)
        self.many += 1

    def remove(self, slot: Any) -> None:
        place = self.slots.index(slot)
        # The last one takes the free place: order between viewers means nothing.
        last = self.slots.pop()
        self.many -= 1
        if last is not slot:
            self.slots[place] = last
            self.array[place] = last


class NativeForwarder:
    """See `Forwarder`."""

    name = "native"

    def __init__(self, library: Path = LIBRARY) -> None:
        if not library.exists():
            raise ForwarderMissing("the helper is not built (python -m server.media.forward.build)")
        if library.stat().st_mtime < SOURCE.stat().st_mtime:
            raise ForwarderMissing("the helper is older than its source: build it again")
        try:
            self._lib: Any = _ffi.dlopen(str(library))
        except OSError as error:
            raise ForwarderMissing(str(error)) from error
        self._memory = _ffi.new("char[]", self._lib.gs_ring_size() + 16)
        start = int(_ffi.cast("uintptr_t", self._memory))
        self._ring = _ffi.cast("struct gs_ring *", (start + 15) & ~15)
        protect = int(srtp_ffi.cast("uintptr_t", srtp_ffi.addressof(srtp_lib, "srtp_protect")))
        self._lib.gs_ring_init(self._ring, _ffi.cast("void *", protect))
        self._packet = _ffi.new("struct gs_packet *")

    def aim(self, wire: Wire) -> None:
        # Waiting packets name the old address in place: let them go first.
        self.flush()
        aimed = wire.native
        if aimed is None:
            aimed = wire.native = _ffi.new("struct gs_wire *")
        if wire.srtp is None or wire.address is None or wire.socket is None:
            aimed.srtp = _ffi.NULL
            return
        raw = socket_address(wire.address, wire.socket.family)
        _ffi.memmove(aimed.address, raw, len(raw))
        aimed.address_length = len(raw)
        aimed.fd = wire.socket.fileno()
        aimed.srtp = _ffi.cast("void *", int(srtp_ffi.cast("uintptr_t", wire.srtp.sending)))

    def begin(self, down: DownTrack) -> None:
        run, layer = down.run, down.layer
        if run is None or layer is None:
            return
        if down.wire.native is None:
            self.aim(down.wire)
        slot = down.native
        if slot is None:
            slot = down.native = _ffi.new("struct gs_slot *")
        slot.wire = down.wire.native
        slot.first, slot.soff = run.first, run.soff
        slot.toff, slot.poff, slot.loff = run.toff, run.poff, run.loff
        slot.ssrc, slot.csrc, slot.timed, slot.pt = down.ssrc, run.number, down.timed, down.pt
        if layer.native is None:
            layer.native = _Audience()
        layer.native.add(slot)

    def end(self, down: DownTrack) -> None:
        run = down.run
        audience: _Audience | None = run.source.native if run is not None else None
        if audience is not None and down.native is not None:
            audience.remove(down.native)

    def forward(self, layer: Layer, out: Outgoing) -> None:
        audience: _Audience | None = layer.native
        if audience is None or not audience.many:
            return
        packet = self._packet
        held = _ffi.from_buffer(out.payload)  # keeps the bytes alive during the call
        packet.payload = _ffi.cast("uint8_t *", held)
        packet.size = len(out.payload)
        packet.seq, packet.ts, packet.marker, packet.newest = out.seq, out.ts, out.marker, out.newest
        packet.send_time = out.send_time
        packet.pid_at, packet.tl0_at, packet.pid, packet.tl0 = out.pid_at, out.tl0_at, out.pid, out.tl0
        self._lib.gs_forward(self._ring, audience.array, audience.many, packet)

    def flush(self) -> None:
        self._lib.gs_flush(self._ring)
