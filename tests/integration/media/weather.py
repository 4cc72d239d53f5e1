"""What a bad network does to datagrams, by the dice of a seed: when each one arrives, if it does, and how often.

Pure: times in, times out. The kernel has no netem; `slow_cable.py` carries this out for whole networks, and so does
the post of a meeting in simulated time (`simulation.py`), where an hour of weather takes a moment.
"""

import random
from dataclasses import dataclass


@dataclass
class Weather:
    """One direction of a link. Seconds, bits per second, shares of 1. Change a field, and the weather changes."""

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    """Up to so much later; packets overtake each other only by `reorder`."""
    reorder: float = 0.0
    """So many packets are held back until some later ones have gone."""
    duplicate: float = 0.0
    rate: int | None = None
    queue: float = 0.25
    """What a narrow link holds back, in seconds, before it drops."""
    seed: int = 1

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._free_at = 0.0
        self._last = 0.0
        self.passed = self.lost = self.dropped = 0

    def arrivals(self, size: int, now: float) -> list[float]:
        """When a datagram of `size` bytes, sent now, arrives; none when it is lost, two when it is doubled."""
        dice = self._dice
        if dice.random() < self.loss:
            self.lost += 1
            return []
        sent = now
        if self.rate is not None:
            begins = max(now, self._free_at)
            if begins - now > self.queue:
                self.dropped += 1
                return []
            sent = self._free_at = begins + size * 8 / self.rate
        at = max(self._last, sent + self.delay + dice.random() * self.jitter)
        if dice.random() < self.reorder:
            at += 0.005 + dice.random() * 0.025
        else:
            self._last = at
        self.passed += 1
        return [at, at + dice.random() * 0.02] if dice.random() < self.duplicate else [at]
