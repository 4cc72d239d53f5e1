"""How often somebody may do something, counted in the cache and so over all web processes.

Two windows stand for a sliding one: what was done in the last counts with the share of it that is still in sight. Only
what was allowed counts. A cache that is away lets everybody through: these limits keep load off, they guard no secret.
"""

import logging
from dataclasses import dataclass
from math import ceil

from django.core.cache import cache

from server.core import clock
from server.core.errors import Code, Refused

log = logging.getLogger(__name__)

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rate:
    """At most `most` in `seconds`, for each `who` apart."""

    name: str
    most: int
    seconds: int

    def take(self, who: object) -> None:
        """Count one more; refuses with the seconds to wait (`retry_after`)."""
        number, at = divmod(clock.now().timestamp(), self.seconds)
        key = f"rate:{self.name}:{who}:{int(number)}"
        try:
            before = cache.get(f"rate:{self.name}:{who}:{int(number) - 1}", 0)
            cache.add(key, 0, timeout=2 * self.seconds)
            now = cache.incr(key)
            patience = wait(before=before, now=now, at=at, most=self.most, seconds=self.seconds)
            if patience:
                cache.decr(key)
        except Exception:
            # Whatever the cache's client calls its absence.
            log.warning("rates cannot be counted", exc_info=True)
            return
        if patience:
            raise Refused(Code.TOO_MANY, retry_after=ceil(patience))


def wait(*, before: int, now: int, at: float, most: int, seconds: int) -> float:
    """Seconds until the last of `now` would be allowed; 0 when it is.

    `before` were done in the window before, `now` in this one with the last, `at` is how many seconds of it are over.
    """
    if now + before * (1 - at / seconds) <= most + _ROUNDING:
        return 0
    if now <= most:
        return seconds * (1 - (most - now) / before) - at
    # The refused one is asked again in the next window; there the others of this one stand before it.
    return seconds - at + seconds * (1 - (most - 1) / (now - 1))
