"""按姓氏笔画为序, as printed lists have it."""

from hypothesis import given
from hypothesis import strategies as st

from server.core.strokes import LAST, place


def ordered(names: str) -> str:
    return " ".join(sorted(names.split(), key=place))


def test_by_the_number_of_strokes_and_then_stroke_by_stroke() -> None:
    assert ordered("赵 钱 孙 李 周 吴 郑 王") == "王 孙 李 吴 周 郑 赵 钱"
    # Seven strokes: 横 before 折; six: 撇 before 点; five: 撇 before 点.
    assert ordered("张立夏 李春分 刘芒种 朱寒露 冯谷雨 白露") == "白露 冯谷雨 朱寒露 刘芒种 李春分 张立夏"


def test_the_same_surname_goes_on_with_the_next_character_and_the_shorter_name_comes_first() -> None:
    assert ordered("王小满 王大暑 王一 王立冬 王") == "王 王一 王大暑 王小满 王立冬"
    assert ordered("欧阳秋 欧 王小满") == "王小满 欧 欧阳秋"


def test_what_is_no_chinese_character_stands_at_the_end() -> None:
    assert ordered("Maria 阿依古丽·买买提 丁一") == "丁一 阿依古丽·买买提 Maria"


@given(name=st.text(max_size=60))
def test_every_name_has_a_place(name: str) -> None:
    assert 0 <= place(name) < LAST
