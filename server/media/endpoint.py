"""One peer connection of one endpoint: its ICE credentials, its DTLS association, and the limits of what it may do.

What it sends is `publisher.py`, what it receives is `viewer.py`. Datagrams come from `udp.py`, which has checked where
they belong. Rights and slots come from `room.py`. Nothing a peer sends raises out of here.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from aiortc import RTCCertificate

from server.media import clock, rtcp
from server.media.forward import Forwarder
from server.media.ice import GENERATIONS, Address, Credentials
from server.media.publisher import MAX_SSRCS, Publisher
from server.media.quality import QualityNow, judge
from server.media.rtp import Packet
from server.media.sdp import Line, Offer, Use
from server.media.seam import SecurePeer
from server.media.uptrack import AskKey, UpTrack
from server.media.viewer import Viewer
from server.media.wire import Wire

CONSENT_TIMEOUT = 30.0
# Three encodings and a screen make about 500 packets and 4 Mbit/s.
MAX_PACKETS_PER_SECOND = 3000
MAX_BITRATE = 12_000_000
MAX_EXTENSION_BYTES = 256
MAX_STREAMS = 64
# So many refused packets in a second are no accident.
MAX_REFUSED_PER_SECOND = 500
PACE = 0.25
"""Seconds between two looks at what fits the links."""


class Gone(StrEnum):
    """Why an endpoint's connection ended."""

    LEFT = "left"
    REPLACED = "replaced"
    CLOSED = "closed"
    CONSENT = "consent"
    HANDSHAKE = "handshake"
    FLOOD = "flood"
    BITRATE = "bitrate"
    STREAMS = "streams"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Rights:
    """What an endpoint may send. Nothing, unless somebody said so."""

    audio: bool = False
    camera: bool = False
    screen: bool = False

    def apply(self, ups: Mapping[Use, UpTrack]) -> bool:
        """To the tracks of an endpoint, wherever it is connected; True when any of them changed."""
        wanted = {Use.MIC: self.audio, Use.CAMERA: self.camera, Use.SCREEN: self.screen}
        changed = False
        for use, track in ups.items():
            changed |= track.allow(wanted[use])
        return changed


class Port(Protocol):
    """The socket, as an endpoint sees it."""

    def socket_for(self, address: Address) -> socket.socket: ...

    def expect(self, ufrag: str, endpoint: "Endpoint") -> None: ...

    def forget(self, endpoint: "Endpoint") -> None: ...


class House(Protocol):
    """The room, as an endpoint sees it."""

    def changed(self) -> None: ...

    def heard(self, endpoint: str, level: int, now: float) -> None: ...

    def connected(self, endpoint: "Endpoint") -> None: ...

    def gone(self, endpoint: "Endpoint", why: Gone) -> None: ...


class Endpoint:
    """See the module."""

    def __init__(
        self,
        *,
        name: str,
        connection: str,
        number: int,
        offer: Offer,
        certificate: RTCCertificate,
        port: Port,
        house: House,
        forwarder: Forwarder,
    ) -> None:
        now = clock.now()
        self.name = name
        self.connection = connection
        self.number = number
        self.offer = offer
        self.credentials: deque[Credentials] = deque(maxlen=GENERATIONS)
        self.addresses: deque[Address] = deque(maxlen=8)
        self.version = 0  # of the answer
        self.since: float | None = None  # when it was connected
        self.packets_in = self.octets_in = self.refused = 0
        self.bitrate_in = 0
        self.quality = QualityNow()
        self._port = port
        self._house = house
        self._forwarder = forwarder
        self._last_check = now
        self._last_second = self._last_pace = now
        self._this_second = self._refused_this_second = self._octets_before = 0
        self._packet = Packet()
        self._streams: set[bytes] = set()
        self._streams_refused = 0
        self._closed = False
        self._task: asyncio.Task[None] | None = None
        self.wire = Wire()
        self.secure = SecurePeer(certificate=certificate, fingerprints=offer.fingerprints, send=self.wire.send_raw)
        self.publisher = Publisher(offer=offer, wire=self.wire, make=self._make_track)
        self.viewer = Viewer(offer=offer, wire=self.wire, slots=forwarder)
        self.new_credentials()

    def _make_track(self, line: Line, ask_key: AskKey) -> UpTrack:
        return UpTrack(
            line=line,
            endpoint=self.name,
            number=self.number,
            forwarder=self._forwarder,
            ask_key=ask_key,
            changed=self._house.changed,
            heard=lambda level, now: self._house.heard(self.name, level, now),
        )

    @property
    def ups(self) -> dict[Use, UpTrack]:
        return self.publisher.tracks

    @property
    def address(self) -> Address | None:
        return self.wire.address

    def same_shape(self, offer: Offer) -> bool:
        """Is this the offer of an ICE restart of the same peer connection?"""
        return [(line.mid, line.use) for line in offer.lines] == [
            (line.mid, line.use) for line in self.offer.lines
        ] and offer.fingerprints == self.offer.fingerprints

    def new_credentials(self) -> Credentials:
        """The next generation; the last ones stay valid."""
        fresh = Credentials.new()
        self.credentials.append(fresh)
        self._port.expect(fresh.ufrag, self)
        return fresh

    def password_of(self, ufrag: str) -> str | None:
        return next((each.password for each in self.credentials if each.ufrag == ufrag), None)

    def allow(self, rights: Rights) -> bool:
        """Take over the rights; True when any of them changed."""
        return rights.apply(self.ups)

    # --- datagrams ------------------------------------------------------------------------------------------------

    def checked(self, address: Address, nominated: bool, now: float) -> None:
        """An authenticated connectivity check came from `address`. The latest nomination wins."""
        self._last_check = now
        if not nominated and self.wire.address is not None:
            return
        reached = self._port.socket_for(address)  # another one when the peer has chosen another of our addresses
        if address != self.wire.address or reached is not self.wire.socket:
            self.wire.socket = reached
            self.wire.address = address
            self._forwarder.aim(self.wire)

    def on_dtls(self, data: bytes) -> None:
        self.secure.feed(data)
        if self._task is None and not self._closed:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        """Owned by `close`."""
        if not await self.secure.handshake():
            self._house.gone(self, Gone.HANDSHAKE)
            return
        if not self._closed:
            self.wire.srtp = self.secure.srtp
            self._forwarder.aim(self.wire)
            self._house.connected(self)
        await self.secure.closed()
        self._house.gone(self, Gone.CLOSED)

    def on_media(self, data: bytes, now: float) -> None:
        """SRTP or SRTCP from a checked address."""
        self._this_second += 1
        srtp = self.secure.srtp
        if srtp is None or self._this_second > MAX_PACKETS_PER_SECOND:
            self.refused += 1
            return
        if 192 <= data[1] <= 223:
            stream = data[4:8]
            plain = srtp.unprotect_rtcp(data) if self._may_stream(stream) else b""
            if plain:
                self._streams.add(stream)
                self._on_rtcp(plain, now)
            return
        # Decrypt even what has no right: SRTP would lose count of the sequence after a long mute.
        stream = data[8:12]
        plain = srtp.unprotect(data) if self._may_stream(stream) else b""
        packet = self._packet
        if not plain or not packet.read(plain) or packet.ext_end - packet.ext_at > MAX_EXTENSION_BYTES:
            self.refused += 1
            self._refused_this_second += 1
            return
        self._streams.add(stream)
        self.packets_in += 1
        self.octets_in += len(plain)
        self.publisher.receive(packet, now)

    def _may_stream(self, ssrc: bytes) -> bool:
        """SRTP remembers every SSRC that it has accepted a packet of, and goes through them all for each packet."""
        if ssrc in self._streams or len(self._streams) < MAX_STREAMS:
            return True
        self._streams_refused += 1
        return False

    def _on_rtcp(self, plain: bytes, now: float) -> None:
        for report in rtcp.read(plain):
            if isinstance(report, rtcp.Nack):
                self.viewer.repeat(report, now)
            elif isinstance(report, rtcp.KeyRequest):
                self.viewer.key_requested(report, now)
            elif isinstance(report, rtcp.Reception):
                self.viewer.received(report, now)
            elif isinstance(report, rtcp.Remb):
                self.viewer.link.told(report.bitrate)
            else:
                self.publisher.reported(report, now)

    # --- time -----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        why = self._offence()
        if why is None and now - self._last_check > CONSENT_TIMEOUT:
            why = Gone.CONSENT
        if why is not None:
            self._house.gone(self, why)
            return
        self.publisher.tick(now)
        if now - self._last_pace >= PACE and self.wire.ready:
            self._last_pace = now
            self.viewer.pace(now)
            self.publisher.pace(now, self.bitrate_in)
        if now - self._last_second >= 1.0:
            self._second(now)

    def _offence(self) -> Gone | None:
        if self._this_second > MAX_PACKETS_PER_SECOND:
            return Gone.FLOOD
        if (self.octets_in - self._octets_before) * 8 > MAX_BITRATE:
            return Gone.BITRATE
        if len(self.publisher.strangers) > MAX_SSRCS or self._streams_refused:
            return Gone.STREAMS
        return Gone.MALFORMED if self._refused_this_second > MAX_REFUSED_PER_SECOND else None

    def _second(self, now: float) -> None:
        self.bitrate_in = int((self.octets_in - self._octets_before) * 8 / (now - self._last_second))
        self._octets_before = self.octets_in
        self._last_second = now
        self._this_second = self._refused_this_second = 0
        if not self.wire.ready:
            return
        self.publisher.rtt = self.viewer.rtt
        self.publisher.report(now)
        self.viewer.report(now)
        self.quality = judge(
            loss_down=self.viewer.link.loss,
            loss_up=self.publisher.loss,
            limited=self.viewer.limited,
            capped=self.publisher.link.cap is not None,
            audio_only=self.viewer.audio_only,
        )

    def stats(self) -> dict[str, object]:
        """For people, not for decisions."""
        viewer, limit, cap = self.viewer, self.viewer.link.limit, self.publisher.link.cap
        return {
            "connected": self.wire.ready,
            "packets_in": self.packets_in,
            "octets_in": self.octets_in,
            "refused": self.refused,
            "nacks_in": viewer.nacked,
            "nacks_out": self.publisher.nacked,
            "plis_out": self.publisher.key_requests,
            "lost_in": sum(layer.reception.lost for layer in self.publisher.by_ssrc.values()),
            "unsent": self.wire.unsent,
            "kbps_in": self.bitrate_in // 1000,
            "kbps_out": viewer.bitrate // 1000,
            "limit_kbps": None if limit is None else limit // 1000,
            "cap_kbps": None if cap is None else cap // 1000,
            "rtt_ms": None if viewer.rtt is None else round(viewer.rtt * 1000),
            "loss_down": round(viewer.link.loss, 3),
            "loss_up": round(self.publisher.loss, 3),
            "remb": viewer.link.remb,
            "level": self.quality.level,
            "reason": self.quality.reason,
            "audio_only": viewer.audio_only,
            "up": {use.value: track.stats() for use, track in self.ups.items()},
            "down": {down.name: down.stats() for down in viewer.downs if down.resumes},
        }

    async def close(self) -> None:
        """End of the connection: nothing comes in or goes out any more."""
        if self._closed:
            return
        self._closed = True
        self.viewer.close()
        self.publisher.close()
        self.wire.srtp = None
        self._forwarder.aim(self.wire)
        await self.secure.close()
        self._port.forget(self)
        task = self._task
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
