"""Which encoding each slot shows under a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.layers import Plan, Wish, choose, cost, ideal, one_better

RATES, HEIGHTS = (1_200_000, 400_000, 120_000), (720, 360, 180)


def camera(height: int) -> Wish:
    return Wish(height=height, rates=RATES, heights=HEIGHTS)


@pytest.mark.parametrize(
    ("height", "encoding"),
    [(2160, 0), (720, 0), (481, 0), (480, 1), (360, 1), (241, 1), (240, 2), (90, 2), (0, None)],
)
def test_the_smallest_that_looks_right(height: int, encoding: int | None) -> None:
    assert ideal(camera(height)) == encoding


def test_a_publisher_with_one_encoding_is_shown_in_every_size() -> None:
    single = Wish(height=90, rates=(900_000,), heights=(360,))
    assert ideal(single) == 0
    assert ideal(Wish(height=720, rates=(900_000,), heights=(360,))) == 0


@pytest.mark.parametrize(
    ("budget", "plan"),
    [
        (None, (0, 2, 2, 1)),
        (3_000_000, (0, 2, 2, 1)),
        (1_560_000, (0, 2, 2, 2)),
        (1_440_000, (0, 2, 2, None)),
        (1_199_999, (1, 2, 2, 1)),
        (700_000, (1, 2, 2, None)),
        (130_000, (2, None, None, None)),
        (119_999, (None, None, None, None)),
        (0, (None, None, None, None)),
    ],
)
def test_the_big_picture_comes_first_and_thumbnails_last(budget: int | None, plan: Plan) -> None:
    assert choose([camera(720), camera(180), camera(180), camera(360)], budget) == plan


def test_a_hidden_page_gets_no_picture() -> None:
    assert choose([camera(0), camera(0)], None) == (None, None)


def test_one_step_better_is_the_first_that_is_not_as_it_should_be() -> None:
    wishes = [camera(720), camera(180), camera(180)]
    assert one_better(wishes, (2, None, None)) == (1, None, None)
    assert one_better(wishes, (0, 2, None)) == (0, 2, 2)
    assert one_better(wishes, (None, None, None)) == (2, None, None)
    assert one_better(wishes, (0, 2, 2)) is None


wishes = st.lists(st.integers(0, 2000).map(camera), max_size=10)


@given(wishes=wishes, budget=st.none() | st.integers(0, 8_000_000))
def test_a_plan_never_costs_more_than_the_budget_nor_gives_more_than_is_shown(
    wishes: list[Wish], budget: int | None
) -> None:
    plan = choose(wishes, budget)
    assert len(plan) == len(wishes)
    assert budget is None or cost(wishes, plan) <= budget
    for wish, index in zip(wishes, plan, strict=True):
        best = ideal(wish)
        assert index is None or (best is not None and index >= best)


@given(wishes=wishes, budget=st.integers(0, 8_000_000))
def test_with_room_for_one_step_more_the_plan_is_never_worse(wishes: list[Wish], budget: int) -> None:
    plan = choose(wishes, budget)
    better = one_better(wishes, plan)
    if better is None:
        assert plan == choose(wishes, None)
    else:
        assert choose(wishes, max(budget, cost(wishes, better))) != plan or cost(wishes, better) <= budget


@given(wishes=wishes, smaller=st.integers(0, 8_000_000), more=st.integers(0, 4_000_000))
def test_a_larger_budget_never_makes_the_big_picture_worse(wishes: list[Wish], smaller: int, more: int) -> None:
    if not wishes:
        return
    before, after = choose(wishes, smaller)[0], choose(wishes, smaller + more)[0]
    assert before is None or (after is not None and after <= before)
