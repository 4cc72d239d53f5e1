"""The minutes, told as stories: drafted from the record, written, reviewed, issued, and never changed again."""

import hashlib
import io
import itertools
import json
import uuid
from typing import Any

import docx
import pytest

from meetings.live import journal
from meetings.live.models import Meeting
from meetings.live.roles import Role
from meetings.minutes.access import May, rights_of
from meetings.minutes.models import BlockRevision, Minutes, MinutesBlock
from tests.integration.paper.office import Desk, Held, O, desk, held_meeting, issued, stranger
from tests.story import new_room

pytestmark = pytest.mark.django_db

ROW = {"text": "编制专项规划", "lead": "市发展和改革委员会", "co": ["供电公司"], "due": "2026年12月底", "opinions": [1]}


@pytest.fixture
def held() -> Held:
    return held_meeting()


def shown(who: Desk, minutes: str) -> dict[str, Any]:
    status, body = who.get(f"/minutes/{minutes}")
    assert status == 200, body
    return dict(body)


def block(who: Desk, minutes: str, kind: str) -> dict[str, Any]:
    return next(one for one in shown(who, minutes)["blocks"] if one["kind"] == kind)


def write(who: Desk, minutes: str, kind: str, text: str, version: int = 1, **more: Any) -> tuple[int, Any]:
    return who.send("PUT", f"/minutes/{minutes}/blocks/{kind}", version=version, text=text, **more)


def test_the_draft_is_pulled_from_the_record(held: Held) -> None:
    body = shown(held.secretary, held.minutes())
    blocks = {one["kind"]: one for one in body["blocks"]}
    lead = blocks["LEAD"]["facts"][0]["text"]
    assert "应到委员3名，实到2名，其中远程参会1名" in lead
    assert "1名委员作了预约发言" in lead
    assert blocks["OPINIONS"]["facts"][0]["text"] == "委员们围绕1个方面提出1条意见建议。"
    assert "于2026年12月31日前完成" in blocks["RESPONSES"]["facts"][0]["text"]
    table = blocks["SPEECHES"]["facts"][0]
    assert table["rows"][0][1] == "赵立春"
    seq = table["sources"][0]
    entry = held.room.meeting.journal.get(seq=seq)
    assert entry.type == "floor.speech_finished"
    assert blocks["ATTENDANCE"]["facts"][0]["groups"][1]["text"] == "朱　三"
    assert [one["kind"] for one in body["blocks"] if one["locked"]] == ["LEAD", "ATTENDANCE", "SPEECHES"]
    assert body["next_number"] == 1
    assert body["title"] == "“加快新能源充电桩建设”远程协商会纪要"
    assert body["sent_to"] == ["中共澄湾市委", "澄湾市人民政府"]


def test_a_meeting_under_way_has_no_minutes_yet() -> None:
    room = new_room()
    status, body = desk("雪松岗", O.SECRETARY).post("/minutes/draft", meeting=str(room.meeting_id))
    assert (status, body["code"], body["facts"]["state"]) == (409, "WRONG_STATE", "LIVE")


def test_drafting_twice_finds_the_same_minutes(held: Held) -> None:
    assert held.minutes() == held.minutes()
    assert Minutes.objects.count() == 1


def test_a_member_does_not_draft(held: Held) -> None:
    status, body = desk("某委员").post("/minutes/draft", meeting=str(held.room.meeting_id))
    assert (status, body["code"]) == (403, "NOT_ALLOWED")
    assert Minutes.objects.count() == 0


def test_writing_raises_the_version_and_keeps_every_text(held: Held) -> None:
    minutes = held.minutes()
    assert write(held.secretary, minutes, "SITUATION", "全市公共充电桩5180个。")[1]["version"] == 2
    status, body = write(held.secretary, minutes, "SITUATION", "会议决定建桩。", version=2)
    assert (status, body["version"], body["edited_by"], body["remarks"]) == (200, 3, "雪松岗", ["DECIDES"])
    texts = list(BlockRevision.objects.filter(block__kind="SITUATION").values_list("text", flat=True))
    assert texts == ["", "全市公共充电桩5180个。", "会议决定建桩。"]


def test_two_people_in_one_block_lose_nothing(held: Held) -> None:
    minutes = held.minutes()
    colleague = desk("云杉道", O.SECRETARY)
    assert write(colleague, minutes, "SITUATION", "同事写的")[0] == 200
    status, body = write(held.secretary, minutes, "SITUATION", "我写的")
    assert (status, body["code"]) == (409, "EDIT_CONFLICT")
    assert body["facts"] == {"version": 2, "theirs": "同事写的", "by": "云杉道"}
    assert block(colleague, minutes, "SITUATION")["text"] == "同事写的"


@pytest.mark.parametrize("kind", ["LEAD", "ATTENDANCE", "SPEECHES"])
def test_facts_are_locked(held: Held, kind: str) -> None:
    minutes = held.minutes()
    before = block(held.secretary, minutes, kind)
    status, body = write(held.secretary, minutes, kind, "实到40名")
    assert (status, body["code"]) == (409, "BLOCK_LOCKED")
    assert block(held.secretary, minutes, kind) == before


def test_rows_belong_to_the_suggested_tasks_only(held: Held) -> None:
    minutes = held.minutes()
    assert write(held.secretary, minutes, "SITUATION", "", rows=[ROW])[1]["code"] == "BAD_REQUEST"
    assert write(held.secretary, minutes, "SUGGESTED_TASKS", "", rows=[ROW])[1]["rows"] == [ROW]
    wrong = {**ROW, "text": ""}
    status, body = write(held.secretary, minutes, "SUGGESTED_TASKS", "", version=2, rows=[wrong])
    assert (status, body["code"]) == (400, "BAD_REQUEST")


def test_drafting_anew_pulls_late_opinions_and_leaves_human_words_alone(held: Held) -> None:
    minutes = held.minutes()
    write(held.secretary, minutes, "OPINIONS", "委员们认为，应当规划先行。")
    recorder = held.room.person("补记员", Role.RECORDER)
    recorder.does("record.note_opinion", text="整治油车占位", aspect="守牢底线")
    status, body = held.secretary.post(f"/minutes/{minutes}/redraft")
    assert status == 200
    opinions = next(one for one in body["blocks"] if one["kind"] == "OPINIONS")
    assert opinions["facts"][0]["text"] == "委员们围绕2个方面提出2条意见建议。"
    assert opinions["text"] == "委员们认为，应当规划先行。"


def test_the_head_of_the_paper_has_a_version_too(held: Held) -> None:
    minutes = held.minutes()
    head = {"title": "协商纪要", "series": "澄湾协商专报", "issuer": "办公室", "sent_to": [], "cc": [], "copies": 20}
    assert held.secretary.send("PATCH", f"/minutes/{minutes}", version=1, **head) == (200, {"version": 2})
    status, body = held.secretary.send("PATCH", f"/minutes/{minutes}", version=1, **head)
    assert (status, body["code"]) == (409, "EDIT_CONFLICT")


def test_review_returns_with_a_comment_and_issues_only_what_was_submitted(held: Held) -> None:
    minutes = held.minutes()
    assert held.secretary.post(f"/minutes/{minutes}/issue")[1]["code"] == "WRONG_STATE"
    held.secretary.post(f"/minutes/{minutes}/submit")
    assert write(held.secretary, minutes, "SITUATION", "晚了")[1]["code"] == "WRONG_STATE"
    assert held.secretary.post(f"/minutes/{minutes}/return", comment=" ")[1]["code"] == "REASON_REQUIRED"
    assert held.secretary.post(f"/minutes/{minutes}/return", comment="补充数据")[0] == 204
    assert write(held.secretary, minutes, "SITUATION", "已补充")[0] == 200
    steps = shown(held.secretary, minutes)["steps"]
    assert [(step["kind"], step["comment"]) for step in steps][-1] == ("returned", "补充数据")


def test_issuing_numbers_freezes_and_hashes(held: Held) -> None:
    head_before = held.room.meeting.head
    minutes = issued(held, rows=[ROW])
    body = shown(held.secretary, minutes)
    assert (body["state"], body["issue_no"], body["issued_by"]) == ("ISSUED", 1, "雪松岗")
    assert body["actions"] == []
    assert body["head"] == head_before
    frozen = held.secretary.client.get(f"/api/minutes/{minutes}/frozen").content
    assert hashlib.sha256(frozen).hexdigest() == body["sha256"]
    paper = json.loads(frozen)
    assert (paper["issue_no"], paper["head"], paper["blocks"][0]["kind"]) == (1, head_before, "LEAD")
    meeting = held.room.meeting
    assert meeting.state == "DONE"
    assert held.room.types[-1] == "minutes.issued"
    assert journal.verify(meeting) is None


def test_after_the_issue_nothing_is_written_any_more(held: Held) -> None:
    minutes = issued(held, rows=[ROW])
    row = Minutes.objects.get(pk=minutes)
    before = (row.snapshot, row.sha256, list(MinutesBlock.objects.values_list("text", "version")), row.title)
    head = {"title": "改", "series": "改", "issuer": "改", "sent_to": [], "cc": [], "copies": 1}
    attempts = [
        write(held.secretary, minutes, "SITUATION", "改", version=1),
        write(held.secretary, minutes, "LEAD", "改", version=1),
        write(held.secretary, minutes, "SUGGESTED_TASKS", "", version=2, rows=[]),
        held.secretary.send("PATCH", f"/minutes/{minutes}", version=1, **head),
        held.secretary.post(f"/minutes/{minutes}/redraft"),
        held.secretary.post(f"/minutes/{minutes}/submit"),
        held.secretary.post(f"/minutes/{minutes}/return", comment="改"),
        held.secretary.post(f"/minutes/{minutes}/issue"),
        held.secretary.post(f"/minutes/{minutes}/issue", number=9),
    ]
    assert [(status, body["code"]) for status, body in attempts] == [(409, "MINUTES_FROZEN")] * len(attempts)
    row.refresh_from_db()
    assert (row.snapshot, row.sha256, list(MinutesBlock.objects.values_list("text", "version")), row.title) == before
    assert held.minutes() == minutes


def test_what_is_shown_after_the_issue_is_the_frozen_text(held: Held) -> None:
    minutes = issued(held)
    MinutesBlock.objects.filter(minutes_id=uuid.UUID(minutes), kind="SITUATION").update(text="有人改了表")
    assert block(held.secretary, minutes, "SITUATION")["text"] == ""


def test_a_number_is_given_once_per_series_and_year(held: Held) -> None:
    issued(held)
    other = held_meeting(held.secretary)
    minutes = other.minutes()
    assert shown(held.secretary, minutes)["next_number"] == 2
    held.secretary.post(f"/minutes/{minutes}/submit")
    status, body = held.secretary.post(f"/minutes/{minutes}/issue", number=1)
    assert (status, body["code"], body["facts"]) == (409, "NUMBER_TAKEN", {"number": 1, "next": 2})
    assert other.room.meeting.state == "ENDED"
    assert held.secretary.post(f"/minutes/{minutes}/issue", number=5)[1]["issue_no"] == 5


def test_nobody_in_the_meeting_gives_the_command_themselves(held: Held) -> None:
    from server.core.errors import Refused

    minutes = held.minutes()
    held.secretary.post(f"/minutes/{minutes}/submit")
    with pytest.raises(Refused, match="NOT_ALLOWED"):
        held.host.does("minutes.record_issue", minutes=minutes, by=str(held.secretary.account.person_id))


def test_the_word_file_opens_and_holds_the_facts(held: Held) -> None:
    minutes = held.minutes()
    write(held.secretary, minutes, "CONSENSUS", "与会同志一致认为，应坚持规划先行。\x0b")
    write(held.secretary, minutes, "SUGGESTED_TASKS", "", rows=[ROW])
    held.secretary.post(f"/minutes/{minutes}/submit")
    held.secretary.post(f"/minutes/{minutes}/issue", number=8)
    answer = held.secretary.client.get(f"/api/minutes/{minutes}/docx")
    assert answer.status_code == 200
    assert "%E7%AC%AC8%E6%9C%9F" in answer["Content-Disposition"]
    document = docx.Document(io.BytesIO(answer.content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert lines[0] == "政协澄湾市委员会协商纪要"
    assert "第8期" in lines
    assert any("应到委员3名，实到2名" in line for line in lines)
    assert "一、意见建议" in lines
    assert "三、共识与有待进一步研究的问题" in lines
    assert any(line.startswith("出席：（主会场）赵立春") for line in lines)
    tasks, speeches, colophon = ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
    assert tasks[1] == ["1", "编制专项规划", "市发展和改革委员会", "供电公司", "2026年12月底", "1"]
    assert speeches[1][1] == "赵立春"
    assert colophon[0] == ["报送：中共澄湾市委，澄湾市人民政府。"]
    section = document.sections[0]
    assert [round(side.mm) for side in (section.top_margin, section.left_margin) if side] == [37, 28]


PARAGRAPH = ["keepNext", "pageBreakBefore", "widowControl", "pBdr", "tabs", "snapToGrid", "spacing", "ind", "jc"]
TABLE = ["tblStyle", "tblpPr", "tblW", "jc", "tblLayout", "tblLook"]


def test_words_elements_are_in_the_schemas_order(held: Held) -> None:
    minutes = issued(held, rows=[ROW])
    answer = held.secretary.client.get(f"/api/minutes/{minutes}/docx")
    body = docx.Document(io.BytesIO(answer.content)).element.body
    for tag, order in (("pPr", PARAGRAPH), ("tblPr", TABLE)):
        for properties in body.iter(f"{{{body.nsmap['w']}}}{tag}"):
            names = [child.tag.rpartition("}")[2] for child in properties]
            assert names == sorted(names, key=order.index), names


def test_a_draft_is_exported_as_a_draft(held: Held) -> None:
    answer = held.secretary.client.get(f"/api/minutes/{held.minutes()}/docx")
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(answer.content)).paragraphs]
    assert "（草　稿）" in lines


def test_the_archive_finds_issued_minutes_by_all_words(held: Held) -> None:
    minutes = issued(held)
    held_meeting(held.secretary).minutes()
    reader = desk("某委员")
    status, body = reader.get("/minutes/archive", q="三年　清单")
    assert (status, [found["id"] for found in body["items"]]) == (200, [minutes])
    found = body["items"][0]
    assert {found["snippet"][a:b] for a, b in found["marks"]} == {"三年", "清单"}
    assert [hit["id"] for hit in reader.get("/minutes/archive", q="朱三")[1]["items"]] == [minutes]
    assert reader.get("/minutes/archive", q="三年 地铁")[1]["items"] == []
    assert reader.get("/minutes/archive", q="100%_")[1]["items"] == []
    assert reader.get("/minutes/archive")[1]["total"] == 1
    beyond = reader.get("/minutes/archive", page=10**20)[1]
    assert (beyond["page"], beyond["pages"], len(beyond["items"])) == (1, 1, 1)
    assert stranger().get("/minutes/archive", q="清单")[1]["items"] == []


def test_a_guest_of_the_meeting_from_another_city_reads_the_issued_minutes(held: Held) -> None:
    from meetings.live.models import Participant

    outsider = stranger()
    Participant.objects.create(
        meeting=held.room.meeting, person=outsider.account.person, name="远客", role=Role.OBSERVER,
        attendance_kind="OBSERVER",
    )  # fmt: skip
    minutes = held.minutes()
    assert outsider.get(f"/minutes/{minutes}")[0] == 404
    issued(held)
    assert outsider.get(f"/minutes/{minutes}")[0] == 200
    assert outsider.get("/minutes/archive")[1]["total"] == 1


def test_the_desk_shows_drafts_and_meetings_without_minutes(held: Held) -> None:
    status, body = held.secretary.get("/minutes/desk")
    assert (status, body["drafts"], [one["meeting"] for one in body["waiting"]]) == (
        200, [], [str(held.room.meeting_id)],
    )  # fmt: skip
    minutes = held.minutes()
    body = held.secretary.get("/minutes/desk")[1]
    assert ([one["id"] for one in body["drafts"]], body["waiting"]) == ([minutes], [])
    assert desk("某委员").get("/minutes/desk")[0] == 403


def may(office: O | None, role: Role | None, *, frozen: bool, own: bool = True) -> frozenset[May]:
    return rights_of(own_organization=own, offices={office} if office else set(), role=role, frozen=frozen)


@pytest.mark.parametrize("role", [None, *Role])
def test_the_table_of_rights(role: Role | None) -> None:
    for office in [None, *O]:
        before, after = may(office, role, frozen=False), may(office, role, frozen=True)
        assert (May.ISSUE in before) == (office is O.SECRETARY)
        writes = office is O.SECRETARY or role in (Role.SECRETARY, Role.RECORDER)
        assert (May.EDIT in before) == (May.SUBMIT in before) == writes
        assert (May.RETURN in before) == (office is O.SECRETARY or role in (Role.HOST, Role.CO_HOST))
        assert May.READ in after
        assert (May.READ in before) == (writes or role in (Role.HOST, Role.CO_HOST))
        assert May.ISSUE not in may(office, role, frozen=False, own=False)


REQUESTS: dict[May, tuple[str, str, dict[str, Any]]] = {
    May.READ: ("GET", "", {}),
    May.EDIT: ("PUT", "/blocks/SITUATION", {"version": 1, "text": "新"}),
    May.SUBMIT: ("POST", "/submit", {}),
    May.RETURN: ("POST", "/return", {"comment": "补充"}),
    May.ISSUE: ("POST", "/issue", {}),
}


@pytest.mark.parametrize(
    ("right", "role"),
    list(itertools.product(REQUESTS, [None, Role.HOST, Role.RECORDER, Role.SECRETARY, Role.MEMBER])),
)
def test_the_endpoints_keep_to_the_table(held: Held, right: May, role: Role | None) -> None:
    minutes = held.minutes()
    if right in (May.RETURN, May.ISSUE):
        held.secretary.post(f"/minutes/{minutes}/submit")
    who = desk("某某")
    if role is not None:
        person = held.room.person("有席位", role).row.person
        who = desk("有席位", person=person)
    before = Meeting.objects.get(pk=held.room.meeting_id).seq
    method, path, body = REQUESTS[right]
    status, answer = who.send(method, f"/minutes/{minutes}{path}", **body)
    rights = may(None, role, frozen=False)
    if right in rights:
        assert status in (200, 204), answer
    else:
        assert (status, answer["code"]) == ((403, "NOT_ALLOWED") if May.READ in rights else (404, "NOT_FOUND"))
        assert Meeting.objects.get(pk=held.room.meeting_id).seq == before


def test_unknown_minutes(held: Held) -> None:
    assert held.secretary.get(f"/minutes/{uuid.uuid4()}")[0] == 404
    assert held.secretary.get(f"/minutes/of-meeting/{held.room.meeting_id}")[0] == 404
    minutes = held.minutes()
    assert held.secretary.get(f"/minutes/of-meeting/{held.room.meeting_id}")[1]["id"] == minutes
