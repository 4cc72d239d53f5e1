"""A mirror for the self-test: it sends a browser its own test picture back, which can then measure its way here.

Nothing of a meeting is near it. What could be abused is bounded: a mirror lives a minute, gives back at most what came
and no more than MAX_BITRATE, and only to the address that its handshake was completed with. Whoever writes another's
address into their packets cannot complete a handshake there, so nobody is ever sent what they did not ask for.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Sequence

from aiortc import RTCCertificate

from server.media import clock, rtcp, sdp
from server.media.ice import Address, Credentials
from server.media.reception import Reception
from server.media.rtp import HEADER, Packet
from server.media.sdp import Line, Slot, Use
from server.media.seam import SecurePeer
from server.media.udp import UdpPort
from server.media.wire import Wire

LIFE = 60.0
SILENCE = 15.0
"""Without a check for so long a mirror is not needed any more: the browser has tried this way and left it."""
HANDSHAKE = 8.0
MOST = 24
MAX_BITRATE = 2_500_000
WANTED_BITRATE = 2_000_000
"""What the browser is told that it may send: below the limit, or the limit would look like loss."""
_KEY_INTERVAL = 1.0
_SENDER = 1


class Full(Exception):
    """There are as many mirrors as we want to have at a time."""


class Mirror:
    """One test connection."""

    def __init__(self, *, offer: sdp.Offer, certificate: RTCCertificate, port: UdpPort, now: float) -> None:
        self.credentials: deque[Credentials] = deque([Credentials.new()], maxlen=1)
        self.addresses: deque[Address] = deque(maxlen=8)
        self.slot = Slot(name="mirror", ssrc=secrets.randbits(31) | 1, rtx_ssrc=0)
        self.born = self._checked_at = now
        self.ended = False
        self.reflected = self.withheld = 0
        self._port = port
        self._wire = Wire()
        self._secure = SecurePeer(certificate=certificate, fingerprints=offer.fingerprints, send=self._wire.send_raw)
        self._pt = next(line.pt for line in offer.lines if line.use is Use.CAMERA)
        self._out_pt = next(line.pt for line in offer.lines if line.use is Use.VIDEO_SLOT)
        self._reception = Reception(clock=90_000)
        self._ssrc = self._seq = 0
        self._key_at = 0.0
        self._second = now
        self._allowance = MAX_BITRATE / 8
        self._packet = Packet()
        self._task: asyncio.Task[None] | None = None
        port.expect(self.credentials[0].ufrag, self)

    # --- what the port wants of somebody it expects -------------------------------------------------------------------

    @property
    def address(self) -> Address | None:
        return self._wire.address

    def password_of(self, ufrag: str) -> str | None:
        return self.credentials[0].password if ufrag == self.credentials[0].ufrag else None

    def checked(self, address: Address, nominated: bool, now: float) -> None:
        """From the first word of the handshake on the address stays: only who gets our words there can finish it."""
        self._checked_at = now
        if self._task is None and (nominated or self._wire.address is None):
            self._wire.socket = self._port.socket_for(address)
            self._wire.address = address

    def on_dtls(self, data: bytes) -> None:
        self._secure.feed(data)
        if self._task is None and not self.ended:
            self._task = asyncio.get_running_loop().create_task(self._shake())

    async def _shake(self) -> None:
        """Owned by `close`."""
        try:
            async with asyncio.timeout(HANDSHAKE):
                done = await self._secure.handshake()
        except TimeoutError:
            done = False
        if not done:
            self.ended = True
            return
        self._wire.srtp = self._secure.srtp
        await self._secure.closed()
        self.ended = True

    def on_media(self, data: bytes, now: float) -> None:
        srtp = self._wire.srtp
        if srtp is None or self.ended:
            return
        if rtcp.is_rtcp(data):
            self._on_rtcp(srtp.unprotect_rtcp(data), now)
            return
        plain = srtp.unprotect(data)
        packet = self._packet
        if not plain or not packet.read(plain) or packet.pt != self._pt:
            return
        self._ssrc = packet.ssrc
        self._reception.arrived(packet.seq, packet.ts, now)
        self._reflect(packet)

    def _reflect(self, packet: Packet) -> None:
        """The same bytes without header extensions. The numbers are ours: a hole in them is a loss on the way down."""
        body = packet.data[packet.payload :]
        size = HEADER.size + len(body)
        if size > self._allowance:
            self.withheld += 1
            return
        self._allowance -= size
        padded = packet.data[0] & 0x20
        second = packet.marker | self._out_pt
        self._wire.send_rtp(HEADER.pack(0x80 | padded, second, self._seq, packet.ts, self.slot.ssrc) + body)
        self._seq = (self._seq + 1) & 0xFFFF
        self.reflected += 1

    def _on_rtcp(self, plain: bytes, now: float) -> None:
        for report in rtcp.read(plain):
            if isinstance(report, rtcp.KeyRequest) and self._ssrc and now - self._key_at > _KEY_INTERVAL:
                self._key_at = now
                self._wire.send_rtcp(rtcp.pli(sender=_SENDER, ssrc=self._ssrc))

    # --- time -----------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every 50 ms: ends, and twice a second what comes in and how much more may."""
        if now - self.born > LIFE or now - self._checked_at > SILENCE:
            self.ended = True
        passed = now - self._second
        if passed < 0.5:
            return
        self._second = now
        self._allowance = min(MAX_BITRATE / 8, self._allowance + passed * MAX_BITRATE / 8)
        if self._ssrc:
            block = self._reception.block(ssrc=self._ssrc, lsr=0, dlsr=0)
            allowed = rtcp.remb(sender=_SENDER, bitrate=WANTED_BITRATE, ssrcs=[self._ssrc])
            self._wire.send_rtcp(rtcp.receiver_report(sender=_SENDER, blocks=[block]) + allowed)

    async def close(self) -> None:
        self.ended = True
        self._wire.srtp = None
        await self._secure.close()
        self._port.forget(self)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


class Mirrors:
    """All test connections of a worker."""

    def __init__(self, *, port: UdpPort, certificate: RTCCertificate, fingerprint: str, hosts: Sequence[str]) -> None:
        self._port = port
        self._certificate = certificate
        self._fingerprint = fingerprint
        self._hosts = hosts
        self._all: list[Mirror] = []
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._all)

    def answer(self, text: str) -> str:
        """Answer an offer of one picture sent and one received. Raises Full or sdp.BadOffer."""
        if len(self._all) >= MOST:
            raise Full
        offer = sdp.parse(text)
        for line in offer.lines:
            _keep_it_plain(line)
        uses = sorted(line.use for line in offer.lines)
        if uses != [Use.CAMERA, Use.VIDEO_SLOT]:
            raise sdp.BadOffer("one picture there and one back")
        mirror = Mirror(offer=offer, certificate=self._certificate, port=self._port, now=clock.now())
        self._all.append(mirror)
        own = mirror.credentials[0]
        return sdp.answer(
            offer,
            version=1,
            hosts=self._hosts,
            port=self._port.number,
            ufrag=own.ufrag,
            password=own.password,
            fingerprint=self._fingerprint,
            slots={line.mid: mirror.slot for line in offer.lines if line.use is Use.VIDEO_SLOT},
        )

    def tick(self, now: float) -> None:
        for mirror in list(self._all):
            mirror.tick(now)
            if mirror.ended:
                self._all.remove(mirror)
                task = asyncio.get_running_loop().create_task(mirror.close())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        ending, self._all = self._all, []
        await asyncio.gather(*(mirror.close() for mirror in ending), *self._closing)


def _keep_it_plain(line: Line) -> None:
    """No retransmissions: what is lost is what we want to know."""
    line.rtx_pt = -1
    line.payload_types = {line.codec: (line.pt, -1)} if line.pt >= 0 else {}
