"""The order of the speaker queue: a pure function, with the reason for each place.

Every rule is the same line with another key in the middle: whom the host has placed, answers to questions already
asked, who was told to stand by, booked speeches (where the rule says so), who has been passed too often, and then
the rule's own order. Nobody is passed for ever: after `PATIENCE` later requests were served first, a request goes
before the rule. A new request never changes how those before it stand to each other. Nothing here looks at a clock.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Preset(StrEnum):
    """先到先得 / 首次发言优先 / 发言时长少者优先 / 界别轮流 / 会场均衡 / 主持人手动."""

    FIRST_COME = "FIRST_COME"
    FIRST_SPEECH = "FIRST_SPEECH"
    LEAST_TIME = "LEAST_TIME"
    SECTORS = "SECTORS"
    VENUES = "VENUES"
    MANUAL = "MANUAL"


class Reason(StrEnum):
    """Why somebody stands at a place."""

    PLACED = "PLACED"
    ANSWER = "ANSWER"
    ON_DECK = "ON_DECK"
    SCHEDULED = "SCHEDULED"
    PASSED_OFTEN = "PASSED_OFTEN"
    NOT_YET_SPOKEN = "NOT_YET_SPOKEN"
    SPOKE_LESS = "SPOKE_LESS"
    SECTOR_TURN = "SECTOR_TURN"
    VENUE_TURN = "VENUE_TURN"
    FIRST_COME = "FIRST_COME"


PATIENCE = 5
"""So many who asked later may speak first."""


@dataclass(frozen=True)
class Rule:
    """What the host has chosen."""

    preset: Preset = Preset.FIRST_COME
    scheduled_first: bool = True


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the order needs to know of a request that waits. `arrival` is unique; `rank` is the host's word."""

    id: str
    arrival: int
    person: str
    sector: str = ""
    venue: str = ""
    scheduled: bool = False
    answer: bool = False
    on_deck: bool = False
    rank: int | None = None
    placed: bool = False


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A speech that was given, in the order in which they began; `arrival` is its request's, if it had one."""

    person: str
    sector: str = ""
    venue: str = ""
    seconds: float = 0
    arrival: int | None = None
    scheduled: bool = False


Place = tuple[str, Reason]
Key = Callable[[Waiting], tuple[float, ...]]


def order(requests: Iterable[Waiting], history: Sequence[Spoken], rule: Rule) -> list[Place]:
    """The ids in speaking order, each with its reason."""
    left = sorted(requests, key=lambda request: request.arrival)
    first: list[tuple[Waiting, Reason]] = []

    def take(chosen: Callable[[Waiting], bool], reason: Reason, key: Key = lambda request: (request.arrival,)) -> None:
        nonlocal left
        first.extend((request, reason) for request in sorted(filter(chosen, left), key=key))
        left = [request for request in left if not chosen(request)]

    # Those who only stand before somebody whom the host has placed keep the reason that they would have without it.
    held = any(request.rank is not None and not request.placed for request in left)
    reasons = dict(order([replace(request, rank=None) for request in left], history, rule)) if held else {}
    take(lambda request: request.rank is not None, Reason.PLACED, lambda request: (request.rank or 0, request.arrival))
    first = [(request, reason if request.placed else reasons[request.id]) for request, reason in first]
    take(lambda request: request.answer, Reason.ANSWER)
    take(lambda request: request.on_deck, Reason.ON_DECK)
    if rule.scheduled_first:
        take(lambda request: request.scheduled, Reason.SCHEDULED)
    if rule.preset is not Preset.MANUAL:
        passed = passes(left, history)
        take(lambda request: passed[request.id] >= PATIENCE, Reason.PASSED_OFTEN)
    led = [(request.id, reason) for request, reason in first]
    return led + _by_rule(left, [request for request, _ in first], history, rule.preset)


def passes(requests: Iterable[Waiting], history: Sequence[Spoken]) -> dict[str, int]:
    """How many who asked later have spoken first. Booked speeches and those called without asking do not count."""
    served = [one.arrival for one in history if one.arrival is not None and not one.scheduled]
    return {request.id: sum(arrival > request.arrival for arrival in served) for request in requests}


def place(ids: Sequence[str], ranked: int, request: str, before: str | None) -> list[str]:
    """Whom the host's word now holds in place, in order: everybody up to the request that was moved.

    `ids` is the order as it was, its first `ranked` were held already. `before` is who shall come next (None: nobody).
    """
    others = [each for each in ids if each != request]
    held = sum(each != request for each in ids[:ranked])
    at = others.index(before) if before is not None else len(others)
    others.insert(at, request)
    return others[: max(at, held) + 1]


def _by_rule(
    left: Sequence[Waiting], ahead: Sequence[Waiting], history: Sequence[Spoken], preset: Preset
) -> list[Place]:
    """The rule's own order of those who are left, in order of arrival; `ahead` speak before them."""
    match preset:
        case Preset.FIRST_SPEECH:
            spoke = {one.person for one in history}
            ranked = sorted(left, key=lambda request: request.person in spoke)
            return [
                (request.id, Reason.FIRST_COME if request.person in spoke else Reason.NOT_YET_SPOKEN)
                for request in ranked
            ]
        case Preset.LEAST_TIME:
            seconds: Counter[str] = Counter()
            for one in history:
                seconds[one.person] += max(1, round(one.seconds))
            return [
                (request.id, Reason.SPOKE_LESS)
                for request in sorted(left, key=lambda request: (seconds[request.person], request.arrival))
            ]
        case Preset.SECTORS:
            turns = _latest([one.sector for one in history] + [request.sector for request in ahead])
            return [(request.id, Reason.SECTOR_TURN) for request in _in_turn(left, lambda each: each.sector, turns)]
        case Preset.VENUES:
            counts = Counter([one.venue for one in history] + [request.venue for request in ahead])
            return [(request.id, Reason.VENUE_TURN) for request in _balanced(left, lambda each: each.venue, counts)]
        case Preset.FIRST_COME | Preset.MANUAL:
            return [(request.id, Reason.FIRST_COME) for request in left]


def _latest(groups: Sequence[str]) -> dict[str, int]:
    """When each group had its latest turn."""
    return {group: turn for turn, group in enumerate(groups)}


def _in_turn(left: Sequence[Waiting], group: Callable[[Waiting], str], latest: dict[str, int]) -> list[Waiting]:
    """One of each group in turn: next is the group whose latest turn is longest ago, or that had none."""
    found, left, turn = [], list(left), len(latest) + max(latest.values(), default=0) + 1
    while left:
        request = min(left, key=lambda each: (latest.get(group(each), -1), each.arrival))
        found.append(request)
        left.remove(request)
        latest[group(request)] = turn = turn + 1
    return found


def _balanced(left: Sequence[Waiting], group: Callable[[Waiting], str], turns: Counter[str]) -> list[Waiting]:
    """Next is the group that had the fewest turns."""
    found, left = [], list(left)
    while left:
        request = min(left, key=lambda each: (turns[group(each)], each.arrival))
        found.append(request)
        left.remove(request)
        turns[group(request)] += 1
    return found
