"""Renumbering: one unbroken stream out of changing sources, for as long as a meeting lasts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.seqmap import Gapless, Head, History, Run, audio_run, video_run

LAST = Head(seq=100, ts=5000, pid=7, tl0=3, at=10.0)


def test_video_time_follows_the_wall_clock_and_audio_time_one_frame() -> None:
    video = video_run(LAST, Head(seq=1, ts=900, pid=20, tl0=30, at=12.0), source="li", number=1)
    assert video.out(Head(seq=1, ts=900, pid=20, tl0=30)) == Head(seq=101, ts=5000 + 2 * 90000, pid=8, tl0=4)
    sound = audio_run(LAST, Head(seq=1, ts=77, at=10.02), source="li", number=1)
    assert (77 + sound.toff) & 0xFFFFFFFF == 5960
    silent = audio_run(LAST, Head(seq=1, ts=77, at=13.0), source="li", number=1)
    assert (77 + silent.toff) & 0xFFFFFFFF == 5000 + 960 * 150


def test_two_switches_in_one_moment_still_move_time_forward() -> None:
    run = video_run(LAST, Head(seq=1, ts=1, at=10.0), source="li", number=1)
    assert (1 + run.toff) & 0xFFFFFFFF == 5090
    late = video_run(LAST, Head(seq=1, ts=1, at=3.0), source="li", number=1)
    assert (1 + late.toff) & 0xFFFFFFFF == 5090


def test_picture_numbers_wrap_where_their_fields_end() -> None:
    last = Head(seq=1, ts=0xFFFFFFFF, pid=0x7FFF, tl0=0xFF, at=0.0)
    run = video_run(last, Head(seq=9, ts=5, pid=3, tl0=4, at=0.0), source="li", number=1)
    assert run.out(Head(seq=9, ts=5, pid=3, tl0=4)) == Head(seq=2, ts=89, pid=0, tl0=0)


@pytest.mark.parametrize("start", [0, 1, 0x7FFF, 0x8000, 0xFFF0, 0xFFFF])
def test_a_layer_counts_on_through_every_wrap(start: int) -> None:
    numbers = Gapless()
    first = numbers.place(start)
    for step in range(1, 200_000):
        assert numbers.place((start + step) & 0xFFFF) == first + step


@pytest.mark.parametrize("padded", [False, True])
def test_a_speech_of_an_hour_ends_as_it_began(padded: bool) -> None:
    numbers, history = Gapless(), History()
    seq = 40_000
    first = numbers.place(seq)
    run = video_run(LAST, Head(seq=first, ts=0, at=10.0), source="li", number=1)
    history.begin(run)
    out = first + run.soff
    assert out == 101
    for step in range(1, 3600 * 60):
        seq = (seq + 1) & 0xFFFF
        if padded and step % 997 == 0:
            numbers.skip(seq)
            continue
        number = numbers.place(seq)
        assert number + run.soff == out + 1
        out += 1
    found = history.origin(out & 0xFFFF, out)
    assert found is not None
    assert found[1] == out - run.soff


def test_late_packets_keep_their_numbers_around_a_padding() -> None:
    numbers = Gapless()
    first = numbers.place(10)
    assert numbers.place(12) == first + 2
    numbers.skip(13)
    assert numbers.place(14) == first + 3
    assert numbers.place(11) == first + 1
    assert numbers.place(9) == first - 1


def test_padding_that_comes_late_changes_nothing() -> None:
    numbers = Gapless()
    first = numbers.place(10)
    assert numbers.place(12) == first + 2
    numbers.skip(11)
    assert numbers.place(13) == first + 3


def test_a_publisher_that_counts_anew_from_far_behind_is_believed_after_a_while() -> None:
    numbers = Gapless()
    before = numbers.place(30_000)
    places = [numbers.place(100 + step) for step in range(40)]
    assert places[0] < before
    assert places[-1] > before
    assert places[-1] - places[-2] == 1


steps = st.lists(st.sampled_from(["media", "media", "media", "padding", "switch"]), max_size=300)


@given(steps=steps, last=st.integers(0, 0xFFFF), first=st.integers(0, 0xFFFF))
def test_whatever_happens_the_numbers_have_no_hole_and_lead_back(steps: list[str], last: int, first: int) -> None:
    history = History()
    sent = Head(seq=last, ts=0)
    out: list[int] = []
    came: list[tuple[int, int]] = []
    source, seq, numbers = 0, first, Gapless()
    run: Run | None = None
    for step in steps:
        if step == "switch":
            source, seq, numbers, run = source + 1, (seq * 31 + 17) & 0xFFFF, Gapless(), None
            continue
        if step == "padding":
            numbers.skip(seq)
        else:
            number = numbers.place(seq)
            if run is None:
                run = video_run(sent, Head(seq=number, ts=0), source=source, number=1)
                history.begin(run)
            sent = run.out(Head(seq=number, ts=0))
            out.append(sent.seq)
            came.append((source, number))
        seq = (seq + 1) & 0xFFFF
    assert out == [last + 1 + i for i in range(len(out))]
    for number, (where, original) in list(zip(out, came, strict=True))[-20:]:
        found = history.origin(number & 0xFFFF, out[-1])
        if found is not None:
            assert (found[0].source, found[1]) == (where, original)
        else:
            assert source - where >= 15  # only so many changes are remembered


@given(seqs=st.lists(st.integers(0, 0xFFFF), max_size=200), skips=st.lists(st.booleans(), max_size=200))
def test_no_sequence_of_numbers_makes_it_fail(seqs: list[int], skips: list[bool]) -> None:
    numbers = Gapless()
    for seq, skip in zip(seqs, skips, strict=False):
        if skip:
            numbers.skip(seq)
        else:
            assert isinstance(numbers.place(seq), int)


def test_numbers_that_never_went_out_lead_nowhere() -> None:
    history = History()
    assert history.origin(100, 100) is None
    history.begin(audio_run(LAST, Head(seq=10, ts=0, at=10.0), source="li", number=1))
    assert history.origin(99, 101) is None
    assert history.origin(102, 101) is None
    found = history.origin(101, 101)
    assert found is not None
    assert found[1] == 10
