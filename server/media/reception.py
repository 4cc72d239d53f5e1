"""How one incoming stream arrives: loss and jitter for receiver reports, holes for NACK. No I/O."""

from server.media import rtcp

# Wait a little, or for a few later ones (Galene's rule): the packet may only be late.
_PATIENCE = 0.01
_LATER = 2
# Then again when an answer should have come. Without a measured way: this.
_AGAIN = 0.1
_SOONEST, _LATEST = 0.03, 0.25
_TRIES = 5
_MAX_HOLE = 100


class Reception:
    """Statistics of one SSRC (RFC 3550, appendix A)."""

    __slots__ = (
        "_base",
        "_clock",
        "_cycles",
        "_expected_before",
        "_jitter",
        "_received_before",
        "_transit",
        "fraction_lost",
        "highest",
        "missing",
        "received",
        "torn",
    )

    def __init__(self, *, clock: int) -> None:
        self._clock = clock
        self._base = -1
        self._cycles = 0
        self._transit = 0.0
        self._jitter = 0.0
        self._expected_before = self._received_before = 0
        self.fraction_lost = 0.0  # in the last interval that was reported
        self.highest = 0
        self.received = 0
        self.missing: dict[int, list[float]] = {}
        self.torn = False  # a hole too large to mend: only a key frame helps

    def arrived(self, seq: int, ts: int, now: float) -> None:
        self.received += 1
        transit = now * self._clock - ts
        if self._base < 0:
            self._base = self.highest = seq
            self._transit = transit
            return
        change = abs(transit - self._transit)
        self._transit = transit
        if change < self._clock:  # a wrapped or restarted timestamp is no jitter
            self._jitter += (change - self._jitter) / 16
        ahead = (seq - self.highest) & 0xFFFF
        if ahead == 0:
            return
        if ahead >= 0x8000:
            if self.missing:
                self.missing.pop(seq, None)
            return
        if ahead > 1:
            self._hole(ahead, now)
        if seq < self.highest:
            self._cycles += 0x10000
        self.highest = seq

    def mended(self, seq: int) -> None:
        """It came by RTX: no longer missing, and no less lost."""
        if self.missing:
            self.missing.pop(seq, None)

    def _hole(self, ahead: int, now: float) -> None:
        if ahead > _MAX_HOLE:
            self.missing.clear()
            self.torn = True
            return
        for step in range(1, ahead):
            self.missing[(self.highest + step) & 0xFFFF] = [now, 0.0, 0.0]

    def due(self, now: float, trip: float | None = None) -> list[int]:
        """Sequence numbers to ask for again now; `trip` is the time to there and back."""
        again = _AGAIN if trip is None else min(_LATEST, max(_SOONEST, trip * 1.25 + 0.01))
        asked: list[int] = []
        for seq, (since, last, tries) in list(self.missing.items()):
            if tries >= _TRIES:
                del self.missing[seq]
            elif now - last >= again and (now - since >= _PATIENCE or (self.highest - seq) & 0xFFFF > _LATER or last):
                self.missing[seq] = [since, now, tries + 1]
                asked.append(seq)
        return asked

    @property
    def _expected(self) -> int:
        return self._cycles + self.highest - self._base + 1 if self._base >= 0 else 0

    @property
    def lost(self) -> int:
        """Packets that never came; a late or repeated one makes up for another."""
        return max(0, self._expected - self.received)

    def block(self, *, ssrc: int, lsr: int, dlsr: int) -> bytes:
        """A report block, and the start of the next interval."""
        expected = self._expected
        interval = expected - self._expected_before
        lost = interval - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = min(255, (lost << 8) // interval) if interval > 0 and lost > 0 else 0
        self.fraction_lost = fraction / 256
        return rtcp.block(
            ssrc=ssrc,
            fraction=fraction,
            lost=expected - self.received,
            highest=self._cycles + self.highest,
            jitter=int(self._jitter),
            lsr=lsr,
            dlsr=dlsr,
        )
