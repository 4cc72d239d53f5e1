"""Who is in which slot."""

from hypothesis import given
from hypothesis import strategies as st

from server.media.loudness import Loudness
from server.media.reception import Reception
from server.media.slots import Assignment, Scene, assign

EVERYBODY = ("li", "wang", "zhao", "chen", "zhou")


def scene(**over: object) -> Scene:
    facts: dict[str, object] = {
        "big": "li",
        "order": EVERYBODY,
        "loud": ("li",),
        "cameras": frozenset(EVERYBODY),
        "screens": frozenset(),
        "present": frozenset(EVERYBODY),
        **over,
    }
    return Scene(**facts)  # type: ignore[arg-type]


def of(viewer: str, scene: Scene, before: Assignment | None = None, thumbs: int = 2) -> Assignment:
    return assign(viewer, scene, before or Assignment(), audio=3, big=True, thumbs=thumbs)


def test_the_speaker_is_big_for_the_others_and_sees_the_first_other_himself() -> None:
    assert of("wang", scene()).big == "li"
    assert of("li", scene()).big == "wang"
    assert of("li", scene(cameras=frozenset({"li", "chen"}))).big == "chen"
    assert of("li", scene(present=frozenset({"li"}), cameras=frozenset({"li"}))).big is None
    assert of("wang", scene(big=None)).big is None
    assert of("wang", scene(big="nobody")).big is None


def test_a_shared_screen_takes_the_big_slot_and_its_owner_becomes_small() -> None:
    shared = of("wang", scene(screens=frozenset({"li"})))
    assert (shared.big, shared.screen) == ("li", True)
    assert shared.thumbs == ("li", "zhao")
    assert of("wang", scene()).thumbs == ("zhao", "chen")


def test_where_nobody_is_big_all_are_small_and_a_screen_is_shown_nevertheless() -> None:
    table = of("wang", scene(big=None), thumbs=4)
    assert (table.big, table.thumbs) == (None, ("li", "zhao", "chen", "zhou"))
    shared = of("wang", scene(big=None, screens=frozenset({"chen"})), thumbs=4)
    assert (shared.big, shared.screen, shared.thumbs) == ("chen", True, ("li", "zhao", "chen", "zhou"))
    assert of("chen", scene(big=None, screens=frozenset({"chen"}))).big is None


def test_nobody_hears_himself() -> None:
    assert of("li", scene(loud=("li", "wang", "zhao", "chen"))).audio == ("wang", "zhao", "chen")
    assert of("zhou", scene(loud=("li", "wang", "zhao", "chen"))).audio == ("li", "wang", "zhao")


def test_who_stays_on_the_page_stays_in_the_slot() -> None:
    before = Assignment(audio=("zhao", "li", None), big="li", thumbs=("chen", "zhao"))
    after = of("wang", scene(loud=("li", "zhou", "zhao"), order=("zhou", "zhao", "chen")), before)
    assert after.audio == ("zhao", "li", "zhou")
    assert after.thumbs == ("zhou", "zhao")


def test_the_page_is_told_every_slot() -> None:
    assert of("wang", scene()).words() == {
        "a0": "li",
        "a1": None,
        "a2": None,
        "big": "li",
        "screen": False,
        "t0": "zhao",
        "t1": "chen",
    }


names = st.sampled_from(EVERYBODY)


@given(
    viewer=names,
    big=st.none() | names,
    order=st.permutations(EVERYBODY),
    loud=st.lists(names, unique=True),
    cameras=st.frozensets(names),
    screens=st.frozensets(names),
    before=st.lists(st.none() | names, max_size=6),
    thumbs=st.integers(0, 6),
)
def test_in_every_case_no_double_and_never_oneself(
    viewer: str,
    big: str | None,
    order: list[str],
    loud: list[str],
    cameras: frozenset[str],
    screens: frozenset[str],
    before: list[str | None],
    thumbs: int,
) -> None:
    facts = scene(big=big, order=tuple(order), loud=tuple(loud), cameras=cameras, screens=screens)
    had = Assignment(audio=tuple(before), thumbs=tuple(before))
    after = of(viewer, facts, had, thumbs)
    for group in (after.audio, after.thumbs):
        shown = [name for name in group if name is not None]
        assert len(shown) == len(set(shown))
        assert viewer not in shown
    assert after.big != viewer
    assert len(after.thumbs) == thumbs
    assert set(filter(None, after.thumbs)) <= cameras
    assert after.thumbs.count(None) == 0 or set(filter(None, after.thumbs)) >= cameras - {viewer, after.big}


def test_the_loudest_are_chosen_and_a_little_louder_is_not_enough() -> None:
    loud = Loudness()
    for packet in range(200):
        at = packet * 0.02
        for name, level in {"li": 20, "wang": 30, "zhao": 33, "chen": 90}.items():
            loud.heard(name, level, at)
    people = ["chen", "zhao", "wang", "li"]
    assert loud.choose(people, 2, 4.0) == ["li", "wang"]
    for packet in range(200):
        loud.heard("zhao", 26, 4 + packet * 0.02)
        loud.heard("wang", 30, 4 + packet * 0.02)
        loud.heard("li", 20, 4 + packet * 0.02)
    assert set(loud.choose(people, 2, 8.0)) == {"li", "wang"}
    for packet in range(200):
        loud.heard("zhao", 5, 8 + packet * 0.02)
        loud.heard("wang", 30, 8 + packet * 0.02)
        loud.heard("li", 20, 8 + packet * 0.02)
    assert set(loud.choose(people, 2, 12.0)) == {"li", "zhao"}
    assert loud.speaking(12.0) == ["li", "wang", "zhao"]
    assert loud.speaking(13.0) == []
    loud.forget("zhao")
    assert set(loud.choose(people, 2, 12.0)) == {"li", "wang"}


def test_a_hole_is_asked_for_after_a_moment_and_not_for_ever() -> None:
    stream = Reception(clock=90000)
    for seq in (65533, 65534, 1):
        stream.arrived(seq, 0, 1.0)
    assert stream.due(1.0) == []
    assert stream.due(1.02) == [65535, 0]
    assert stream.due(1.05) == []
    stream.arrived(65535, 0, 1.06)
    assert stream.due(1.13) == [0]
    asked = [stream.due(1.13 + turn * 0.2) for turn in range(1, 12)]
    assert sum(map(len, asked)) == 3
    assert not stream.missing


def test_a_hole_is_asked_for_at_once_when_others_came_after_it_and_again_when_an_answer_is_due() -> None:
    stream = Reception(clock=90000)
    for seq in (65534, 0, 1):
        stream.arrived(seq, 0, 1.0)
    assert stream.due(1.0) == []  # it may have been overtaken
    stream.arrived(2, 0, 1.001)
    assert stream.due(1.001, 0.04) == [65535]
    assert stream.due(1.05, 0.04) == []
    assert stream.due(1.062, 0.04) == [65535]
    # A way that is too good or too bad to be true changes nothing beyond reason.
    assert stream.due(1.082, 0.0) == []
    assert stream.due(1.102, 0.0) == [65535]
    assert stream.due(1.36, 5.0) == [65535]


def test_a_hole_too_large_to_mend_is_torn() -> None:
    stream = Reception(clock=90000)
    stream.arrived(1, 0, 1.0)
    stream.arrived(500, 0, 1.0)
    assert stream.torn
    assert not stream.missing


def test_a_receiver_report_counts_over_the_wrap() -> None:
    stream = Reception(clock=48000)
    for seq in (*range(65530, 65536), *range(4), 6, 7):
        stream.arrived(seq, seq * 960, 1.0)
    block = stream.block(ssrc=9, lsr=0, dlsr=0)
    assert block[4] == 2 * 256 // 14
    assert int.from_bytes(block[5:8]) == 2
    assert int.from_bytes(block[8:12]) == 65536 + 7
    assert stream.block(ssrc=9, lsr=0, dlsr=0)[4] == 0
