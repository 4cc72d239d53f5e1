"""Renumbering: one unbroken stream out of changing sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.seqmap import Renumber


def fresh(**over: int) -> Renumber:
    start = {"seq": 100, "ts": 5000, "pid": 7, "tl0": 3, **over}
    return Renumber(seq=start["seq"], ts=start["ts"], pid=start["pid"], tl0=start["tl0"], now=10.0)


def put(numbers: Renumber, seq: int, ts: int = 0, now: float = 10.0) -> int | None:
    run = numbers.place(seq)
    if run is None:
        return None
    out = (seq + run.soff) & 0xFFFF
    numbers.sent(seq=out, ts=(ts + run.toff) & 0xFFFFFFFF, pid=0, tl0=0, now=now)
    return out


@pytest.mark.parametrize("last", [0, 100, 0x7FFF, 0xFFFE, 0xFFFF])
@pytest.mark.parametrize("first", [0, 1, 0x8000, 0xFFFF])
def test_a_new_source_continues_where_the_old_one_stopped(last: int, first: int) -> None:
    numbers = fresh(seq=last)
    numbers.switch_video("li", seq=first, ts=1, pid=2, tl0=3, now=10.0)
    assert put(numbers, first) == (last + 1) & 0xFFFF
    assert put(numbers, (first + 1) & 0xFFFF) == (last + 2) & 0xFFFF


def test_video_time_follows_the_wall_clock_and_audio_time_one_frame() -> None:
    numbers = fresh()
    numbers.switch_video("li", seq=1, ts=900, pid=20, tl0=30, now=12.0)
    run = numbers.runs[-1]
    assert (900 + run.toff) & 0xFFFFFFFF == 5000 + 2 * 90000
    assert (20 + run.poff) & 0x7FFF == 8
    assert (30 + run.loff) & 0xFF == 4
    sound = fresh()
    sound.switch_audio("li", seq=1, ts=77, now=10.02)
    assert (77 + sound.runs[-1].toff) & 0xFFFFFFFF == 5960
    silent = fresh()
    silent.switch_audio("li", seq=1, ts=77, now=13.0)
    assert (77 + silent.runs[-1].toff) & 0xFFFFFFFF == 5000 + 960 * 150


def test_two_switches_in_one_moment_still_move_time_forward() -> None:
    numbers = fresh()
    numbers.switch_video("li", seq=1, ts=1, pid=0, tl0=0, now=10.0)
    assert (1 + numbers.runs[-1].toff) & 0xFFFFFFFF == 5090


def test_packets_from_before_the_key_frame_do_not_come_out() -> None:
    numbers = fresh()
    numbers.switch_video("li", seq=50, ts=0, pid=0, tl0=0, now=10.0)
    put(numbers, 50)
    assert put(numbers, 49) is None
    numbers.switch_video("wang", seq=9, ts=0, pid=0, tl0=0, now=10.0)
    put(numbers, 9)
    numbers.switch_video("li", seq=60, ts=0, pid=0, tl0=0, now=10.0)
    put(numbers, 60)
    assert put(numbers, 59) is None


def test_a_late_packet_from_before_a_padding_keeps_its_number() -> None:
    numbers = fresh()
    numbers.switch_audio("li", seq=10, ts=0, now=10.0)
    assert put(numbers, 10) == 101
    assert put(numbers, 12) == 103
    numbers.skip(13)
    assert put(numbers, 14) == 104
    assert put(numbers, 11) == 102


def test_padding_that_comes_late_changes_nothing() -> None:
    numbers = fresh()
    numbers.switch_audio("li", seq=10, ts=0, now=10.0)
    assert [put(numbers, seq) for seq in (10, 12)] == [101, 103]
    numbers.skip(11)
    assert put(numbers, 13) == 104


steps = st.lists(st.sampled_from(["media", "media", "media", "padding", "switch"]), max_size=300)


@given(steps=steps, last=st.integers(0, 0xFFFF), first=st.integers(0, 0xFFFF))
def test_whatever_happens_the_numbers_have_no_hole_and_lead_back(steps: list[str], last: int, first: int) -> None:
    numbers = fresh(seq=last)
    source, seq = 0, first
    numbers.switch_video(source, seq=seq, ts=0, pid=0, tl0=0, now=10.0)
    out: list[int] = []
    came: list[tuple[int, int]] = []
    for step in steps:
        if step == "padding":
            numbers.skip(seq)
        elif step == "switch":
            source, seq = source + 1, (seq * 31 + 17) & 0xFFFF
            numbers.switch_video(source, seq=seq, ts=0, pid=0, tl0=0, now=10.0)
            continue
        else:
            number = put(numbers, seq)
            assert number is not None
            out.append(number)
            came.append((source, seq))
        seq = (seq + 1) & 0xFFFF
    assert out == [(last + 1 + i) & 0xFFFF for i in range(len(out))]
    for number, (where, original) in list(zip(out, came, strict=True))[-20:]:
        found = numbers.origin(number)
        assert found is not None
        assert (found[0].source, found[1]) == (where, original)


def test_numbers_that_never_went_out_lead_nowhere() -> None:
    numbers = fresh()
    assert numbers.origin(100) is None
    numbers.switch_audio("li", seq=10, ts=0, now=10.0)
    put(numbers, 10)
    assert numbers.origin(102) is None
    assert numbers.origin(99) is None
