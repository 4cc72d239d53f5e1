"""发言用时: how long each person, sector and venue has spoken. Pure: settled speeches in, totals out.

The speech that is going on is not in the totals; whoever shows them adds its clock. In a dialogue everybody's time
counts.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel


class Scope(StrEnum):
    """By what is counted."""

    PERSON = "PERSON"
    SECTOR = "SECTOR"
    VENUE = "VENUE"


class TimeRow(BaseModel):
    """A total. `key` is a participant's id, a sector's name or a venue's id; empty: without sector, in no venue."""

    scope: Scope
    key: str
    speeches: int
    spent_ms: int
    overtime_ms: int


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A speech that is over."""

    person: str
    sector: str = ""
    venue: str = ""
    spent_ms: int
    overtime_ms: int = 0


def totals(turns: Iterable[Turn]) -> list[TimeRow]:
    """Persons, sectors and venues, in the order in which they first spoke."""
    counts: dict[tuple[Scope, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for turn in turns:
        for scope, key in keys(turn):
            count = counts[scope, key]
            count[0] += 1
            count[1] += turn.spent_ms
            count[2] += turn.overtime_ms
    return [
        TimeRow(scope=scope, key=key, speeches=speeches, spent_ms=spent, overtime_ms=over)
        for (scope, key), (speeches, spent, over) in counts.items()
    ]


def keys(turn: Turn) -> list[tuple[Scope, str]]:
    """The totals that a speech counts for."""
    return [(Scope.PERSON, turn.person), (Scope.SECTOR, turn.sector), (Scope.VENUE, turn.venue)]
