"""On which worker a meeting lives, and which of its workers takes the next endpoint: pure functions of the load.

A worker is named with its epoch, because a restarted one has forgotten everything: a `Life` is what a lease names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Life(NamedTuple):
    """A worker from one start to its end."""

    worker: str
    epoch: str

    def __str__(self) -> str:
        return f"{self.worker}@{self.epoch}"

    @classmethod
    def of(cls, text: str) -> "Life":
        """From how it is written in the database."""
        worker, _, epoch = text.rpartition("@")
        return cls(worker, epoch)


@dataclass(frozen=True)
class Load:
    """How busy a worker is. `meetings` are those that have their home there; it can be linked by its `pipe`."""

    life: Life
    pipe: str
    endpoints: int = 0
    cpu: float = 0.0
    meetings: int = 0


@dataclass(frozen=True)
class Seating:
    """Where an endpoint goes, and whether that worker becomes an annex of the meeting by it."""

    life: Life
    annex: bool = False


def weight(load: Load) -> tuple[float, int, str]:
    """Less is better: endpoints, dearer the busier the core is; then fewer meetings, because people come after them."""
    cpu = round(min(max(load.cpu, 0.0), 1.0), 1)  # a percent more or less is noise
    return (load.endpoints + 1) * (1 + 3 * cpu), load.meetings, load.life.worker


def choose_home(loads: Iterable[Load], *, annexes: Sequence[Life] = ()) -> Life | None:
    """The least loaded worker; one that already has a part of the meeting before any other."""
    offered = list(loads)
    known = [load for load in offered if load.life in annexes]
    best = min(known or offered, key=weight, default=None)
    return best.life if best else None


def choose_seat(
    places: Sequence[Life], loads: Iterable[Load], *, before: Life | None, spread_above: int
) -> Seating | None:
    """The worker for one endpoint: where it was before, else the least loaded of the meeting's, else an annex.

    A meeting spreads when all its workers have more than `spread_above` endpoints and another worker on the home's pipe
    (which does not leave its machine) has fewer. 0 never spreads. None: none of them can be reached.
    """
    by_life = {load.life: load for load in loads}
    here = [by_life[life] for life in places if life in by_life]
    if not here:
        return None
    if before is not None and any(load.life == before for load in here):
        return Seating(before)
    best = min(here, key=weight)
    home = by_life.get(places[0])
    if not spread_above or home is None or not home.pipe or best.endpoints <= spread_above:
        return Seating(best.life)
    others = [
        load
        for load in by_life.values()
        if load.life not in places and load.pipe == home.pipe and load.endpoints < spread_above
    ]
    annex = min(others, key=weight, default=None)
    return Seating(annex.life, annex=True) if annex else Seating(best.life)
