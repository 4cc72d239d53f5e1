"""The receiving half of an endpoint: its slots, what fits its link, and the answers to its feedback.

Who is in which slot comes from `room.py`, how large it is drawn from the page; which encoding of a camera goes out is
decided here, by `layers.py` under the estimate of `bandwidth.py`.
"""

from server.media import clock, rtcp
from server.media.bandwidth import Downlink
from server.media.downtrack import DownTrack, Slots
from server.media.layers import Wish, choose, cost, ideal, one_better
from server.media.sdp import SEND_TIME, Offer, Slot, Use
from server.media.uptrack import UpTrack
from server.media.wire import Wire

# Retransmissions never take more than this from a viewer's link, in bytes per second.
REPAIR_BUDGET = 250_000
REPAIR_FLOOR = 10_000
AUDIO_RATE = 40_000
LEEWAY = 1.3
BIG_HEIGHT, THUMB_HEIGHT = 720, 180
_REPORTS_PER_PACKET = 40


class Viewer:
    """See the module."""

    def __init__(self, *, offer: Offer, wire: Wire, slots: Slots) -> None:
        now = clock.now()
        self._wire = wire
        self._lines = offer.slots(Use.AUDIO_SLOT) + offer.slots(Use.VIDEO_SLOT)
        self.audio: list[DownTrack] = []
        videos: list[DownTrack] = []
        for line in self._lines:
            video = line.use is Use.VIDEO_SLOT
            name = f"a{len(self.audio)}" if not video else f"t{len(videos) - 1}" if videos else "big"
            down = DownTrack(
                name=name,
                wire=wire,
                slots=slots,
                video=video,
                payload_types=line.payload_types,
                send_time_extension=line.extension(SEND_TIME),
                now=now,
            )
            (videos if video else self.audio).append(down)
        self.big = videos[0] if videos else None
        self.thumbs = videos[1:]
        self.downs = self.audio + videos
        self.shown_thumbs = len(self.thumbs)
        self.page = 0
        self.show(big=BIG_HEIGHT, thumb=THUMB_HEIGHT)
        self.link = Downlink(now)
        self.bitrate = 0
        self.nacked = 0
        self.rtt: float | None = None
        self.audio_only = False
        self.limited = False
        self._by_ssrc = {down.ssrc: down for down in self.downs}
        self._limit: int | None = None  # under which was chosen last, and for what
        self._chosen_for: list[tuple[DownTrack, UpTrack | None, int]] = []
        self._budget = REPAIR_BUDGET
        self._sent = 0
        self._sent_at = now

    def announced(self) -> dict[str, Slot]:
        """How the answer announces the slots, by mid."""
        return {
            line.mid: Slot(name=down.name, ssrc=down.ssrc, rtx_ssrc=down.rtx_ssrc)
            for line, down in zip(self._lines, self.downs, strict=True)
        }

    def show(self, *, big: int, thumb: int) -> None:
        """How tall the pictures are drawn, in device pixels."""
        if self.big is not None:
            self.big.height = big
        for down in self.thumbs:
            down.height = thumb

    def ready(self, now: float) -> None:
        """The wire can carry media: what was chosen before can begin."""
        for down in self.downs:
            down.settle(now)

    def close(self) -> None:
        for down in self.downs:
            down.leave()

    # --- feedback -------------------------------------------------------------------------------------------------

    def repeat(self, nack: rtcp.Nack, now: float) -> None:
        down = self._by_ssrc.get(nack.ssrc)
        if down is None:
            return
        self.nacked += len(nack.seqs)
        # Sound is small and comes first: it may still be repeated when pictures have used up what there is.
        least = 0 if down.video else -REPAIR_FLOOR
        for seq in nack.seqs:
            if self._budget <= least:
                return
            data = down.repeat(seq, now)
            self._budget -= len(data)
            if data:
                self._wire.send_rtp(data)

    def key_requested(self, request: rtcp.KeyRequest, now: float) -> None:
        down = self._by_ssrc.get(request.ssrc)
        if down is not None and down.layer is not None:
            down.key_requests += 1
            down.layer.track.want_key(down.layer, now)

    def received(self, report: rtcp.Reception, now: float) -> None:
        """How one of our streams arrives there."""
        down = self._by_ssrc.get(report.ssrc)
        if down is None:
            return
        down.lost = report.fraction_lost
        if report.lsr:
            # RFC 3550, 6.4.1: now minus when our report left minus how long they held it, in 1/65536 s.
            trip = ((clock.ntp_middle(now) - report.lsr - report.dlsr) & 0xFFFFFFFF) / 65536
            if trip < 30:
                self.rtt = trip if self.rtt is None else self.rtt + (trip - self.rtt) / 4
        if down is self.big or self.big is None or self.big.layer is None:
            self.link.lost(report.fraction_lost)

    # --- what fits the link ---------------------------------------------------------------------------------------

    def pace(self, now: float) -> None:
        """A few times a second: look at the link, choose encodings anew."""
        wishes, slots = self._wishes()
        sent = sum(down.octets for down in self.downs)
        passed = now - self._sent_at
        if passed >= 1.0:
            self.bitrate = int((sent - self._sent) * 8 / passed)
            self._sent, self._sent_at = sent, now
            self._budget = self._for_repairs(cost(wishes, tuple(down.wish for down in slots)))
        better = one_better(wishes, tuple(down.wish for down in slots))
        step = None if better is None else cost(wishes, better) + self._audio_rate()
        self.link.tick(now, sent=self.bitrate, next_step=step)
        self._choose(wishes, slots, now)

    def _for_repairs(self, planned: int) -> int:
        """Bytes for the next second: a third of what goes out, a quarter of what the link carries when that is known.
        More would drown a link that has just become narrow in repairs of what does not fit it."""
        limit = self.link.limit
        share = max(self.bitrate, planned) // 24 if limit is None else limit // 32
        return min(REPAIR_BUDGET, max(REPAIR_FLOOR, share))

    def choose(self, now: float) -> None:
        """What the slots are meant to show has changed."""
        wishes, slots = self._wishes()
        self._choose(wishes, slots, now)

    def _wishes(self) -> tuple[list[Wish], list[DownTrack]]:
        wishes, slots = [], []
        for down in ([self.big] if self.big is not None else []) + self.thumbs:
            if down.track is not None:
                wishes.append(Wish(height=down.height, rates=down.track.rates(), heights=down.track.heights()))
                slots.append(down)
        return wishes, slots

    def _choose(self, wishes: list[Wish], slots: list[DownTrack], now: float) -> None:
        limit = self.link.limit
        budget = None if limit is None else max(0, limit - self._audio_rate())
        cut = limit is not None and (self._limit is None or limit < self._limit)
        self._limit = limit
        plan = choose(wishes, budget)
        same = [(down, down.track, down.height) for down in slots]
        if budget is not None and not cut and same == self._chosen_for:
            # The rates of pictures go up and down by themselves: only what is clearly too much is taken back.
            shown = tuple(down.wish for down in slots)
            if cost(wishes, plan) < cost(wishes, shown) <= budget * LEEWAY:
                plan = shown
        self._chosen_for = same
        for down, index in zip(slots, plan, strict=True):
            down.watch(down.track, index, now)
        best = [ideal(wish) for wish in wishes]
        self.limited = any(
            wanted is not None and (index is None or index > wanted) for index, wanted in zip(plan, best, strict=True)
        )
        self.audio_only = self.limited and all(index is None for index in plan)

    def _audio_rate(self) -> int:
        return AUDIO_RATE * sum(1 for down in self.audio if down.track is not None)

    def report(self, now: float) -> None:
        """Once a second: sender reports, so that the page can tell time and loss."""
        out = [packet for packet in (down.report(now) for down in self.downs) if packet]
        for at in range(0, len(out), _REPORTS_PER_PACKET):
            self._wire.send_rtcp(b"".join(out[at : at + _REPORTS_PER_PACKET]))
