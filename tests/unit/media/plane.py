"""A plane without a network: datagrams are handed in by hand, SRTP is transparent, time is what the test says."""

import asyncio
import re
import socket
import struct
from typing import Any

from aioice import stun

from server.media import clock
from server.media.endpoint import Endpoint
from server.media.ice import Address
from server.media.plane import MediaPlane
from server.media.room import Room
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
        port = 5000 + endpoint.number
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
