"""One peer connection of one endpoint: its ICE credentials, its DTLS association, what it sends and what it receives.

Datagrams come from `udp.py`, which has checked where they belong. Rights and slots come from `room.py`.
Nothing a peer sends raises out of here.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from aiortc import RTCCertificate

from server.media import clock, rtcp
from server.media.downtrack import DownTrack
from server.media.forward import Forwarder
from server.media.ice import GENERATIONS, Address, Credentials
from server.media.rtp import Packet, unwrap_rtx
from server.media.sdp import MID, REPAIRED_RID, RID, SEND_TIME, Offer, Slot, Use
from server.media.seam import SecurePeer
from server.media.uptrack import Layer, UpTrack

CONSENT_TIMEOUT = 30.0
MAX_PACKETS_PER_SECOND = 3000
MAX_SSRCS = 16
# Retransmissions never take more than this from a viewer's link, in bytes per second.
REPAIR_BUDGET = 250_000

CAMERA_BITRATE = 1_500_000
SCREEN_BITRATE = 2_500_000
IDLE_BITRATE = 300_000
AUDIO_BITRATE = 96_000

_SENDER = 1  # the SSRC our feedback comes from


class Gone(StrEnum):
    """Why an endpoint's connection ended."""

    LEFT = "left"
    REPLACED = "replaced"
    CLOSED = "closed"
    CONSENT = "consent"
    HANDSHAKE = "handshake"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class Rights:
    """What an endpoint may send. Nothing, unless somebody said so."""

    audio: bool = False
    camera: bool = False
    screen: bool = False


class Port(Protocol):
    """The socket, as an endpoint sees it."""

    def send(self, data: bytes | memoryview, address: Address) -> None: ...

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
        self.name = name
        self.connection = connection
        self.number = number
        self.offer = offer
        self.credentials: deque[Credentials] = deque(maxlen=GENERATIONS)
        self.address: Address | None = None
        self.addresses: deque[Address] = deque(maxlen=8)
        self.remb = 0
        self.version = 0  # of the answer
        self.packets_in = self.octets_in = self.octets_out = self.refused = 0
        self._port = port
        self._house = house
        self._last_check = clock.now()
        self._last_second = 0.0
        self._this_second = 0
        self._budget = REPAIR_BUDGET
        self._packet = Packet()
        self._repaired = Packet()
        self._by_ssrc: dict[int, Layer] = {}
        self._by_rtx: dict[int, Layer] = {}
        self._closed = False
        self._task: asyncio.Task[None] | None = None
        self.secure = SecurePeer(certificate=certificate, fingerprints=offer.fingerprints, send=self._send_raw)
        self.ups = self._up_tracks(offer, forwarder)
        self.audio_slots = self._slots(offer, Use.AUDIO_SLOT, "a", 0)
        videos = self._slots(offer, Use.VIDEO_SLOT, "t", -1)
        self.big = videos[0] if videos else None
        self.thumbs = videos[1:]
        self.downs = self.audio_slots + videos
        self._by_down = {down.ssrc: down for down in self.downs}
        self.new_credentials()

    def _up_tracks(self, offer: Offer, forwarder: Forwarder) -> dict[Use, UpTrack]:
        ups = {}
        for line in offer.sending():
            ups[line.use] = track = UpTrack(
                line=line,
                endpoint=self.name,
                number=self.number,
                forwarder=forwarder,
                ask_key=self._ask_key,
                changed=self._house.changed,
                heard=lambda level, now: self._house.heard(self.name, level, now),
            )
            if line.ssrc and not line.rids:
                self._learn(track, "", line.ssrc).rtx_ssrc = line.rtx_ssrc
                if line.rtx_ssrc:
                    self._by_rtx[line.rtx_ssrc] = track.layers[""]
        self._extensions = {
            uri: next((line.extension(uri) for line in offer.sending() if line.extension(uri)), 0)
            for uri in (MID, RID, REPAIRED_RID)
        }
        return ups

    def _slots(self, offer: Offer, use: Use, letter: str, first: int) -> list[DownTrack]:
        now = clock.now()
        return [
            DownTrack(
                name="big" if first + place < 0 else f"{letter}{first + place}",
                sink=self,
                video=use is Use.VIDEO_SLOT,
                pt=line.pt,
                rtx_pt=line.rtx_pt,
                send_time_extension=line.extension(SEND_TIME),
                now=now,
            )
            for place, line in enumerate(offer.slots(use))
        ]

    def announced(self) -> dict[str, Slot]:
        """How the answer announces the slots, by mid."""
        lines = self.offer.slots(Use.AUDIO_SLOT) + self.offer.slots(Use.VIDEO_SLOT)
        return {
            line.mid: Slot(name=down.name, ssrc=down.ssrc, rtx_ssrc=down.rtx_ssrc)
            for line, down in zip(lines, self.downs, strict=True)
        }

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
        wanted = {Use.MIC: rights.audio, Use.CAMERA: rights.camera, Use.SCREEN: rights.screen}
        changed = False
        for use, track in self.ups.items():
            changed |= track.allow(wanted[use])
        return changed

    # --- datagrams ------------------------------------------------------------------------------------------------

    def checked(self, address: Address, nominated: bool, now: float) -> None:
        """An authenticated connectivity check came from `address`. The latest nomination wins."""
        self._last_check = now
        if nominated or self.address is None:
            self.address = address

    def on_dtls(self, data: bytes) -> None:
        self.secure.feed(data)
        if self._task is None and not self._closed:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        """Owned by `close`."""
        if not await self.secure.handshake():
            self._house.gone(self, Gone.HANDSHAKE)
            return
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
            plain = srtp.unprotect_rtcp(data)
            if plain:
                self._on_rtcp(plain, now)
            return
        # Decrypt even what has no right: SRTP would lose count of the sequence after a long mute.
        plain = srtp.unprotect(data)
        packet = self._packet
        if not plain or not packet.read(plain):
            self.refused += 1
            return
        self.packets_in += 1
        self.octets_in += len(plain)
        layer = self._by_ssrc.get(packet.ssrc)
        if layer is not None:
            layer.track.receive(layer, packet, now)
            if layer.reception.missing:
                self._ask_again(layer, now)
            return
        layer = self._by_rtx.get(packet.ssrc) or self._unknown(packet, now)
        if layer is not None:
            self._on_rtx(layer, packet, now)

    def _on_rtx(self, layer: Layer, packet: Packet, now: float) -> None:
        if packet.pt != layer.track.rtx_pt:
            return
        original = unwrap_rtx(packet, ssrc=layer.ssrc, pt=layer.track.pt)
        if original and self._repaired.read(original):
            layer.track.receive(layer, self._repaired, now)

    def _unknown(self, packet: Packet, now: float) -> Layer | None:
        """An SSRC nobody announced: its first packets say by MID and RID where it belongs. Returns a layer for RTX."""
        if len(self._by_ssrc) + len(self._by_rtx) >= MAX_SSRCS:
            return None
        mid = packet.extension(self._extensions[MID]).decode("ascii", "replace")
        track = next((track for track in self.ups.values() if track.mid == mid), None) if mid else self._by_pt(packet)
        if track is None:
            return None
        if packet.pt == track.rtx_pt:
            # A probe may come before any media, on a line without a track: then nothing is known yet.
            rid = packet.extension(self._extensions[REPAIRED_RID]).decode("ascii", "replace")
            layer = track.layers.get(rid)
            if layer is not None:
                layer.rtx_ssrc = packet.ssrc
                self._by_rtx[packet.ssrc] = layer
            return layer
        if packet.pt != track.pt:
            return None
        rid = packet.extension(self._extensions[RID]).decode("ascii", "replace")
        if rid not in track.rids and (rid or track.rids):
            return None
        track.receive(self._learn(track, rid, packet.ssrc), packet, now)
        return None

    def _by_pt(self, packet: Packet) -> UpTrack | None:
        fitting = [track for track in self.ups.values() if packet.pt == track.pt and not track.layers]
        return fitting[0] if len(fitting) == 1 else None

    def _learn(self, track: UpTrack, rid: str, ssrc: int) -> Layer:
        old = track.layers.get(rid)
        if old is not None:
            self._by_ssrc.pop(old.ssrc, None)
            self._by_rtx.pop(old.rtx_ssrc, None)
        layer = track.layers[rid] = self._by_ssrc[ssrc] = Layer(track=track, rid=rid, ssrc=ssrc)
        return layer

    # --- feedback -------------------------------------------------------------------------------------------------

    def _on_rtcp(self, plain: bytes, now: float) -> None:
        for report in rtcp.read(plain):
            if isinstance(report, rtcp.Nack):
                self._repeat(report, now)
            elif isinstance(report, rtcp.KeyRequest):
                down = self._by_down.get(report.ssrc)
                if down is not None and down.layer is not None:
                    down.key_requests += 1
                    down.layer.track.want_key(now)
            elif isinstance(report, rtcp.Reception):
                if report.ssrc in self._by_down:
                    self._by_down[report.ssrc].lost = report.fraction_lost
            elif isinstance(report, rtcp.Remb):
                self.remb = report.bitrate
            else:
                self._on_sender_report(report, now)

    def _on_sender_report(self, report: rtcp.SenderReport, now: float) -> None:
        layer = self._by_ssrc.get(report.ssrc)
        if layer is None:
            return
        layer.report, layer.report_at = report, now
        # One offset per publisher: its smallest delay is the best guess of the difference of the clocks.
        offset = clock.ntp(now) - report.ntp
        for track in self.ups.values():
            track.clock_offset = offset if track.clock_offset is None else min(track.clock_offset, offset)

    def _repeat(self, nack: rtcp.Nack, now: float) -> None:
        down = self._by_down.get(nack.ssrc)
        if down is None:
            return
        for seq in nack.seqs:
            if self._budget <= 0:
                return
            data = down.repeat(seq, now)
            self._budget -= len(data)
            if data:
                self.send_rtp(data)

    def _ask_key(self, layer: Layer) -> None:
        self.send_rtcp(rtcp.pli(sender=_SENDER, ssrc=layer.ssrc))

    def _ask_again(self, layer: Layer, now: float) -> None:
        due = layer.reception.due(now)
        if due:
            self.send_rtcp(rtcp.nack(sender=_SENDER, ssrc=layer.ssrc, seqs=due))

    def tick(self, now: float) -> None:
        """Every 50 ms."""
        if self._this_second > MAX_PACKETS_PER_SECOND:
            self._house.gone(self, Gone.FLOOD)
            return
        if now - self._last_check > CONSENT_TIMEOUT:
            self._house.gone(self, Gone.CONSENT)
            return
        for track in self.ups.values():
            track.tick(now)
            for layer in track.layers.values():
                if layer.reception.missing:
                    self._ask_again(layer, now)
                if layer.reception.torn:
                    layer.reception.torn = False
                    track.want_key(now)
        if now - self._last_second >= 1.0:
            self._last_second = now
            self._this_second = 0
            self._budget = REPAIR_BUDGET
            if self.secure.srtp is not None:
                self._report(now)

    def _report(self, now: float) -> None:
        blocks: list[bytes] = []
        for layer in self._by_ssrc.values():
            if layer.reception.received:
                lsr = layer.report.ntp_middle if layer.report is not None else 0
                dlsr = int((now - layer.report_at) * 65536) if layer.report is not None else 0
                blocks.append(layer.reception.block(ssrc=layer.ssrc, lsr=lsr, dlsr=dlsr))
        if blocks:
            self.send_rtcp(rtcp.receiver_report(sender=_SENDER, blocks=blocks) + self._useful())
        out = b"".join(down.report(now) for down in self.downs if down.layer is not None)
        for at in range(0, len(out), 28 * 40):
            self.send_rtcp(out[at : at + 28 * 40])

    def _useful(self) -> bytes:
        """REMB: what somebody watches. More would come as padding, less would make a slow start."""
        videos = [track for track in self.ups.values() if track.video]
        ssrcs = [layer.ssrc for track in videos for layer in track.layers.values()]
        if not ssrcs:
            return b""
        bitrate = AUDIO_BITRATE
        for track in videos:
            if track.allowed and track.downs:
                bitrate += CAMERA_BITRATE if track.use is Use.CAMERA else SCREEN_BITRATE
            elif track.allowed:
                bitrate += IDLE_BITRATE
        return rtcp.remb(sender=_SENDER, bitrate=bitrate, ssrcs=ssrcs)

    # --- out ------------------------------------------------------------------------------------------------------

    def send_rtp(self, plain: bytes) -> None:
        srtp, address = self.secure.srtp, self.address
        if srtp is not None and address is not None:
            self.octets_out += len(plain)
            self._port.send(srtp.protect(plain), address)

    def send_rtcp(self, plain: bytes) -> None:
        srtp, address = self.secure.srtp, self.address
        if srtp is not None and address is not None:
            self._port.send(srtp.protect_rtcp(plain), address)

    def _send_raw(self, data: bytes) -> None:
        if self.address is not None:
            self._port.send(data, self.address)

    def stats(self) -> dict[str, object]:
        """For people, not for decisions."""
        return {
            "connected": self.secure.srtp is not None,
            "packets_in": self.packets_in,
            "octets_in": self.octets_in,
            "octets_out": self.octets_out,
            "refused": self.refused,
            "remb": self.remb,
            "up": {use.value: track.stats() for use, track in self.ups.items()},
            "down": {down.name: down.stats() for down in self.downs if down.packets},
        }

    async def close(self) -> None:
        """End of the connection: nothing comes in or goes out any more."""
        if self._closed:
            return
        self._closed = True
        for track in self.ups.values():
            for down in list(track.downs):
                down.leave(track)
        for own in self.downs:
            own.watch(None, clock.now())
        await self.secure.close()
        self._port.forget(self)
        task = self._task
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
