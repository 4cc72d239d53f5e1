"""Counting: values in, values out, in whole numbers."""

from collections.abc import Iterable, Mapping, Sequence


def valid(choices: Sequence[int], *, options: int, max_choices: int) -> bool:
    """One to `max_choices` different options that exist."""
    return (
        1 <= len(choices) <= max_choices
        and len(set(choices)) == len(choices)
        and all(0 <= choice < options for choice in choices)
    )


def count(ballots: Iterable[Sequence[int]], *, options: int) -> list[int]:
    """How many ballots chose each option."""
    counts = [0] * options
    for choices in ballots:
        for choice in choices:
            counts[choice] += 1
    return counts


def in_order(tallies: Mapping[int, int], *, options: int) -> list[int]:
    """Counters by option, as a list; an option without a counter was never there to be chosen."""
    return [tallies.get(option, 0) for option in range(options)]


def agrees(counts: Sequence[int], *, participated: int, max_choices: int) -> bool:
    """Can exactly these people have given exactly these answers? For a single choice: the sum is their number."""
    if max_choices == 1:
        return sum(counts) == participated
    return participated <= sum(counts) <= participated * max_choices and max(counts, default=0) <= participated


def coarse(participated: int, *, eligible: int, secret: bool) -> int:
    """The turnout that may be told while a poll is open.

    Of a secret poll it moves in steps of five, so that nobody's pressing of the button can be seen in it; that
    everybody has answered is told.
    """
    if not secret or participated >= eligible:
        return participated
    return participated - participated % 5
