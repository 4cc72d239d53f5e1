"""The draft of the minutes, as tables: facts in, words out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meetings.floor.models import RequestKind
from meetings.live.roles import KIND_OF_ROLE, Role
from meetings.minutes.blocks import Block, BlockKind, NameList, Paragraph, Table
from meetings.minutes.draft import draft, minutes_title
from meetings.minutes.facts import (
    CommitmentFact,
    MeetingFacts,
    OpinionFact,
    PersonFact,
    PollFact,
    SpeechFact,
    VenueFact,
)
from meetings.minutes.search import snippet
from meetings.minutes.wording import remarks
from meetings.minutes.words import duration, issue_mark, numeral, printed_name

START = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)
MAIN = VenueFact(id="1", name="市政协机关", is_main=True)
EAST = VenueFact(id="2", name="东屿区政协", is_main=False)


def person(name: str, role: Role = Role.MEMBER, **fields: Any) -> PersonFact:
    defaults: dict[str, Any] = {
        "id": name, "name": name, "unit": "", "title": "", "role": role, "kind": KIND_OF_ROLE[role], "sector": "",
        "venue": None, "present": True, "on_leave": False, "seq": 7,
    }  # fmt: skip
    return PersonFact(**{**defaults, **fields})


HOST = person("青云岭", Role.HOST, title="市政协副主席")
LEADER = person("紫金原", Role.LEADER, title="副市长")
ZHAO = person("赵立春", venue="市政协机关")
HAN = person("韩白露", venue="东屿区政协")
ZHU = person("朱三")
CHU = person("褚小暑", present=False, on_leave=True)
GONE = person("孔腊梅", present=False)
UNIT = person("丹枫渡", Role.DEPARTMENT, unit="市发展和改革委员会")


def speech(
    who: PersonFact, kind: RequestKind = RequestKind.SCHEDULED, *, used: int = 351, limit: int = 360
) -> SpeechFact:
    return SpeechFact(
        speaker=who, kind=kind, topic="", on_behalf_of="", venue=who.venue, started_at=START,
        ended_at=START + timedelta(seconds=used), limit_seconds=limit, seq=20,
    )  # fmt: skip


def meeting(**fields: Any) -> MeetingFacts:
    defaults: dict[str, Any] = {
        "title": "“加快新能源充电桩建设”远程协商会", "organization": "政协澄湾市委员会", "short_name": "澄湾市政协",
        "started_at": START, "ended_at": START + timedelta(minutes=140), "people": [HOST, ZHAO, HAN, ZHU, CHU, GONE],
        "venues": [MAIN, EAST], "speeches": [], "opinions": [], "commitments": [], "polls": [], "documents": [],
        "started_seq": 5, "ended_seq": 90,
    }  # fmt: skip
    return MeetingFacts(**{**defaults, **fields})


def block(facts: MeetingFacts, kind: BlockKind) -> Block:
    return next(block for block in draft(facts) if block.kind is kind)


def lead(**fields: Any) -> str:
    piece = block(meeting(**fields), BlockKind.LEAD).facts[0]
    assert isinstance(piece, Paragraph)
    return piece.text


def opinion(no: int, aspect: str, text: str = "公开清单") -> OpinionFact:
    return OpinionFact(id=str(no), no=no, aspect=aspect, text=text, speaker="赵立春", seq=30 + no)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "2026年5月21日下午，澄湾市政协以“现场协商+远程协商”方式召开“加快新能源充电桩建设”远程协商会。"),
        ({"venues": [], "people": [HOST, ZHU]}, "以“远程协商”方式"),
        ({"venues": [MAIN], "people": [HOST, ZHAO]}, "以“现场协商”方式"),
        ({"started_at": datetime(2026, 1, 5, 1, 0, tzinfo=UTC)}, "2026年1月5日上午"),
        ({}, "市政协副主席青云岭主持会议。"),
        ({"people": [HOST, LEADER]}, "副市长紫金原到会听取意见。"),
        ({"people": [HOST, LEADER], "speeches": [speech(LEADER)]}, "副市长紫金原到会听取意见并讲话。"),
        ({}, "会议在市政协机关设主会场，在东屿区政协设1个分会场。"),
        ({}, "应到委员5名，实到3名，其中远程参会2名。"),
        ({"speeches": [speech(ZHAO), speech(ZHAO), speech(HAN)]}, "会上，2名委员作了预约发言。"),
        ({"speeches": [speech(ZHU, RequestKind.QUESTION), speech(ZHU, RequestKind.IMPROMPTU)]}, "2人次即席发言或提问"),
        ({"speeches": [speech(UNIT, RequestKind.RESPONSE)]}, "1家部门和单位作了通报或回应"),
        ({"polls": [PollFact(title="总体评价", participated=3, options=[])]}, "开展快速征询1次"),
    ],
)
def test_the_lead_counts_what_happened(fields: dict[str, Any], says: str) -> None:
    text = lead(**fields)
    assert says in text
    assert text.endswith("现将协商情况纪要如下。")


def test_who_did_not_come_is_not_counted_and_a_meeting_without_anything_still_has_a_lead() -> None:
    assert lead(people=[], venues=[]) == (
        "2026年5月21日下午，澄湾市政协以“远程协商”方式召开“加快新能源充电桩建设”远程协商会。现将协商情况纪要如下。"
    )


def test_opinions_are_grouped_by_aspect_and_numbered_through() -> None:
    said = [opinion(1, "规划"), opinion(2, "安全", "出台责任清单；"), opinion(3, "规划"), opinion(4, "")]
    facts = meeting(opinions=said)
    pieces = block(facts, BlockKind.OPINIONS).facts
    assert [piece.lead + piece.text for piece in pieces if isinstance(piece, Paragraph)] == [
        "委员们围绕3个方面提出4条意见建议。",
        "（一）规划。1.公开清单。2.公开清单。",
        "（二）安全。3.出台责任清单。",
        "（三）其他方面。4.公开清单。",
    ]
    assert isinstance(pieces[1], Paragraph)
    assert pieces[1].sources == [31, 33]


@pytest.mark.parametrize(
    ("poll", "says"),
    [
        (
            PollFact(title="总体评价", participated=35, options=[("赞同", 27), ("保留意见", 8)], seq=80),
            "“总体评价”（参与35人）：赞同27人，保留意见8人。",
        ),
        (
            PollFact(title="“最急需”", participated=34, options=[("增容难", 22), ("用地难", 17)], max_choices=2),
            "“最急需”（限选2项，参与34人）：增容难22票，用地难17票。",
        ),
    ],
)
def test_polls_are_told_in_numbers(poll: PollFact, says: str) -> None:
    piece = block(meeting(polls=[poll]), BlockKind.POLLS).facts[0]
    assert isinstance(piece, Paragraph)
    assert piece.text == says


def test_promises_are_told_with_their_day() -> None:
    promise = CommitmentFact(unit="国网澄湾供电公司", text="完成勘测。", due="2026-05-31", seq=70)
    piece = block(meeting(commitments=[promise]), BlockKind.RESPONSES).facts[0]
    assert isinstance(piece, Paragraph)
    assert piece.text == "国网澄湾供电公司现场承诺：完成勘测，于2026年5月31日前完成。"


def test_attendance_is_listed_by_venue_and_two_character_names_are_spaced() -> None:
    facts = meeting(people=[HOST, ZHAO, HAN, ZHU, CHU, GONE, UNIT], venues=[EAST, MAIN])
    lists = {
        piece.label: [(group.label, group.text) for group in piece.groups]
        for piece in block(facts, BlockKind.ATTENDANCE).facts
        if isinstance(piece, NameList)
    }
    assert lists == {
        "出席": [("主会场", "赵立春"), ("东屿区政协", "韩白露"), ("个人远程", "朱　三")],
        "请假": [("", "褚小暑")],
        "列席": [("", "市发展和改革委员会丹枫渡")],
    }


def test_speeches_are_a_table_with_time_used_and_limit() -> None:
    facts = meeting(speeches=[speech(HAN), speech(ZHU, RequestKind.IMPROMPTU, used=207, limit=180)])
    table = block(facts, BlockKind.SPEECHES).facts[0]
    assert isinstance(table, Table)
    assert table.rows[0][4:] == ["14:30—14:35", "5分51秒", "6分钟", "东屿区政协"]
    assert table.rows[1][1:] == ["朱　三", "", "即席发言", "14:30—14:33", "3分27秒（超时）", "3分钟", "个人远程"]
    assert table.sources == [20, 20]


def test_parts_without_facts_that_nobody_may_write_in_are_left_out() -> None:
    kinds = [block.kind for block in draft(meeting(people=[HOST]))]
    assert BlockKind.POLLS not in kinds
    assert BlockKind.SPEECHES not in kinds
    assert kinds[:3] == [BlockKind.LEAD, BlockKind.SITUATION, BlockKind.OPINIONS]


def test_a_draft_never_decides_and_never_orders() -> None:
    facts = meeting(
        opinions=[opinion(1, "规划")], commitments=[CommitmentFact(unit="供电公司", text="勘测", due=None, seq=1)]
    )
    assert remarks("".join(block.model_dump_json() for block in draft(facts))) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("会议决定由市住建局牵头", ["DECIDES"]),
        ("责成有关部门落实", ["DECIDES"]),
        ("经投票表决通过", ["VOTES"]),
        ("群众代表发言", []),
        ("[2026]8号", ["BRACKETS"]),
        ("2026年05月21日", ["LEADING_ZERO"]),
        ("委员们认为,应规划先行", ["ASCII_PUNCTUATION"]),
        ("委员们认为，应规划先行。会议建议〔2026〕8号", []),
    ],
)
def test_wording_is_remarked_upon(text: str, found: list[str]) -> None:
    assert remarks(text) == found


@pytest.mark.parametrize(("n", "word"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一")])
def test_numerals(n: int, word: str) -> None:
    assert numeral(n) == word


@pytest.mark.parametrize(
    ("name", "printed"), [("张三", "张　三"), ("张大寒", "张大寒"), ("萨日朗·示例", "萨日朗·示例")]
)
def test_printed_names(name: str, printed: str) -> None:
    assert printed_name(name) == printed


def test_small_words() -> None:
    assert duration(45) == "45秒"
    assert issue_mark(2026, 8) == "〔2026〕8号"
    assert minutes_title("远程协商会") == "远程协商会纪要"
    assert minutes_title("协商会纪要") == "协商会纪要"


def test_a_snippet_marks_every_word_of_the_query() -> None:
    found = snippet("题目\n" + "前" * 100 + "新能源充电桩建设与充电安全" + "后" * 100, ["充电", "充电桩"])
    assert [found.text[a:b] for a, b in found.marks] == ["充电桩", "充电"]
    assert found.text.startswith("…")
    assert found.text.endswith("…")
