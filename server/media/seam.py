"""The seam to aiortc and pylibsrtp: the only file that touches their private names.

`SecurePeer` is a DTLS-SRTP association over datagrams that somebody else moves. `self_test` pushes packets through
two of them at start-up, so that an upgrade which breaks a name is one clear sentence and not a silent meeting.
"""

import asyncio
from collections.abc import Callable, Sequence

from aiortc import RTCCertificate
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from pylibsrtp import _binding

HANDSHAKE_TIMEOUT = 20.0
_TRAILER = 16 + 128 + 4
_ROOM = 2048

srtp_ffi = _ffi = _binding.ffi
srtp_lib = _lib = _binding.lib
# One scratch buffer for the process: the packet path is one thread and copies before it returns.
_cdata = _ffi.new("char[]", _ROOM)
_buffer = _ffi.buffer(_cdata)
_view = memoryview(_buffer)
_length = _ffi.new("int *")


class SeamBroken(RuntimeError):
    """aiortc or pylibsrtp no longer look the way this file expects."""


class Srtp:
    """In-place SRTP without exceptions. Keeps the pylibsrtp session alive as long as its context is used."""

    __slots__ = ("_rx", "_rx_session", "_tx_session", "sending")

    def __init__(self, rx_session: object, tx_session: object) -> None:
        self._rx_session = rx_session
        self._tx_session = tx_session
        self._rx = rx_session._srtp[0]  # type: ignore[attr-defined]
        self.sending = tx_session._srtp[0]  # type: ignore[attr-defined]
        """libsrtp's context for what goes out, for forwarders that protect by themselves."""

    def unprotect(self, data: bytes) -> bytes:
        """Decrypted RTP, empty when it is forged, replayed or malformed."""
        return self._in(data, _lib.srtp_unprotect)

    def unprotect_rtcp(self, data: bytes) -> bytes:
        return self._in(data, _lib.srtp_unprotect_rtcp)

    def _in(self, data: bytes, function: Callable[..., int]) -> bytes:
        size = len(data)
        if size > _ROOM - _TRAILER:
            return b""
        _buffer[0:size] = data
        _length[0] = size
        if function(self._rx, _cdata, _length):
            return b""
        return bytes(_buffer[0 : _length[0]])

    def protect(self, data: bytes) -> memoryview:
        """Encrypted RTP in the scratch buffer: valid until the next call. Empty when it cannot be done."""
        return self._out(data, _lib.srtp_protect)

    def protect_rtcp(self, data: bytes) -> memoryview:
        return self._out(data, _lib.srtp_protect_rtcp)

    def _out(self, data: bytes, function: Callable[..., int]) -> memoryview:
        size = len(data)
        if size > _ROOM - _TRAILER:
            return _view[0:0]
        _buffer[0:size] = data
        _length[0] = size
        if function(self.sending, _cdata, _length):
            return _view[0:0]
        return _view[0 : _length[0]]


class _Wire:
    """What RTCDtlsTransport needs of an ICE transport."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._write = send
        # A flood of DTLS datagrams is cut here; a handshake needs less than a dozen.
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=32)
        self.closed = False

    async def _recv(self) -> bytes:
        if self.closed:
            raise ConnectionError
        data = await self.queue.get()
        if data is None:
            self.closed = True
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self._write(data)


class SecurePeer:
    """One DTLS association, as server unless told otherwise."""

    def __init__(
        self,
        *,
        certificate: RTCCertificate,
        fingerprints: Sequence[tuple[str, str]],
        send: Callable[[bytes], None],
        role: str = "server",
    ) -> None:
        self._wire = _Wire(send)
        self._dtls = RTCDtlsTransport(self._wire, [certificate])  # type: ignore[arg-type]
        self._dtls._set_role(role)
        self._remote = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(algorithm=name, value=value) for name, value in fingerprints]
        )
        self.srtp: Srtp | None = None

    def feed(self, datagram: bytes) -> None:
        """A DTLS record came in."""
        if not self._wire.queue.full():
            self._wire.queue.put_nowait(datagram)

    async def handshake(self) -> bool:
        """Shake hands; True when media keys are there."""
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                await self._dtls.start(self._remote)
        except TimeoutError:
            return False
        if self._dtls.state != "connected":
            return False
        self.srtp = Srtp(self._dtls._rx_srtp, self._dtls._tx_srtp)
        return True

    async def closed(self) -> None:
        """Wait until the other side says goodbye."""
        task = self._dtls._task
        if task is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        task = self._dtls._task
        self.srtp = None
        await self._dtls.stop()
        self._wire.closed = True
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)


def certificate_fingerprint(certificate: RTCCertificate) -> str:
    """SHA-256, as it stands in a description."""
    return next(each.value for each in certificate.getFingerprints() if each.algorithm == "sha-256")


async def self_test() -> None:
    """Two peers in this process, one packet through each way; raises SeamBroken with one sentence."""
    try:
        await _shake_and_send()
    except SeamBroken:
        raise
    except (AttributeError, TypeError, ValueError, AssertionError) as error:
        raise SeamBroken(
            f"aiortc or pylibsrtp changed a private name that server/media/seam.py uses ({error}); "
            "install the pinned versions or adapt that file"
        ) from error


async def _shake_and_send() -> None:
    certificates = [RTCCertificate.generateCertificate() for _ in range(2)]
    prints = [[("sha-256", certificate_fingerprint(each))] for each in certificates]
    peers: list[SecurePeer] = []
    server = SecurePeer(
        certificate=certificates[0], fingerprints=prints[1], send=lambda data: peers[1].feed(data), role="server"
    )
    client = SecurePeer(
        certificate=certificates[1], fingerprints=prints[0], send=lambda data: peers[0].feed(data), role="client"
    )
    peers += [server, client]
    try:
        shaken = await asyncio.gather(server.handshake(), client.handshake())
        if not all(shaken) or server.srtp is None or client.srtp is None:
            raise SeamBroken("two DTLS peers in one process do not connect: check the aiortc version")
        plain = b"\x80\x60\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03" + b"sound" * 20
        report = b"\x80\xc9\x00\x01\x00\x00\x00\x03"
        cipher = bytes(server.srtp.protect(plain))
        if not len(plain) < len(cipher) <= len(plain) + _TRAILER or cipher[:12] != plain[:12]:
            raise SeamBroken("srtp_protect changed its meaning: check the pylibsrtp version")
        if client.srtp.unprotect(cipher) != plain:
            raise SeamBroken("a protected packet does not come back: check the pylibsrtp version")
        if server.srtp.unprotect_rtcp(bytes(client.srtp.protect_rtcp(report))) != report:
            raise SeamBroken("a protected report does not come back: check the pylibsrtp version")
        if client.srtp.unprotect(b"\x80" * 40) != b"":
            raise SeamBroken("a forged packet is accepted: check the pylibsrtp version")
    finally:
        await asyncio.gather(server.close(), client.close())
