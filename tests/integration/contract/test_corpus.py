"""The contract corpus: what a client had, what it was told, and what a fresh snapshot says then.

The stories are played on the real server; ids, times and links are replaced by names in order of appearance, so that
the files only change when the contract does. vitest replays the same files through the browser's reducers. Write them
anew with `make contract` (`GONGSHANG_WRITE_CORPUS=1`) and read the difference.
"""

import itertools
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from meetings.documents.commands import Upload
from meetings.documents.models import MeetingDocument
from meetings.documents.processed import Outcome, Processed
from meetings.floor.models import WAITING
from meetings.live import journal, snapshots
from meetings.live.commands import Command
from meetings.live.events import EVENTS
from meetings.live.execute import execute
from meetings.live.hosting import LOST, HandOver
from meetings.live.models import Seen
from meetings.live.roles import Audience, Role
from meetings.people.links import venue_token
from meetings.people.models import Venue
from server.accounts.models import Person
from server.core import clock, ids
from tests import story as words
from tests.story import Room, new_room
from voting.models import Tally

pytestmark = pytest.mark.django_db

FOLDER = Path(__file__).parent.parent.parent / "corpus"
VOLATILE_PARTS = re.compile(
    r'"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"'
    r'|"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"'
    r'|"(?P<link>[0-9a-f]{64})"'
)

Story = Callable[[Room], None]
STORIES: dict[str, tuple[str, Story]] = {}


def story(name: str, state: str = "LIVE") -> Callable[[Story], Story]:
    def register(tell: Story) -> Story:
        STORIES[name] = (state, tell)
        return tell

    return register


@story("a meeting from the notice to the end", state="DRAFT")
def whole_life(room: Room) -> None:
    host = room.host()
    host.does(
        "agenda.set_items",
        items=[{"kind": "OPENING", "title": "主持人开场"}, {"kind": "INTERACTION", "title": "互动交流"}],
    )
    host.does("meeting.publish")
    host.does("meeting.open_lobby")
    host.does("meeting.start")
    host.does("agenda.activate")
    host.does("meeting.pause")
    host.does("meeting.resume")
    host.does("meeting.end")


@story("a meeting that is called off", state="NOTIFIED")
def called_off(room: Room) -> None:
    room.host().does("meeting.cancel", reason="台风")


@story("people come, wait, are admitted and leave", state="LOBBY")
def at_the_door(room: Room) -> None:
    host, li = room.host(), room.member("李春分", present=False)
    wang, zhou = room.member("王小满", present=False), room.member("周清明", present=False)
    host.does("people.invite_guest", guest_name="芦荻岸", title="南汀社区居民代表")
    host.does("people.grant_leave", participant=str(zhou.id), reason="出差")
    li.does("people.check_in")
    wang.does("people.check_in")
    host.does("people.admit", participants=[str(li.id)])
    host.does("people.admit_all")
    host.does("people.mute", participant=str(li.id))
    host.does("people.unmute", participant=str(li.id))
    li.does("people.leave")
    host.does("people.remove", participant=str(wang.id), reason="扰乱会场秩序")


@story("somebody sits down in a venue", state="LOBBY")
def in_a_venue(room: Room) -> None:
    host, li, venue = room.host(), room.member("李春分"), room.venue()
    li.does("people.take_seat", token=venue_token(meeting=room.meeting_id, venue=venue.pk))
    li.does("people.take_seat")
    host.does("stage.spotlight", participant=str(li.id))
    host.does("stage.spotlight")
    host.does("stage.set_layout", layout="ROUND_TABLE")
    host.does("stage.set_layout", layout="ROUND_TABLE")
    host.does("stage.set_layout", layout="SPEAKER")


@story("a venue is brought in with its clerk", state="NOTIFIED")
def venue_comes(room: Room) -> None:
    host, venue = room.host(), Venue.objects.create(organization=room.organization, name="北麓县政协分会场")
    clerk = Person.objects.create(organization=room.organization, name="雪窦峰")
    host.does("people.invite", persons=[str(clerk.pk)], role="VENUE_CLERK", venue=str(venue.pk))


@story("somebody is taken off the roster", state="NOTIFIED")
def uninvited(room: Room) -> None:
    host, li = room.host(), room.member("李春分", present=False)
    host.does("people.uninvite", participant=str(li.id))


@story("requests, speeches and places in the queue")
def the_floor(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.open")
    li.does("floor.request", topic="老旧小区电力增容", on_behalf_of="工商联界")
    wang.does("floor.request", kind="QUESTION")
    host.does("floor.request", kind="SCHEDULED", participant=str(zhou.id))
    host.does("floor.call")
    host.does("floor.extend", seconds=60)
    host.does("floor.call", participant=str(wang.id))
    third = li.does("floor.request", kind="QUESTION").result
    assert third
    host.does("floor.skip", request=third["request"])
    wang.does("floor.withdraw", request=next(iter(_waiting(room, wang.id))))
    li.does("floor.to_written", request=next(iter(_waiting(room, li.id))))
    host.does("floor.finish")
    host.does("floor.close")


@story("the end of the meeting converts what still waits")
def the_end(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    li.does("floor.request")
    wang.does("floor.request")
    host.does("floor.call")
    host.does("meeting.end")


@story("the host puts the queue in order")
def the_order(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.open")
    host.does("floor.call", participant=str(li.id))
    asked = [who.does("floor.request").result for who in (li, wang, zhou)]
    host.does("floor.finish")
    host.does("floor.set_rule", preset="FIRST_SPEECH", scheduled_first=False, public_may_ask=False)
    first, _, last = [str(each["request"]) for each in asked if each]
    host.does("floor.move", request=last, before=first, reason="由其先作说明")
    host.does("floor.set_rule", preset="MANUAL")


@story("people are called up, answer, are passed over and queue again")
def called_up(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    first, second = li.does("floor.request").result, wang.does("floor.request").result
    assert first
    assert second
    host.does("floor.summon")
    li.does("floor.answer", request=first["request"])
    host.does("floor.summon")
    host.does("floor.summon")
    wang.does("floor.answer", request=second["request"])
    host.does("floor.skip", request=second["request"])
    wang.does("floor.requeue", request=second["request"])


@story("a question goes to a department and is answered")
def answered(room: Room) -> None:
    host, li, power = room.host(), room.member("李春分"), room.person("墨竹林", Role.DEPARTMENT)
    host.does("floor.open")
    question = li.does("floor.request", kind="QUESTION", topic="变压器负荷数据能否向社区公开").result
    assert question
    host.does("floor.route", request=question["request"], to=str(power.id))
    host.does("floor.call")
    host.does("floor.finish")
    power.does("floor.request", kind="RESPONSE", answers=question["request"])
    host.does("floor.call")
    power.does("floor.finish")
    again = li.does("floor.request", kind="QUESTION", to=str(power.id)).result
    assert again
    host.does("floor.call")
    host.does("floor.finish")
    power.does("floor.settle_question", request=again["request"], how="IN_WRITING")


@story("a speech is interrupted, adjourned and goes on")
def interrupted(room: Room) -> None:
    host, li, leader = room.host(), room.member("李春分"), room.person("紫金原", Role.LEADER)
    host.does("floor.open")
    li.does("floor.request")
    host.does("floor.call")
    leader.does("floor.speak")
    leader.does("floor.finish")
    host.does("floor.resume")
    host.does("floor.interrupt")
    li.does("floor.resume")
    host.does("meeting.pause")
    host.does("meeting.resume")
    host.does("floor.interrupt")
    host.does("meeting.end")


@story("several speak in a dialogue")
def in_dialogue(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.open")
    host.does("floor.call", participant=str(li.id))
    wang.does("floor.request", kind="DIALOGUE")
    host.does("floor.dialogue", participants=[str(li.id), str(wang.id), str(zhou.id)])
    zhou.does("floor.finish")
    host.does("floor.finish", participant=str(li.id))
    host.does("floor.finish")


@story("a secretary acts for a host who is lost")
def handed_over(room: Room) -> None:
    host, secretary = room.host(), room.person("赤石滩", Role.SECRETARY)
    host.does("floor.open")
    now = clock.now()
    Seen.objects.create(participant=host.row, at=now - 2 * LOST)
    Seen.objects.create(participant=secretary.row, at=now)
    _server_says(room, HandOver())
    secretary.does("meeting.pause")
    Seen.objects.filter(participant=host.row).update(at=now)
    _server_says(room, HandOver())


def _server_says(room: Room, command: Command) -> None:
    execute(meeting_id=room.meeting_id, actor=None, command_id=str(ids.new()), command=command)


@story("opinions and commitments are noted")
def noted(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    host.does("record.note_opinion", text="公开变压器可开放容量", aspect="破解小区建桩难", speaker=str(li.id))
    li.does("record.note_opinion", text="坏桩48小时内修复")
    host.does("record.note_commitment", unit_name="国网澄湾供电公司", text="5月底前完成勘测", due="2026-05-31")


@story("documents are drawn, shown, turned and taken back")
def materials(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    report, notice = _uploads(host, "关于加快我市新能源充电桩建设的调研报告"), _uploads(host, "情况通报")
    _drawn(room, report, "PAGES", pages=3, ready_pages=1)
    host.does("documents.present", document=report)
    _drawn(room, report, "READY", pages=3, ready_pages=3)
    host.does("floor.call", participant=str(li.id))
    li.does("documents.turn", page=2)
    host.does("documents.stop")
    li.does("documents.present", document=report, page=3)
    _drawn(room, notice, "FAILED", error="PDF_ENCRYPTED")
    host.does("documents.recall", document=report)


def _uploads(somebody: words.Somebody, title: str) -> str:
    upload = Upload(
        document=ids.new(),
        meeting=somebody.room.meeting_id,
        participant=somebody.id,
        filename=f"{title}.pdf",
        sha256="0" * 64,
        bytes=184_320,
    )
    added = somebody.does("documents.add", upload=upload.token(), title=title).result
    assert added
    return str(added["document"])


def _drawn(room: Room, document: str, outcome: str, **facts: Any) -> None:
    MeetingDocument.objects.filter(pk=document).update(worker="drawing")
    told = Processed(document=UUID(document), worker="drawing", outcome=Outcome(outcome), **facts)
    _server_says(room, told)


@story("polls are prepared, answered, closed, voided and disputed")
def polls(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")

    def prepare(**fields: Any) -> str:
        made = host.does("voting.prepare", question="对建议方案的总体评价", **fields).result
        assert made
        return str(made["poll"])

    secret = prepare(template="APPROVAL")
    named = prepare(options=["增容难", "用地难", "找桩难"], mode="NAMED", kind="MULTIPLE", max_choices=2)
    void, disputed, unasked = (
        prepare(template="SATISFACTION"),
        prepare(template="APPROVAL"),
        prepare(template="APPROVAL"),
    )
    host.does("voting.open", poll=secret)
    li.does("voting.cast", poll=secret, choices=[0])
    host.does("voting.close", poll=secret)
    host.does("voting.open", poll=named)
    wang.does("voting.cast", poll=named, choices=[0, 2])
    host.does("voting.close", poll=named)
    host.does("voting.open", poll=void)
    host.does("voting.void", poll=void, reason="题目有误")
    host.does("voting.open", poll=disputed)
    li.does("voting.cast", poll=disputed, choices=[0])
    Tally.objects.filter(poll=disputed, option=1).update(count=3)  # type: ignore[misc]  # a hand in the database
    host.does("voting.close", poll=disputed)
    host.does("voting.void", poll=unasked)


def _waiting(room: Room, participant: Any) -> list[str]:
    rows = room.meeting.speaker_requests.filter(participant=participant, state__in=WAITING)
    return [str(row.pk) for row in rows]


def named(text: str) -> str:
    """The text with ids, times and links replaced by names in order of appearance."""
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        kind = str(match.lastgroup)
        return json.dumps(names.setdefault(match[0], f"{kind}-{sum(n.startswith(kind) for n in names.values()) + 1}"))

    return VOLATILE_PARTS.sub(name, text)


def record(room: Room, name: str, audience: Audience, before: str, after_seq: int) -> str:
    told = [event.text(audience) for event in journal.read(room.meeting_id, after=after_seq)]
    after = snapshots.take(room.meeting_id, audience).text
    raw = (
        f'{{"name":{json.dumps(name)},"audience":"{audience}","before":{before},'
        f'"events":[{",".join(told)}],"after":{after}}}'
    )
    return json.dumps(json.loads(named(raw)), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_corpus_is_what_the_server_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state, tell = STORIES[name]
    # Each look at the clock is a second later: how long somebody spoke is part of the contract.
    moments = itertools.count()
    start = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=next(moments)))
    room = new_room(state)
    before: dict[Audience, str] = {}

    original = words.Somebody.does

    def first_take_the_snapshot(self: Any, *args: Any, **fields: Any) -> Any:
        if not before:
            for audience in Audience:
                before[audience] = snapshots.take(room.meeting_id, audience).text
        return original(self, *args, **fields)

    monkeypatch.setattr(words.Somebody, "does", first_take_the_snapshot)
    tell(room)
    stale = []
    for audience in Audience:
        path = FOLDER / f"{name.replace(' ', '-').replace(',', '')}.{audience}.json"
        text = record(room, name, audience, before[audience], 0)
        if os.environ.get("GONGSHANG_WRITE_CORPUS") == "1":
            FOLDER.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(path.name)
    assert not stale, f"stale corpus: {stale} (run `make contract`)"


def test_every_event_of_the_contract_is_in_the_corpus() -> None:
    told = {event["type"] for path in FOLDER.glob("*.json") for event in json.loads(path.read_text("utf-8"))["events"]}
    silent = {"journal.redacted"}
    missing = {type_ for type_ in EVENTS if type_.split(".")[0] in SLICES} - told - silent
    assert not missing


SLICES = {"meeting", "people", "agenda", "floor", "documents", "stage", "record", "voting"}
