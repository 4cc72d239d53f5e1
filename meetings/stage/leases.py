"""The leases: which workers carry a meeting, as all web processes agree. The row is the truth, not what one remembers.

Nothing here reads first and writes later: a lease is taken by an insert that may lose, and changed by an update that
names the generation it was decided on. Whoever loses gets what the winner wrote.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from meetings.stage.models import MediaLease
from meetings.stage.placement import Life


@dataclass(frozen=True)
class Lease:
    """Home and annexes take people; those that are `leaving` only keep who has not moved yet."""

    meeting: UUID
    home: Life
    annexes: tuple[Life, ...] = ()
    leaving: tuple[Life, ...] = ()
    generation: int = 1

    @property
    def places(self) -> tuple[Life, ...]:
        """Where people may come in, home first."""
        return (self.home, *self.annexes)

    @property
    def lives(self) -> tuple[Life, ...]:
        """Everywhere somebody of the meeting may be: rights are told to all of them."""
        return (*self.places, *self.leaving)


def read(meeting: UUID) -> Lease | None:
    """The lease of a meeting, if it has one."""
    row = MediaLease.objects.filter(pk=meeting).first()
    return _lease(row) if row else None


def read_many(meetings: Iterable[UUID]) -> dict[UUID, Lease]:
    """The leases of those meetings that have one."""
    return {row.pk: _lease(row) for row in MediaLease.objects.filter(pk__in=list(meetings))}


def meetings_at(life: Life) -> list[UUID]:
    """The meetings that have somebody, or might, on a worker."""
    # There are only as many rows as meetings going on, and SQLite cannot look into JSON lists.
    return [row.pk for row in MediaLease.objects.all() if life in _lease(row).lives]


def homes() -> Counter[Life]:
    """How many meetings have their home on each worker."""
    return Counter(Life.of(home) for home in MediaLease.objects.values_list("home", flat=True))


def take(meeting: UUID, home: Life, *, now: datetime) -> Lease | None:
    """The lease of a meeting that had none; of two who take it at once both get the same. None: it ended meanwhile."""
    MediaLease.objects.bulk_create([MediaLease(meeting_id=meeting, home=str(home), since=now)], ignore_conflicts=True)
    return read(meeting)


def change(
    lease: Lease, *, home: Life, annexes: Iterable[Life], leaving: Iterable[Life], now: datetime
) -> Lease | None:
    """The lease after the change, or as somebody else has changed it before. None: it was given up."""
    # The home as well: a lease that was given up and taken anew counts from one again.
    seen = MediaLease.objects.filter(pk=lease.meeting, generation=lease.generation, home=str(lease.home))
    seen.update(
        home=str(home),
        annexes=[str(life) for life in annexes],
        leaving=[str(life) for life in leaving],
        generation=F("generation") + 1,
        since=now,
    )
    return read(lease.meeting)


def give_up(meeting: UUID) -> None:
    """The meeting is over."""
    MediaLease.objects.filter(pk=meeting).delete()


def _lease(row: MediaLease) -> Lease:
    return Lease(
        meeting=row.pk,
        home=Life.of(row.home),
        annexes=tuple(Life.of(text) for text in row.annexes),
        leaving=tuple(Life.of(text) for text in row.leaving),
        generation=row.generation,
    )
