"""Counting, by tables and by random polls."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting import tally


@pytest.mark.parametrize(
    ("choices", "max_choices", "good"),
    [
        ([0], 1, True),
        ([2], 1, True),
        ([], 1, False),
        ([3], 1, False),
        ([-1], 1, False),
        ([0, 1], 1, False),
        ([0, 1], 2, True),
        ([1, 1], 2, False),
        ([0, 1, 2], 2, False),
        ([], 2, False),
    ],
)
def test_a_ballot_names_one_to_max_different_options(choices: list[int], max_choices: int, good: bool) -> None:
    assert tally.valid(choices, options=3, max_choices=max_choices) is good


@pytest.mark.parametrize(
    ("counts", "participated", "max_choices", "sound"),
    [
        ([27, 7, 1], 35, 1, True),
        ([27, 7, 2], 35, 1, False),
        ([27, 7, 0], 35, 1, False),
        ([0, 0, 0], 0, 1, True),
        ([22, 17, 12, 9, 6], 34, 2, True),  # the demo's first poll: 66 marks of 34 people
        ([22, 17, 12, 9, 9], 34, 2, False),  # 69 marks of 34 people who had two each
        ([35, 0, 0, 0, 0], 34, 2, False),  # more marks for one option than people
        ([10, 10, 10, 0, 0], 34, 2, False),  # somebody took part and marked nothing
        ([0, 0], 0, 2, True),
    ],
)
def test_counts_agree_with_the_people_or_not(
    counts: list[int], participated: int, max_choices: int, sound: bool
) -> None:
    assert tally.agrees(counts, participated=participated, max_choices=max_choices) is sound


@st.composite
def polls(draw: st.DrawFn) -> tuple[int, int, list[list[int]]]:
    options = draw(st.integers(2, 10))
    max_choices = draw(st.integers(1, options))
    ballot = st.lists(st.integers(0, options - 1), min_size=1, max_size=max_choices, unique=True)
    return options, max_choices, draw(st.lists(ballot, max_size=40))


@given(polls())
def test_what_valid_ballots_add_up_to_always_agrees(poll: tuple[int, int, list[list[int]]]) -> None:
    options, max_choices, ballots = poll
    assert all(tally.valid(ballot, options=options, max_choices=max_choices) for ballot in ballots)
    counts = tally.count(ballots, options=options)
    assert counts == [sum(option in ballot for ballot in ballots) for option in range(options)]
    assert tally.agrees(counts, participated=len(ballots), max_choices=max_choices)


@given(polls(), st.data())
def test_one_mark_too_many_or_too_few_is_noticed_in_a_single_choice(
    poll: tuple[int, int, list[list[int]]], data: st.DataObject
) -> None:
    options, _, ballots = poll
    counts = tally.count([ballot[:1] for ballot in ballots], options=options)
    counts[data.draw(st.integers(0, options - 1))] += data.draw(st.sampled_from([-1, 1]))
    assert not tally.agrees(counts, participated=len(ballots), max_choices=1)


def test_an_option_nobody_chose_has_a_zero() -> None:
    tallies: dict[int, int] = {2: 5}
    found: Sequence[int] = tally.in_order(tallies, options=4)
    assert found == [0, 0, 5, 0]


@pytest.mark.parametrize(
    ("participated", "secret", "told"),
    [(0, True, 0), (1, True, 0), (4, True, 0), (5, True, 5), (34, True, 30), (36, True, 36), (34, False, 34)],
)
def test_a_secret_turnout_is_told_in_steps(participated: int, secret: bool, told: int) -> None:
    assert tally.coarse(participated, eligible=36, secret=secret) == told
