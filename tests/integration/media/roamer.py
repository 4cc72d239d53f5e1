"""A client made of bare sockets: it asks from wherever a test wants, moves in the middle of a word, and counts.

Its checks, its DTLS and its SRTP are real; what a browser would hide behind a peer connection is in the test's hands.
"""

import asyncio
import re
import secrets
import socket
import struct
from collections.abc import Callable

from aioice import stun
from aiortc import RTCCertificate

from server.media.ice import Address
from server.media.seam import SecurePeer, certificate_fingerprint
from tests.integration.media.media_harness import Gateway

_SSRC = 0x5EED
_FIRST_SEQ = 1000
_CHECK_SECONDS = 0.2

OFFER = """v=0
o=- 1 {version} IN IP4 127.0.0.1
s=-
t=0 0
a=ice-ufrag:{ufrag}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ssrc:{ssrc} cname:roamer
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:1
a=recvonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
"""


class Roamer:
    """See the module. `answered_from` tells from which of the worker's addresses datagrams came."""

    def __init__(self, name: str, gateway: Gateway, *, server: Address, source: socket.socket) -> None:
        self.name = name
        self._gateway = gateway
        self._server = server
        self._source = source
        self._certificate = RTCCertificate.generateCertificate()
        self._connection = secrets.token_hex(4)
        self._version = 0
        self._ufrag = self._password = ""
        self._theirs: list[tuple[str, str]] = []
        self._secure: SecurePeer | None = None
        self._checking: asyncio.Task[None]
        self._speaking: asyncio.Task[None]
        self._sockets: list[socket.socket] = []
        self._seq = _FIRST_SEQ
        self._seen_as: dict[int, Address] = {}
        self._news = asyncio.Event()
        self.answered_from: set[str] = set()
        self.heard: list[int] = []
        self.heard_at: list[Address] = []
        self.heard_from: list[str] = []

    async def join(self) -> "Roamer":
        """Offer, check, shake hands; then speak fifty times a second."""
        await self.offer()
        self._listen(self._source)
        self._checking = self._speaking = asyncio.create_task(self._keep_checking())
        fingerprints = re.findall(r"a=fingerprint:(\S+) (\S+)", self._answer)
        self._secure = SecurePeer(
            certificate=self._certificate, fingerprints=fingerprints[:1], send=self.send, role="client"
        )
        async with asyncio.timeout(10):
            await self._until(lambda: self._source.fileno() in self._seen_as)
            assert await self._secure.handshake()
        self._speaking = asyncio.create_task(self._speak())
        return self

    async def offer(self) -> None:
        """The first one joins; a later one restarts ICE: new credentials on both sides, the same keys."""
        self._version += 1
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(12)
        sdp = OFFER.format(
            version=self._version,
            ufrag=self._ufrag,
            password=self._password,
            fingerprint=certificate_fingerprint(self._certificate),
            ssrc=_SSRC,
        ).replace("\n", "\r\n")
        self._answer = await self._gateway.join(self.name, self._connection, sdp)
        ufrag, password = re.findall(r"a=ice-(?:ufrag|pwd):(\S+)", self._answer)[:2]
        self._theirs.append((ufrag, password))

    @property
    def candidates(self) -> list[str]:
        """The addresses that the worker announced."""
        return re.findall(r"a=candidate:\d+ 1 udp \d+ (\S+) ", self._answer)

    def move(
        self, source: socket.socket, server: Address | None = None, *, generation: int = -1, nominates: bool = True
    ) -> None:
        """Everything goes out here from now on; the worker learns of it by this check."""
        self._source = source
        self._server = server or self._server
        self._listen(source)
        self.check(generation=generation, nominates=nominates)

    def falls_silent(self, *, checks: bool = False) -> None:
        """Says nothing more, and without `checks` asks nothing more."""
        self._speaking.cancel()
        if not checks:
            self._checking.cancel()

    def check(self, *, generation: int = -1, nominates: bool = True) -> None:
        """A connectivity check from where we are."""
        ufrag, password = self._theirs[generation]
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{ufrag}:{self._ufrag}"
        message.attributes["PRIORITY"] = 1
        message.attributes["ICE-CONTROLLING"] = 1
        if nominates:
            message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity(password.encode())
        self.send(bytes(message))

    def send(self, data: bytes) -> None:
        self._source.sendto(data, self._server)

    def says(self, plain: bytes) -> None:
        """Any packet, protected with our keys; what cannot be protected is not sent."""
        assert self._secure is not None
        srtp = self._secure.srtp
        if srtp is None or len(plain) < 8:
            return
        data = bytes(srtp.protect_rtcp(plain) if 192 <= plain[1] <= 223 else srtp.protect(plain))
        if data:
            self.send(data)

    def seen_as(self, source: socket.socket) -> Address:
        """What the worker told us our address is, at this socket."""
        return self._seen_as[source.fileno()]

    async def hears(self, packets: int) -> None:
        """Wait until so many more packets of others came."""
        wanted = len(self.heard) + packets
        async with asyncio.timeout(10):
            await self._until(lambda: len(self.heard) >= wanted)

    async def hears_from(self, host: str) -> None:
        """Wait for a datagram from this address of the worker."""
        self.answered_from.discard(host)
        async with asyncio.timeout(10):
            await self._until(lambda: host in self.answered_from)

    async def answered(self, source: socket.socket) -> None:
        """Wait for the answer to a check from this socket."""
        async with asyncio.timeout(10):
            await self._until(lambda: source.fileno() in self._seen_as)

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._news.clear()
            await self._news.wait()

    def _listen(self, source: socket.socket) -> None:
        if source not in self._sockets:
            self._sockets.append(source)
            asyncio.get_running_loop().add_reader(source.fileno(), self._on_readable, source)

    def _on_readable(self, source: socket.socket) -> None:
        try:
            data, address = source.recvfrom(2048)
        except OSError:
            return
        self.answered_from.add(address[0])
        first = data[0]
        if first < 4:
            mapped = stun.parse_message(data).attributes.get("XOR-MAPPED-ADDRESS")
            if mapped:
                self._seen_as[source.fileno()] = (mapped[0], mapped[1])
        elif self._secure is None:
            return
        elif first < 64:
            self._secure.feed(data)
        elif self._secure.srtp is not None and not 192 <= data[1] <= 223:
            plain = self._secure.srtp.unprotect(data)
            if plain:
                self.heard.append(struct.unpack_from("!H", plain, 2)[0])
                self.heard_at.append(source.getsockname()[:2])
                self.heard_from.append(address[0])
        self._news.set()

    async def _keep_checking(self) -> None:
        while True:
            self.check()
            await asyncio.sleep(_CHECK_SECONDS)

    async def _speak(self) -> None:
        assert self._secure is not None
        assert self._secure.srtp is not None
        while True:
            stamp = (self._seq * 960) & 0xFFFFFFFF
            plain = struct.pack("!BBHII", 0x80, 111, self._seq & 0xFFFF, stamp, _SSRC) + b"\xfc" + bytes(60)
            self.send(bytes(self._secure.srtp.protect(plain)))
            self._seq += 1
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        self.falls_silent()
        await asyncio.gather(self._checking, self._speaking, return_exceptions=True)
        for each in self._sockets:
            asyncio.get_running_loop().remove_reader(each.fileno())
        if self._secure is not None:
            await self._secure.close()
        for each in self._sockets:
            each.close()
