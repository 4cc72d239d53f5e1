"""Which worker a meeting gets, as tables."""

import pytest

from meetings.stage.placement import Life, Load, Seating, choose_home, choose_seat, weight

A, B, C, FAR = (Life(name, "1") for name in ("a", "b", "c", "far"))


def load(life: Life, endpoints: int = 0, cpu: float = 0.0, meetings: int = 0, pipe: str = "here") -> Load:
    return Load(life, pipe, endpoints=endpoints, cpu=cpu, meetings=meetings)


@pytest.mark.parametrize(
    ("loads", "home"),
    [
        ([], None),
        ([load(B), load(A)], A),
        ([load(A, 10), load(B, 9)], B),
        # A busy core makes every endpoint dearer.
        ([load(A, 10, cpu=0.1), load(B, 9, cpu=0.6)], A),
        ([load(A, 3, cpu=0.9), load(B, 30, cpu=0.1)], A),
        # A percent more is noise: then the one with fewer meetings, whose people are still to come.
        ([load(A, cpu=0.01, meetings=1), load(B, cpu=0.02)], B),
        ([load(A, meetings=2), load(B, meetings=1), load(C, meetings=1)], B),
    ],
)
def test_a_meeting_goes_to_the_least_loaded(loads: list[Load], home: Life | None) -> None:
    assert choose_home(loads) == home


def test_a_meeting_that_lost_its_home_goes_where_a_part_of_it_is() -> None:
    assert choose_home([load(A), load(B, 200, cpu=0.8)], annexes=[B]) == B
    assert choose_home([load(A), load(B, 200)], annexes=[C]) == A


def test_use_of_the_core_out_of_range_is_taken_as_the_nearest() -> None:
    assert weight(load(A, 1, cpu=-1)) == weight(load(A, 1, cpu=0))
    assert weight(load(A, 1, cpu=7)) == weight(load(A, 1, cpu=1))


@pytest.mark.parametrize(
    ("places", "loads", "before", "seating"),
    [
        # one worker, with room or without another to go to
        ((A,), [load(A, 100), load(B)], None, Seating(A)),
        ((A,), [load(A, 251)], None, Seating(A)),
        # it is full: another one of the same machine with room
        ((A,), [load(A, 251), load(B, 10), load(C, 5)], None, Seating(C, annex=True)),
        ((A,), [load(A, 251), load(B, 250)], None, Seating(A)),
        ((A,), [load(A, 251), load(FAR, pipe="there")], None, Seating(A)),
        # workers without a pipe cannot be linked
        ((A,), [load(A, 251, pipe=""), load(B, 10, pipe="")], None, Seating(A)),
        # two: the least loaded of them, a third when both are full
        ((A, B), [load(A, 251), load(B, 30), load(C)], None, Seating(B)),
        ((A, B), [load(A, 260), load(B, 255), load(C, 1)], None, Seating(C, annex=True)),
        # somebody who comes back goes where they were
        ((A, B), [load(A, 251), load(B, 30)], A, Seating(A)),
        ((A, B), [load(A, 10), load(B, 30)], C, Seating(A)),
        # the home is away: its annex takes people, but nobody opens another
        ((A, B), [load(B, 251), load(C)], None, Seating(B)),
        ((A,), [load(B)], None, None),
    ],
)
def test_an_endpoint_gets_a_worker(
    places: tuple[Life, ...], loads: list[Load], before: Life | None, seating: Seating | None
) -> None:
    assert choose_seat(places, loads, before=before, spread_above=250) == seating


def test_without_a_limit_nothing_spreads() -> None:
    assert choose_seat((A,), [load(A, 900), load(B)], before=None, spread_above=0) == Seating(A)


def test_a_life_is_written_and_read_back() -> None:
    for life in (A, Life("media@host-1", "c0ffee")):
        assert Life.of(str(life)) == life
