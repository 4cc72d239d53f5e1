"""The order of the queue: tables for what people expect, hypothesis for what must hold whatever happens."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.floor.order import PATIENCE, Preset, Reason, Rule, Spoken, Waiting, order, passes, place


def waits(who: str, arrival: int, *, sector: str = "", venue: str = "", **more: object) -> Waiting:
    return Waiting(id=who, arrival=arrival, person=who, sector=sector, venue=venue, **more)  # type: ignore[arg-type]


def said(who: str, seconds: float = 60, *, sector: str = "", venue: str = "", arrival: int | None = None) -> Spoken:
    return Spoken(person=who, sector=sector, venue=venue, seconds=seconds, arrival=arrival)


LI, WANG, ZHOU, WU = (
    waits("李", 1, sector="工商联界", venue="主"),
    waits("王", 2, sector="工商联界", venue="东"),
    waits("周", 3, sector="教育界", venue="主"),
    waits("吴", 4, sector="科技界", venue="北"),
)
FOUR = [LI, WANG, ZHOU, WU]

TABLE = [
    # preset, what was said before, the order
    (Preset.FIRST_COME, [said("李")], "李王周吴"),
    (Preset.MANUAL, [said("李")], "李王周吴"),
    (Preset.FIRST_SPEECH, [], "李王周吴"),
    (Preset.FIRST_SPEECH, [said("李"), said("王")], "周吴李王"),
    (Preset.LEAST_TIME, [said("李", 90), said("王", 30), said("周", 30)], "吴王周李"),
    (Preset.LEAST_TIME, [said("李", 20), said("李", 20), said("王", 30)], "周吴王李"),
    (Preset.SECTORS, [], "李周吴王"),
    (Preset.SECTORS, [said("甲", sector="教育界"), said("乙", sector="科技界")], "李周吴王"),
    (Preset.SECTORS, [said("甲", sector="科技界"), said("乙", sector="工商联界")], "周吴李王"),
    (Preset.VENUES, [], "李王吴周"),
    (Preset.VENUES, [said("甲", venue="主"), said("乙", venue="东")], "吴李王周"),
    (Preset.VENUES, [said("甲", venue="主"), said("乙", venue="主"), said("丙", venue="北")], "王吴李周"),
]


@pytest.mark.parametrize(("preset", "history", "expected"), TABLE)
def test_each_rule_puts_people_in_its_order(preset: Preset, history: list[Spoken], expected: str) -> None:
    assert "".join(who for who, _ in order(FOUR, history, Rule(preset))) == expected


REASONS = [
    (Preset.FIRST_COME, [Reason.FIRST_COME] * 4),
    (Preset.FIRST_SPEECH, [Reason.NOT_YET_SPOKEN] * 3 + [Reason.FIRST_COME]),
    (Preset.LEAST_TIME, [Reason.SPOKE_LESS] * 4),
    (Preset.SECTORS, [Reason.SECTOR_TURN] * 4),
    (Preset.VENUES, [Reason.VENUE_TURN] * 4),
    (Preset.MANUAL, [Reason.FIRST_COME] * 4),
]


@pytest.mark.parametrize(("preset", "reasons"), REASONS)
def test_each_place_has_its_reason(preset: Preset, reasons: list[Reason]) -> None:
    assert [reason for _, reason in order(FOUR, [said("李")], Rule(preset))] == reasons


def test_what_comes_before_every_rule_in_this_order() -> None:
    queue = [
        LI,
        replace(WANG, scheduled=True),
        replace(ZHOU, on_deck=True),
        replace(WU, answer=True),
        waits("郑", 5, rank=0, placed=True),
    ]
    assert order(queue, [], Rule()) == [
        ("郑", Reason.PLACED),
        ("吴", Reason.ANSWER),
        ("周", Reason.ON_DECK),
        ("王", Reason.SCHEDULED),
        ("李", Reason.FIRST_COME),
    ]


def test_booked_speeches_come_first_only_where_the_rule_says_so() -> None:
    queue = [LI, replace(WANG, scheduled=True)]
    assert [who for who, _ in order(queue, [], Rule(scheduled_first=True))] == ["王", "李"]
    assert [who for who, _ in order(queue, [], Rule(scheduled_first=False))] == ["李", "王"]


def test_those_who_stand_before_somebody_placed_keep_their_own_reason() -> None:
    queue = [replace(LI, rank=0), replace(WU, rank=1, placed=True), WANG]
    assert order(queue, [], Rule(Preset.FIRST_SPEECH)) == [
        ("李", Reason.NOT_YET_SPOKEN),
        ("吴", Reason.PLACED),
        ("王", Reason.NOT_YET_SPOKEN),
    ]


def test_a_booked_speech_that_is_held_is_still_a_booked_one() -> None:
    queue = [replace(LI, rank=1, placed=True), replace(WANG, rank=0, scheduled=True)]
    assert order(queue, [], Rule()) == [("王", Reason.SCHEDULED), ("李", Reason.PLACED)]


def test_whoever_was_passed_too_often_is_passed_no_more() -> None:
    history = [said("李", 600), *[said(f"新{n}", 1, arrival=10 + n) for n in range(PATIENCE)]]
    newcomer = waits("新", 99)
    assert order([LI, newcomer], history[:-1], Rule(Preset.LEAST_TIME))[0] == ("新", Reason.SPOKE_LESS)
    assert order([LI, newcomer], history, Rule(Preset.LEAST_TIME))[0] == ("李", Reason.PASSED_OFTEN)


MOVES = [
    # ids, held so far, who, before whom, who is held then
    ("abcd", 0, "d", "a", "d"),
    ("abcd", 0, "d", "b", "ad"),
    ("abcd", 0, "a", None, "bcda"),
    ("abcd", 2, "d", "a", "dab"),
    ("abcd", 2, "a", None, "bcda"),
    ("abcd", 3, "c", "a", "cab"),
    ("abcd", 1, "a", "c", "ba"),
]


@pytest.mark.parametrize(("ids", "ranked", "who", "before", "held"), MOVES)
def test_the_hosts_word_holds_up_to_the_place(ids: str, ranked: int, who: str, before: str | None, held: str) -> None:
    assert "".join(place(ids, ranked, who, before)) == held


presets = st.sampled_from(Preset)
rules = st.builds(Rule, presets, st.booleans())
groups = st.sampled_from(["", "甲", "乙", "丙"])
people = st.sampled_from([f"p{number}" for number in range(8)])


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    arrivals = draw(st.lists(st.integers(1, 60), unique=True, max_size=12))
    on_deck = draw(st.sampled_from([None, *arrivals]))
    return [
        Waiting(
            id=f"r{arrival}",
            arrival=arrival,
            person=draw(people),
            sector=draw(groups),
            venue=draw(groups),
            scheduled=draw(st.booleans()),
            answer=draw(st.booleans()),
            on_deck=arrival == on_deck,
            rank=draw(st.none() | st.integers(0, 5)),
            placed=draw(st.booleans()),
        )
        for arrival in arrivals
    ]


histories = st.lists(
    st.builds(
        Spoken, person=people, sector=groups, venue=groups, seconds=st.floats(0, 900),
        arrival=st.none() | st.integers(1, 60), scheduled=st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(queues(), histories, rules, st.randoms())
def test_everybody_has_one_place_however_the_rows_come(
    queue: list[Waiting], history: list[Spoken], rule: Rule, dice: random.Random
) -> None:
    found = order(queue, history, rule)
    assert sorted(who for who, _ in found) == sorted(each.id for each in queue)
    shuffled = list(queue)
    dice.shuffle(shuffled)
    assert order(shuffled, history, rule) == found


@given(queues(), histories, rules, groups, groups, people)
def test_a_newcomer_does_not_change_how_the_others_stand(
    queue: list[Waiting], history: list[Spoken], rule: Rule, sector: str, venue: str, person: str
) -> None:
    newcomer = Waiting(id="new", arrival=100, person=person, sector=sector, venue=venue)
    before = [who for who, _ in order(queue, history, rule)]
    after = [who for who, _ in order([*queue, newcomer], history, rule)]
    assert [who for who in after if who != "new"] == before


@given(queues(), histories, rules)
def test_who_stands_by_is_passed_only_by_the_hosts_word_and_by_answers(
    queue: list[Waiting], history: list[Spoken], rule: Rule
) -> None:
    ids = [who for who, _ in order(queue, history, rule)]
    for each in queue:
        if each.on_deck and each.rank is None and not each.answer:
            ahead = [other for other in queue if ids.index(other.id) < ids.index(each.id)]
            assert all(other.rank is not None or other.answer for other in ahead)


@settings(max_examples=60)
@given(presets, st.lists(st.tuples(people, groups, groups), min_size=1, max_size=40), st.integers(0, 3), st.randoms())
def test_nobody_waits_for_ever(
    preset: Preset, newcomers: list[tuple[str, str, str]], each_time: int, dice: random.Random
) -> None:
    """People keep coming while the host keeps calling the next; whoever waits is passed a few times, no more."""
    rule, arrival = Rule(preset), 0
    history: list[Spoken] = []
    waiting: list[Waiting] = []
    rest = list(newcomers)
    while rest or waiting:
        for person, sector, venue in rest[: each_time + 1]:
            arrival += 1
            waiting.append(Waiting(id=f"r{arrival}", arrival=arrival, person=person, sector=sector, venue=venue))
        rest = rest[each_time + 1 :]
        next_id, _ = order(waiting, history, rule)[0]
        called = next(each for each in waiting if each.id == next_id)
        waiting.remove(called)
        history.append(
            Spoken(
                person=called.person, sector=called.sector, venue=called.venue,
                seconds=dice.uniform(0, 600), arrival=called.arrival,
            )
        )  # fmt: skip
        assert all(count <= PATIENCE for count in passes(waiting, history).values())
