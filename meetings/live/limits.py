"""A token bucket: how many frames one connection may send."""

from dataclasses import dataclass, field
from time import monotonic


@dataclass
class Bucket:
    """Allows `burst` at once and `per_second` in the long run."""

    per_second: float
    burst: float
    _left: float = field(init=False)
    _at: float = field(init=False, default_factory=monotonic)

    def __post_init__(self) -> None:
        self._left = self.burst

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now = monotonic()
        self._left = min(self.burst, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
