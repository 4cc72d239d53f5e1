"""The crowd: publishers that send, subscribers that count, all in this process and on one beat.

Sockets are swept rather than waited for: what is measured is the server, and the kernel notes when a datagram came.
A few subscribers decrypt everything, look for holes and read how long each packet took.
"""

import asyncio
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from server.media import rtcp
from tests.bench.sfu.mmsg import SIZE, Inbox
from tests.bench.sfu.peer import Peer
from tests.bench.sfu.picture import AUDIO_S, BURST, BURST_S, FRAME_S, PER_FRAME, Picture, Sound, sent_at

BEAT_S = 0.005
SHARES = 4
"""A beat reads this part of the sockets; each holds far more than comes in a round."""
BEATS_PER_SECOND = round(1 / BEAT_S)
CHECK_EVERY = 5
WATCHERS = 6
QUIET_S = 0.5
"""Nothing came for so long: nothing will come. Longer, and servers take the cameras for switched off."""
ALMOST_ALL = 0.95
PATIENCE_S = 40.0
BANDWIDTH = 10_000_000

_MEDIA = bytes(range(128, 192))
_RTCP = bytes(range(192, 224))
_TIMESPEC = struct.Struct("@qq")


class Publisher:
    """Sends a picture, and sound if it has a voice."""

    def __init__(self, peer: Peer, *, sound: Sound | None, picture: Picture) -> None:
        self.peer = peer
        self.sound = sound
        self.picture = picture
        self._seconds = 0
        self._frame_at = self._audio_at = 0.0
        self._place = 0
        self._going = False
        peer.on_media = self._on_feedback

    @property
    def sent(self) -> int:
        return self.picture.packets + (self.sound.packets if self.sound is not None else 0)

    def begin(self, at: float) -> None:
        """The first (or next) frame is due at `at`."""
        self._frame_at = self._audio_at = at
        self._going = True

    def end(self) -> None:
        """The frame that is begun is the last."""
        self._going = False

    @property
    def silent(self) -> bool:
        return not self._going and self._place == 0

    def send_due(self, now: float) -> None:
        while self._going and self.sound is not None and now >= self._audio_at:
            self._audio_at += AUDIO_S
            self._send(self.sound.next())
        while not self.silent and now >= self._frame_at + self._place // BURST * BURST_S:
            self._send(self.picture.next())
            self._place += 1
            if self._place == PER_FRAME:
                self._place = 0
                self._frame_at += FRAME_S

    def _send(self, plain: bytes) -> None:
        srtp = self.peer.srtp
        self.peer.send(plain if srtp is None else srtp.protect(plain))

    def _on_feedback(self, data: bytes) -> None:
        if self.peer.srtp is None or not rtcp.is_rtcp(data):
            return
        for report in rtcp.read(self.peer.srtp.unprotect_rtcp(data)):
            if isinstance(report, rtcp.KeyRequest) and report.ssrc == self.picture.ssrc:
                self.picture.key = True

    def read(self, inbox: Inbox) -> None:
        for place in range(inbox.read(self.peer.descriptor)):
            self.peer.on_datagram(inbox.datagram(place))

    def each_second(self) -> None:
        self._seconds += 1
        if self._seconds % CHECK_EVERY == 0:
            self.peer.check()
        ntp = time.time() + rtcp.NTP_EPOCH
        for source in (self.sound, self.picture):
            if source is not None and source.packets:
                self.peer.send_rtcp(
                    rtcp.sender_report(
                        ssrc=source.ssrc, ntp=ntp, rtp=source.ts, packets=source.packets, octets=source.octets
                    )
                )


class Subscriber:
    """Counts what comes, and reports once a second like a browser."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.received = 0
        self.last = b""
        self._seconds = 0

    def read(self, inbox: Inbox) -> None:
        count = inbox.read(self.peer.descriptor)
        if not count:
            return
        if inbox.column(0, count).translate(None, _MEDIA):
            for place in range(count):
                self._one(inbox.datagram(place))
            return
        media = len(inbox.column(1, count).translate(None, _RTCP))
        self.received += media
        if media:
            self.last = bytes(inbox.memory[(count - 1) * SIZE : (count - 1) * SIZE + 12])

    def _one(self, data: bytes) -> None:
        if not 128 <= data[0] <= 191:
            self.peer.on_datagram(data)
        elif not rtcp.is_rtcp(data):
            self.received += 1
            self.last = data[:12]

    def each_second(self) -> None:
        self._seconds += 1
        if self._seconds % CHECK_EVERY == 0:
            self.peer.check()
        if not self.last or rtcp.is_rtcp(self.last):
            return
        seq, _, ssrc = struct.unpack_from("!HII", self.last, 2)
        block = rtcp.block(ssrc=ssrc, fraction=0, lost=0, highest=seq, jitter=20, lsr=0, dlsr=0)
        self.peer.send_rtcp(
            rtcp.receiver_report(sender=1, blocks=[block]) + rtcp.remb(sender=1, bitrate=BANDWIDTH, ssrcs=[ssrc])
        )


class Watcher(Subscriber):
    """A subscriber that decrypts: holes, forged packets, and nanoseconds from the publisher's hand to the socket."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer)
        self.holes = self.broken = 0
        self.took: list[int] = []
        self._seqs: dict[int, int] = {}

    def read(self, inbox: Inbox) -> None:
        with suppress(BlockingIOError):
            while True:
                data, ancillary, _, _ = self.peer.socket.recvmsg(SIZE, 64)
                before = self.received
                self._one(data)
                if self.received > before:
                    seconds, nanos = _TIMESPEC.unpack(ancillary[0][2])
                    self._look(data, seconds * 1_000_000_000 + nanos)

    def _look(self, data: bytes, arrived: int) -> None:
        srtp = self.peer.srtp
        plain = srtp.unprotect(data) if srtp is not None else b""
        if not plain:
            self.broken += 1
            return
        moment = sent_at(plain)
        if moment == 0:
            return
        seq, _, ssrc = struct.unpack_from("!HII", plain, 2)
        if ssrc in self._seqs:
            self.holes += (seq - self._seqs[ssrc] - 1) & 0xFFFF
        self._seqs[ssrc] = seq
        self.took.append(arrived - moment)


@dataclass(kw_only=True)
class Window:
    """What was sent and came between two moments of silence."""

    seconds: float
    sent: int
    expected: int
    received: int
    holes: int
    broken: int
    late: int  # beats of the load that came too late: it is short of time itself
    took: list[int] = field(repr=False)


class Load:
    """See the module. A server adds its peers; `measure` lets the publishers send for a while."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.publishers: list[Publisher] = []
        self.subscribers: list[Subscriber] = []
        self._late = 0
        self._members: list[Publisher | Subscriber] = []
        self._inbox = Inbox(64)
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        await asyncio.gather(*(member.peer.close() for member in self._members))

    def publisher(self, *, sound: Sound | None) -> Publisher:
        """A publisher that is not connected yet."""
        publisher = Publisher(Peer(self.host), sound=sound, picture=Picture())
        self.publishers.append(publisher)
        self._members.append(publisher)
        return publisher

    def subscriber(self, *, watches: bool) -> Subscriber:
        peer = Peer(self.host, stamped=watches)
        subscriber = Watcher(peer) if watches else Subscriber(peer)
        self.subscribers.append(subscriber)
        self._members.append(subscriber)
        return subscriber

    @property
    def watchers(self) -> list[Watcher]:
        return [each for each in self.subscribers if isinstance(each, Watcher)]

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        beat = 0
        while True:
            now = loop.time()
            for publisher in self.publishers:
                publisher.send_due(now)
            for member in self._members[beat % SHARES :: SHARES]:
                member.read(self._inbox)
            for member in self._members[beat % BEATS_PER_SECOND :: BEATS_PER_SECOND]:
                member.each_second()
            beat += 1
            due += BEAT_S
            if due < loop.time():
                self._late += 1
                due = loop.time()
            await asyncio.sleep(max(0.0, due - loop.time()))

    @property
    def _sent(self) -> int:
        return sum(each.sent for each in self.publishers)

    @property
    def _received(self) -> int:
        return sum(each.received for each in self.subscribers)

    # --- measuring ------------------------------------------------------------------------------------------------

    def send(self) -> None:
        """From now on; publishers are out of step with one another."""
        now = asyncio.get_running_loop().time()
        for place, publisher in enumerate(self.publishers):
            publisher.begin(now + FRAME_S * place / len(self.publishers))

    async def until_all_comes(self) -> None:
        """For a second everybody gets all that is sent; before that a server may try what the links carry."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                sent, before = self._sent, [each.received for each in self.subscribers]
                await asyncio.sleep(1.0)
                wanted = ALMOST_ALL * (self._sent - sent)
                if all(each.received - start >= wanted for each, start in zip(self.subscribers, before, strict=True)):
                    return

    async def pause(self, enough: Callable[[], bool] = lambda: False) -> None:
        """Send no more, and wait until all that is under way has come: enough, or nothing more."""
        for publisher in self.publishers:
            publisher.end()
        while not all(publisher.silent for publisher in self.publishers):
            await asyncio.sleep(BEAT_S)
        before, since = -1, time.perf_counter()
        while time.perf_counter() - since < QUIET_S:
            if enough():
                return
            count = self._received
            if count != before:
                before, since = count, time.perf_counter()
            await asyncio.sleep(BEAT_S)

    async def measure(self, seconds: float) -> Window:
        """Send for so long; called in silence, ends in silence."""
        watchers = self.watchers
        for watcher in watchers:
            watcher.took.clear()
        self._late = 0
        before = self._counts(watchers)
        started = time.perf_counter()
        self.send()
        await asyncio.sleep(seconds)
        await self.pause(lambda: self._all_came(before))
        took = time.perf_counter() - started
        sent, received, holes, broken = (b - a for a, b in zip(before, self._counts(watchers), strict=True))
        return Window(
            seconds=took,
            sent=sent,
            expected=sent * len(self.subscribers),
            received=received,
            holes=holes,
            broken=broken,
            late=self._late,
            took=sorted(nanos for watcher in watchers for nanos in watcher.took),
        )

    def _all_came(self, before: tuple[int, int, int, int]) -> bool:
        return self._received - before[1] >= (self._sent - before[0]) * len(self.subscribers)

    def _counts(self, watchers: Sequence[Watcher]) -> tuple[int, int, int, int]:
        return (
            self._sent,
            self._received,
            sum(each.holes for each in watchers),
            sum(each.broken for each in watchers),
        )
