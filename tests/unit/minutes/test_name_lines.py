"""Lists of names in the printed minutes: lines end between names."""

from hypothesis import given
from hypothesis import strategies as st

from meetings.minutes import words
from meetings.minutes.blocks import NameGroup, NameList
from meetings.minutes.wordfile import name_lines


def listed(*groups: tuple[str, str]) -> NameList:
    return NameList(label="出席", groups=[NameGroup(label=label, text=text, count=1) for label, text in groups])


def printed(piece: NameList, room: int) -> list[str]:
    return ["".join(text for text, _ in line) for line in name_lines(piece, room=room)]


def test_a_name_is_never_cut_and_a_label_stays_with_its_first_name() -> None:
    piece = listed(("主会场", "赵立春　钱　雨　孙惊蛰"), ("个人远程", "李春分"))
    assert printed(piece, 12) == ["（主会场）赵立春　钱　雨", "孙惊蛰", "（个人远程）李春分"]
    assert printed(piece, 28) == ["（主会场）赵立春　钱　雨　孙惊蛰　（个人远程）李春分"]


def test_units_are_cut_after_their_people() -> None:
    piece = listed(("", "市发展和改革委员会石　川，市城市管理执法局江上帆"))
    assert printed(piece, 18) == ["市发展和改革委员会石　川，", "市城市管理执法局江上帆"]


def test_what_is_longer_than_a_line_has_one_of_its_own() -> None:
    assert printed(listed(("", "赵立春　阿依古丽·买买提　钱　雨")), 6) == ["赵立春", "阿依古丽·买买提", "钱　雨"]


@given(
    names=st.lists(st.text(alphabet="赵钱孙李周吴郑王·", min_size=2, max_size=9), min_size=1, max_size=40),
    room=st.integers(4, 30),
)
def test_nothing_is_lost_or_cut(names: list[str], room: int) -> None:
    lines = printed(listed(("", words.names(names))), room)
    found = [name.replace(words.WIDE_SPACE, "") for line in lines for name in words.apart(line)]
    assert found == names
    assert all(len(line) <= room or len(words.apart(line)) == 1 for line in lines)
