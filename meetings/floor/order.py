"""The order of the speaker queue: a pure function, with the reason for each place.

Scheduled speeches come first, then whoever asked first, by the server's order of arrival. Fairer presets join here as
further rules (design, section 5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody stands at a place."""

    SCHEDULED = "SCHEDULED"
    FIRST_COME = "FIRST_COME"


@dataclass(frozen=True)
class Waiting:
    """What the order needs to know of a request that waits."""

    id: str
    scheduled: bool
    arrival: int


def order(requests: Iterable[Waiting]) -> list[tuple[str, Reason]]:
    """The ids in speaking order, each with its reason."""
    ranked = sorted(requests, key=lambda request: (not request.scheduled, request.arrival))
    return [(request.id, Reason.SCHEDULED if request.scheduled else Reason.FIRST_COME) for request in ranked]
