"""按姓氏笔画为序: where a name stands in a list, as a number, so that no browser has to know the order of characters.

The order of characters is in `strokes.txt` (made by `bin/stroke-order.mjs`): by the number of strokes, then stroke by
stroke. Names are compared character by character; 欧阳 stands under 欧. What is not in the list comes after it.
"""

from functools import cache
from pathlib import Path

LAST = 2_000_000_000
"""No name's place is larger, and it fits a column of 32 bits."""
_THIRDS = 4


@cache
def _ranks() -> dict[str, int]:
    text = Path(__file__).with_name("strokes.txt").read_text("utf-8").strip()
    return {char: rank for rank, char in enumerate(text, start=1)}


def place(name: str) -> int:
    """The place of a name, exact in its first two characters, coarse in the third; a shorter name comes first."""
    ranks = _ranks()
    others = len(ranks) + 1
    first, second, third = ([ranks.get(char, others) for char in name[:3]] + [0, 0, 0])[:3]
    coarse = third and 1 + third * (_THIRDS - 2) // others
    return (first * (others + 1) + second) * _THIRDS + coarse
