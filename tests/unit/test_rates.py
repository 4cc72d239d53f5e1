"""The arithmetic of rates: who waits as long as they are told is let through, and nobody waits for nothing."""

from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from server.core.rates import wait


@given(
    most=st.integers(1, 500),
    seconds=st.integers(1, 3600),
    share=st.floats(0, 0.999),
    filled=st.floats(0, 1),
    asked=st.floats(0, 1),
)
def test_who_waits_as_told_is_let_through(most: int, seconds: int, share: float, filled: float, asked: float) -> None:
    before, at = round(most * filled), seconds * share
    now = 1 + round(most * asked)

    patience = wait(before=before, now=now, at=at, most=most, seconds=seconds)

    assert patience >= 0
    later = at + ceil(patience)
    if later < seconds:
        assert wait(before=before, now=now, at=later, most=most, seconds=seconds) == 0
    elif later < 2 * seconds:
        assert wait(before=now - 1, now=1, at=later - seconds, most=most, seconds=seconds) == 0


@given(most=st.integers(1, 500), seconds=st.integers(1, 3600), share=st.floats(0, 0.999))
def test_the_first_one_is_always_let_through_and_one_too_many_never(most: int, seconds: int, share: float) -> None:
    assert wait(before=0, now=most, at=seconds * share, most=most, seconds=seconds) == 0
    assert wait(before=0, now=most + 1, at=seconds * share, most=most, seconds=seconds) > 0
