"""A plane without a network: datagrams are handed in by hand, SRTP is transparent, time is what the test says."""

import asyncio
import re
import socket
import struct
from typing import Any

from aioice import stun

from server.media import clock
from server.media.endpoint import Endpoint, Rights
from server.media.ice import Address
from server.media.plane import MediaPlane
from server.media.room import Room
from server.media.sdp import AUDIO_LEVEL, MID, RID
from tests.unit.media.sdp_corpus import corpus

HOME: Address = ("127.0.0.1", 5000)
SIMULCAST = re.sub(
    r"(a=mid:1\r\n)",
    r"\1a=rid:h send\r\na=rid:m send\r\na=rid:l send\r\na=simulcast:send h;m;l\r\n",
    corpus()["chromium"],
    count=1,
)
"""Chromium's offer with three encodings of the camera."""


class Outbox:
    """A socket that keeps what it would send."""

    family = socket.AF_INET

    def __init__(self, sent: list[tuple[bytes, Address]]) -> None:
        self._sent = sent

    def sendto(self, data: bytes, address: Address) -> None:
        self._sent.append((bytes(data), address))

    def fileno(self) -> int:
        return -1


class OpenSrtp:
    """SRTP without a key: what an authenticated peer puts into its packets, as it is."""

    def unprotect(self, data: bytes) -> bytes:
        return data

    unprotect_rtcp = unprotect

    def protect(self, data: bytes) -> memoryview:
        return memoryview(data)

    protect_rtcp = protect


class Port:
    """The plane of one test."""

    def __init__(self) -> None:
        self.plane = MediaPlane(udp_host="127.0.0.1", udp_port=0, announce=["127.0.0.1"], forwarder="python")
        self.sent: list[tuple[bytes, Address]] = []
        self.told: list[Any] = []
        self.plane.tell = self.told.append
        self.plane.port._first.close()
        self.plane.port._first = Outbox(self.sent)  # type: ignore[assignment]

    @property
    def room(self) -> Room:
        return self.plane._rooms["r"]

    def join(self, name: str, connection: str, offer: str = "") -> Endpoint:
        self.plane.join(room="r", endpoint=name, connection=connection, sdp_offer=offer or corpus()["chromium"])
        return self.room.endpoints[name]

    def connect(self, name: str, offer: str = "") -> Endpoint:
        """As `join`, and through ICE and DTLS as well."""
        endpoint = self.join(name, "one", offer)
        port = 5000 + len(self.room.endpoints)
        self.receive(self.binding(endpoint), ("127.0.0.1", port))
        endpoint.secure.srtp = endpoint.wire.srtp = OpenSrtp()  # type: ignore[assignment]
        self.room.connected(endpoint)
        return endpoint

    def binding(self, endpoint: Endpoint, *, generation: int = -1, password: str | None = None) -> bytes:
        credentials = endpoint.credentials[generation]
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{credentials.ufrag}:theirs"
        message.attributes["PRIORITY"] = 1
        message.attributes["USE-CANDIDATE"] = None
        message.add_message_integrity((password or credentials.password).encode())
        return bytes(message)

    def receive(self, data: bytes, address: Address) -> None:
        self.plane.port.on_datagram(data, address, clock.now())

    def events(self, kind: str) -> list[Any]:
        return [event for event in self.told if event.ev == kind]

    async def close(self) -> None:
        await asyncio.gather(*(room.close() for room in self.plane._rooms.values()))
        self.plane.port.close()


def rtp(
    seq: int, ts: int, ssrc: int, payload: bytes, *, pt: int = 96, extensions: dict[int, bytes] | None = None
) -> bytes:
    """One packet, with one-byte header extensions (RFC 8285)."""
    body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in (extensions or {}).items())
    body += bytes(-len(body) % 4)
    first = 0x90 if extensions else 0x80
    head = struct.pack("!BBHII", first, pt, seq & 0xFFFF, ts & 0xFFFFFFFF, ssrc)
    return head + (struct.pack("!HH", 0xBEDE, len(body) // 4) + body if extensions else b"") + payload


HEIGHTS = {"h": 720, "m": 360, "l": 180}
DELTA = b"\x90\xe0\x80\x06\x0a\x20\x11"


def key_frame(height: int) -> bytes:
    size = struct.pack("<HH", height * 16 // 9, height)
    return b"\x90\xe0\x80\x05\x09\x20" + b"\x10\x00\x00\x9d\x01\x2a" + size


class Camera:
    """A publisher's camera, encoding by encoding, as fast as the test wants."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._seq = 0
        self._ssrc = 100
        line = endpoint.offer.sending()[1]
        self._extensions = {uri: line.extension(uri) for uri in (MID, RID)}
        self._pt = line.pt
        self._mid = line.mid.encode()

    def sends(self, *rids: str, key: bool = False, frames: int = 1) -> None:
        for _ in range(frames):
            self._seq += 1
            for rid in rids:
                self._send(rid, key_frame(HEIGHTS[rid]) if key else DELTA)

    def pads(self, rid: str) -> None:
        """A packet that carries nothing but padding."""
        self._seq += 1
        self._send(rid, b"")

    def renumbers(self) -> None:
        """Other SSRCs and numbers, as after a new encoder."""
        self._ssrc += 10
        self._seq += 5000

    def _send(self, rid: str, payload: bytes) -> None:
        extensions = {self._extensions[MID]: self._mid, self._extensions[RID]: rid.encode()}
        ssrc = self._ssrc + "hml".index(rid)
        data = rtp(self._seq, self._seq * 3000, ssrc, payload, pt=self._pt, extensions=extensions)
        self._endpoint.on_media(data, clock.now())


class Microphone:
    """A publisher's microphone."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._line = endpoint.offer.sending()[0]
        self._level = self._line.extension(AUDIO_LEVEL)
        self._seq = 0

    def speaks(self, level: int = 10, *, frames: int = 1) -> None:
        """Levels are those of RFC 6464: 0 is loudest."""
        for _ in range(frames):
            self._seq += 1
            data = rtp(
                self._seq,
                self._seq * 960,
                self._line.ssrc,
                b"sound of speech",
                pt=self._line.pt,
                extensions={self._level: bytes([0x80 | level])},
            )
            self._endpoint.on_media(data, clock.now())


def allow(port: Port, seq: int = 1, **rights: Rights) -> None:
    port.plane.rights(room="r", seq=seq, rights=rights)


def layer_in(endpoint: Endpoint, slot: int = 0) -> str | None:
    down = [endpoint.viewer.big, *endpoint.viewer.thumbs][slot]
    return down.layer.rid if down is not None and down.layer is not None else None
