"""Which encoding of a camera each slot of a viewer shows. Pure: wishes and a budget in, encodings out.

Sound comes first and is never traded. Then the big picture gets what fits, then the small ones get their smallest,
then better ones, in their order on the page. Rates are bits per second, heights are pixels; encoding 0 is the biggest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# A picture drawn a little larger than it is does no harm; the next size up costs three times as much.
ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Wish:
    """What one slot shows: how tall on the page, and what the publisher offers."""

    height: int
    rates: tuple[int, ...]
    heights: tuple[int, ...]


Plan = tuple[int | None, ...]


def ideal(wish: Wish) -> int | None:
    """The smallest encoding that looks right at this size."""
    if wish.height <= 0 or not wish.rates:
        return None
    fitting = [index for index, height in enumerate(wish.heights) if height >= wish.height * ENOUGH]
    return fitting[-1] if fitting else 0


def choose(wishes: Sequence[Wish], budget: int | None) -> Plan:
    """An encoding (or nothing) for every wish, the big picture first. `budget` is what sound leaves; None: no limit."""
    best = [ideal(wish) for wish in wishes]
    if budget is None:
        return tuple(best)
    plan: list[int | None] = [None] * len(wishes)
    left = budget
    for place, wish in enumerate(wishes[:1]):
        for index in _from(best[place], wish):
            if wish.rates[index] <= left:
                plan[place] = index
                left -= wish.rates[index]
                break
    for place, wish in list(enumerate(wishes))[1:]:
        smallest = len(wish.rates) - 1
        if best[place] is not None and wish.rates[smallest] <= left:
            plan[place] = smallest
            left -= wish.rates[smallest]
    for place, wish in list(enumerate(wishes))[1:]:
        now = plan[place]
        while now is not None and now > (best[place] or 0) and wish.rates[now - 1] - wish.rates[now] <= left:
            left -= wish.rates[now - 1] - wish.rates[now]
            now -= 1
        plan[place] = now
    return tuple(plan)


def cost(wishes: Sequence[Wish], plan: Plan) -> int:
    return sum(wish.rates[index] for wish, index in zip(wishes, plan, strict=True) if index is not None)


def one_better(wishes: Sequence[Wish], plan: Plan) -> Plan | None:
    """The plan with one slot improved by one step, the first that is not as it should be; None when all are."""
    for place, wish in enumerate(wishes):
        best, now = ideal(wish), plan[place]
        if best is None or now == best or (now is not None and now < best):
            continue
        better = len(wish.rates) - 1 if now is None else now - 1
        return (*plan[:place], better, *plan[place + 1 :])
    return None


def _from(best: int | None, wish: Wish) -> range:
    return range(best, len(wish.rates)) if best is not None else range(0)
