"""One member of the crowd: a socket, its connectivity checks, DTLS, SRTP. Enough WebRTC for a server, and no more.

Datagrams are read by `load.py`, which looks at media itself and gives everything else to `on_datagram`.
"""

import asyncio
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from aioice import stun
from aiortc import RTCCertificate

from server.media import ice
from server.media.seam import SecurePeer, Srtp, certificate_fingerprint

CHECK_AGAIN_S = 0.2
JOIN_TIMEOUT_S = 30.0
_BUFFER = 1024 * 1024
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35

_CERTIFICATE = RTCCertificate.generateCertificate()
FINGERPRINT = certificate_fingerprint(_CERTIFICATE)


def make_room(sock: socket.socket, size: int) -> None:
    """For what comes while its reader is kept waiting; beyond the system's limit only root may."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)


@dataclass(frozen=True, kw_only=True)
class Remote:
    """What a server's description says about its end."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    address: tuple[str, int]

    @classmethod
    def read(cls, sdp: str) -> "Remote":
        def first(pattern: str) -> re.Match[str]:
            found = re.search(pattern, sdp, re.MULTILINE)
            if found is None:
                raise ValueError(f"no {pattern} in the description")
            return found

        algorithm, digest = first(r"^a=fingerprint:(\S+) (\S+)").groups()
        host, port = first(r"^a=candidate:\S+ 1 (?:udp|UDP) \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host").groups()
        return cls(
            ufrag=first(r"^a=ice-ufrag:(\S+)")[1],
            password=first(r"^a=ice-pwd:(\S+)")[1],
            fingerprint=(algorithm, digest),
            address=(host, int(port)),
        )


class Peer:
    """See the module."""

    def __init__(self, host: str, *, stamped: bool = False) -> None:
        self.credentials = ice.Credentials(secrets.token_hex(4), secrets.token_hex(12))
        self.srtp: Srtp | None = None
        self.profile = ""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        make_room(self.socket, _BUFFER)
        if stamped:
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.socket.setblocking(False)
        self.socket.bind((host, 0))
        self.address: tuple[str, int] = self.socket.getsockname()
        self.descriptor = self.socket.fileno()
        self.on_media: Callable[[bytes], None] = lambda data: None
        self._remote: Remote | None = None
        self._controlling = True
        self._reached = asyncio.Event()
        self._secure: SecurePeer | None = None

    async def connect(self, remote: Remote, *, controlling: bool, dtls: str) -> None:
        """Find the server, shake hands; `dtls` is "client" or "server"."""
        self._remote, self._controlling = remote, controlling
        self._secure = SecurePeer(
            certificate=_CERTIFICATE, fingerprints=[remote.fingerprint], send=self.send, role=dtls
        )
        async with asyncio.timeout(JOIN_TIMEOUT_S):
            checking = asyncio.create_task(self._check_until_reached())
            try:
                await self._reached.wait()
                if not await self._secure.handshake():
                    raise ConnectionError("no DTLS")
            finally:
                checking.cancel()
                await asyncio.gather(checking, return_exceptions=True)
        self.srtp = self._secure.srtp
        ssl = self._secure._dtls._ssl
        assert ssl is not None
        self.profile = ssl.get_selected_srtp_profile().decode()

    def meet(self, address: tuple[str, int], srtp: Srtp | None, profile: str = "") -> None:
        """Without checks and handshake: for the bare limit, whose keys are known."""
        self.profile = profile
        self._remote = Remote(ufrag="", password="", fingerprint=("", ""), address=address)
        self.srtp = srtp

    async def _check_until_reached(self) -> None:
        while not self._reached.is_set():
            self.check()
            await asyncio.sleep(CHECK_AGAIN_S)

    def check(self) -> None:
        """A connectivity check; later it keeps consent fresh."""
        remote = self._remote
        if remote is None or not remote.ufrag:
            return
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{remote.ufrag}:{self.credentials.ufrag}"
        request.attributes["PRIORITY"] = 2130706431
        if self._controlling:
            request.attributes["ICE-CONTROLLING"] = 1
            request.attributes["USE-CANDIDATE"] = None
        else:
            request.attributes["ICE-CONTROLLED"] = 1
        request.add_message_integrity(remote.password.encode())
        self.send(bytes(request))

    def send(self, data: bytes | memoryview) -> None:
        if self._remote is not None:
            self.socket.sendto(data, self._remote.address)

    def send_rtcp(self, plain: bytes) -> None:
        if self.srtp is not None:
            self.send(self.srtp.protect_rtcp(plain))

    def on_datagram(self, data: bytes) -> None:
        """Whatever came; media goes on to `on_media`."""
        first = data[0]
        if 128 <= first <= 191:
            self.on_media(data)
        elif 20 <= first <= 63:
            if self._secure is not None:
                self._secure.feed(data)
        elif data[:2] == b"\x01\x01":
            self._reached.set()
        elif self._remote is not None:
            answer = ice.check(data, self._remote.address, self._password_of)
            if answer is not None:
                self.send(answer.response)

    def _password_of(self, ufrag: str) -> str | None:
        return self.credentials.password if ufrag == self.credentials.ufrag else None

    async def close(self) -> None:
        if self._secure is not None:
            await self._secure.close()
        self.socket.close()
