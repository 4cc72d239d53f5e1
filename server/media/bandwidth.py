"""How much a viewer's link carries, and how much a publisher's: estimates from feedback. No I/O.

A viewer's REMB is a falling signal: it collapses fast under congestion and says little about free capacity (it never
exceeds one and a half times what is sent). So `Downlink` goes down when it falls, and goes up by trying: one step
better for some seconds, kept if nothing gets worse, else taken back with growing patience. Bits per second, seconds.
"""

from aiortc.rate import (
    INTER_ARRIVAL_SHIFT,
    TIMESTAMP_GROUP_LENGTH_MS,
    TIMESTAMP_TO_MS,
    BandwidthUsage,
    InterArrival,
    OveruseDetector,
    OveruseEstimator,
)

START = 1_000_000
FLOOR = 60_000
LOSS = 0.05
CONGESTED_FOR = 0.8
# Without loss it may have been a browser that was busy: then the estimate rises again within a second.
STUCK_FOR = 1.5
# An attempt, or a collapse with loss to less than this of what is sent, is taken back as soon as two looks agree:
# meanwhile the queue takes sound with it.
COLLAPSE = 0.6
COLLAPSED_FOR = 0.2
HEAVY_LOSS = 0.25
HEAVY_FOR = 2.0
# A browser may tell no estimate in its first seconds: then loss is all there is.
HEAVY_ALONE_FOR = 1.0
SETTLE = 2.0
TRY_FOR = 4.0
FIRST_TRY_FOR = 1.5
PATIENCE = 3.0
LONGEST_PATIENCE = 60.0
_NEVER = float("inf")


class Downlink:
    """The link from us to one viewer. `limit` is what may be sent; None: as much as is wanted."""

    __slots__ = (
        "_backoff",
        "_before",
        "_before_at",
        "_calm_until",
        "_carried",
        "_heavy_since",
        "_lost_before",
        "_newest",
        "_peak",
        "_settled_at",
        "_started",
        "_trying_until",
        "_worse_since",
        "limit",
        "loss",
        "remb",
    )

    def __init__(self, now: float) -> None:
        self.limit: int | None = START
        self.remb = 0
        self.loss = 0.0  # smoothed
        self._newest = 0.0
        self._before = 0
        self._peak = 0  # of the REMB since the present attempt began
        self._lost_before = 0.0
        self._before_at = now
        self._started = False
        self._backoff = PATIENCE
        self._calm_until = now + 0.5
        self._carried = START  # the limit before the present attempt
        self._trying_until = 0.0
        self._settled_at = now  # before this nothing is concluded: the last step down must show its effect
        self._worse_since = self._heavy_since = _NEVER

    def told(self, remb: int) -> None:
        """A REMB came."""
        self.remb = remb
        self._peak = max(self._peak, remb)

    def lost(self, fraction: float) -> None:
        """A report block of the stream that carries most came."""
        self._newest = fraction
        self.loss += (fraction - self.loss) * 0.5

    def tick(self, now: float, *, sent: int, next_step: int | None) -> None:
        """A few times a second: `sent` is the present rate, `next_step` the rate of the next better plan, if any."""
        if self._congested(now, sent):
            self._down(now, sent)
        elif next_step is None:
            # All that is wanted goes out: the next wish begins without a limit if nothing speaks against it.
            if self._trying_until and now >= self._trying_until:
                self._kept(now)
            if not self._trying_until and now >= self._calm_until:
                self.limit = None
        elif self._trying_until:
            if now >= self._trying_until:
                self._kept(now)
        elif now >= self._calm_until:
            self._trying_until = now + (TRY_FOR if self._started else FIRST_TRY_FOR)
            self._carried = max(FLOOR, self.limit or sent)
            self._peak, self._lost_before = self.remb, self.loss
            self.limit = int(next_step * 1.05) + 1

    def _congested(self, now: float, sent: int) -> bool:
        rising = self.remb > self._before * 1.01
        if now - self._before_at >= 1.0:
            self._before, self._before_at = self.remb, now
        if now < self._settled_at:
            return False
        # An estimate that is too low and rises is one that has not got there yet; one that does not is a wall.
        wall = not rising
        patience = CONGESTED_FOR if self.loss > LOSS else STUCK_FOR
        if self._trying_until:
            # What is sent is measured too late for an attempt: that the estimate has turned says enough, and loss only
            # if it is more than there was before.
            sent = max(sent, self.limit or 0)
            wall = self.remb < self._peak * 0.97 or self.loss > self._lost_before + 0.1
            patience = COLLAPSED_FOR
        elif self.loss > LOSS and self.remb < sent * COLLAPSE:
            patience = COLLAPSED_FOR
        worse = 0 < self.remb < sent * 0.95 and sent > FLOOR and wall
        heavy = self.loss > HEAVY_LOSS
        heavy_for = HEAVY_FOR if self.remb else HEAVY_ALONE_FOR
        self._worse_since = min(now, self._worse_since) if worse else _NEVER
        self._heavy_since = min(now, self._heavy_since) if heavy else _NEVER
        return now - self._worse_since >= patience or now - self._heavy_since >= heavy_for

    def _down(self, now: float, sent: int) -> None:
        if self._trying_until:
            # What went well before the attempt goes well again; if not, the next look takes it down as well.
            self.limit = self._carried
            self._backoff = min(LONGEST_PATIENCE, self._backoff * 2)
        else:
            # An estimate that falls without loss may be a browser that was busy: how far it fell says little then.
            least = 0 if self.loss > LOSS else int(sent * 0.7)
            arrives = int(sent * min(0.7, 1 - self._newest))
            carries = max(self.remb, least) if 0 < self.remb < sent else arrives
            self.limit = max(FLOOR, int(min(self.limit or sent, sent, carries) * 0.9))
        self._started = True
        self._trying_until = 0.0
        self._calm_until = now + self._backoff
        self._settled_at = now + SETTLE
        self._worse_since = self._heavy_since = _NEVER

    def _kept(self, now: float) -> None:
        self._trying_until = 0.0
        self._backoff = PATIENCE
        self._calm_until = now + (1.0 if self._started else 0.2)


class Uplink:
    """The link from one publisher to us: delay between packet groups (abs-send-time), as Google's congestion control
    looks at it. `cap` is None while nothing queues."""

    __slots__ = ("_arrivals", "_cap_at", "_detector", "_estimator", "cap")

    def __init__(self) -> None:
        self.cap: int | None = None
        self._cap_at = 0.0
        self._begin()

    def _begin(self) -> None:
        group = (TIMESTAMP_GROUP_LENGTH_MS << INTER_ARRIVAL_SHIFT) // 1000
        self._arrivals = InterArrival(group, TIMESTAMP_TO_MS)
        self._estimator = OveruseEstimator()
        self._detector = OveruseDetector()

    def arrived(self, send_time: int, size: int, now: float) -> None:
        """One packet with its abs-send-time (24 bits)."""
        at = int(now * 1000)
        deltas = self._arrivals.compute_deltas(send_time << 8, at, size)
        if deltas is None:
            return
        spent = deltas.timestamp * TIMESTAMP_TO_MS
        self._estimator.update(deltas.arrival_time, spent, deltas.size, self._detector.state(), at)
        self._detector.detect(self._estimator.offset(), spent, self._estimator.num_of_deltas(), at)

    def tick(self, now: float, *, received: int, useful: int) -> bool:
        """A few times a second, with the present rate and what is wanted; True when the publisher must hear of it."""
        if self._detector.state() == BandwidthUsage.OVERUSING and now - self._cap_at >= 0.3 and received > 0:
            self.cap = max(FLOOR, int(min(self.cap or received, received) * 0.85))
            self._cap_at = now
            return True
        if self.cap is not None and now - self._cap_at >= 1.0:
            self.cap = int(self.cap * 1.08) + 4000
            self._cap_at = now
            if self.cap >= useful:
                self.cap = None
        return False
