"""The speaker queue and the floor, told as stories."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from meetings.floor import events
from meetings.floor.models import SpeakerRequest, Speech
from meetings.floor.queue import places
from meetings.floor.speeches import speaking_times
from meetings.live.roles import Role
from server.core import clock
from server.core.errors import Code, Refused
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> "Time":
    return Time(monkeypatch)


class Time:
    """The server's clock, moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def asks(who: Somebody, **fields: Any) -> str:
    """Ask for the floor; the request's id."""
    made = who.does("floor.request", **fields).result
    assert made
    return str(made["request"])


def state(request: str) -> str:
    return SpeakerRequest.objects.get(pk=request).state


def speech_of(request: str) -> Speech:
    return Speech.objects.get(request__pk=request)


def in_order(room: Room) -> list[str]:
    """The names in the queue."""
    rows = {str(row.pk): row.participant.name for row in SpeakerRequest.objects.filter(meeting=room.meeting)}
    return [rows[place.request] for place in places(room.meeting)]


def speakers(room: Room) -> list[str]:
    """The names of whoever has the floor."""
    rows = Speech.objects.filter(meeting=room.meeting, slot__isnull=False).order_by("slot")
    return [row.participant.name for row in rows]


def refused(code: Code) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, check=lambda refusal: refusal.code is code)


def test_whoever_asks_first_speaks_first(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    first = li.does("floor.request").result
    second = wang.does("floor.request").result
    assert first
    assert second
    assert [place.request for place in places(room.meeting)] == [first["request"], second["request"]]
    host.does("floor.call")
    assert [place.request for place in places(room.meeting)] == [second["request"]]
    assert "floor.speech_started" in room.types


def test_calling_the_next_finishes_whoever_speaks(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    li.does("floor.request")
    wang.does("floor.request")
    host.does("floor.call")
    host.does("floor.call")
    told = [type_ for type_ in room.types if type_.startswith("floor.speech")]
    assert told == ["floor.speech_started", "floor.speech_finished", "floor.speech_started"]


def test_a_closed_queue_takes_no_requests(room: Room) -> None:
    room.host()
    with refused(Code.QUEUE_CLOSED):
        room.member().does("floor.request")


def test_nobody_waits_twice_for_the_same(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    host.does("floor.open")
    li.does("floor.request")
    with refused(Code.ALREADY_WAITING):
        li.does("floor.request")


def test_a_command_sent_twice_is_done_once(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    host.does("floor.open")
    command_id = str(uuid.uuid4())
    first = li.does("floor.request", command_id=command_id)
    again = li.does("floor.request", command_id=command_id)
    assert again == first
    assert room.types.count("floor.requested") == 1


def test_a_member_cannot_give_the_floor(room: Room) -> None:
    room.host()
    with refused(Code.NOT_ALLOWED):
        room.member().does("floor.call")


def test_a_speaker_finishes_the_own_speech_and_nobody_elses(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.call", participant=str(li.id))
    with refused(Code.NOT_ALLOWED):
        wang.does("floor.finish")
    li.does("floor.finish")
    with refused(Code.NOT_SPEAKING):
        li.does("floor.finish")


def test_whoever_leaves_gives_up_the_floor_and_the_place(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    host.does("floor.open")
    li.does("floor.request")
    host.does("floor.call")
    li.does("floor.request", kind="QUESTION")
    li.does("people.leave")
    told = room.types[room.types.index("people.left") :]
    assert told == [
        "people.left", "floor.speech_finished", "floor.times_changed", "floor.requests_changed", "floor.length_changed",
    ]  # fmt: skip
    assert places(room.meeting) == []


def test_the_end_of_the_meeting_closes_what_is_open(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    li.does("floor.request")
    wang.does("floor.request")
    host.does("floor.call")
    host.does("meeting.end")
    told = room.types[room.types.index("meeting.ended") :]
    assert told == [
        "meeting.ended", "floor.speech_finished", "floor.times_changed", "floor.closed", "floor.requests_changed",
        "floor.length_changed",
    ]  # fmt: skip
    with refused(Code.NOT_LIVE):
        host.does("floor.call")


def test_a_clerk_asks_for_people_in_the_own_venue_only(room: Room) -> None:
    host, venue = room.host(), room.venue()
    clerk = room.person("沧浪亭", "VENUE_CLERK", venue=venue.pk)  # type: ignore[arg-type]
    inside, outside = room.member("韩白露", venue=venue.pk), room.member("朱寒露")
    host.does("floor.open")
    clerk.does("floor.request", participant=str(inside.id))
    with refused(Code.NOT_ALLOWED):
        clerk.does("floor.request", participant=str(outside.id))


# asking


def test_the_desk_asks_for_anybody_also_while_the_queue_is_closed(room: Room) -> None:
    room.host()
    secretary, li = room.person("赤石滩", Role.SECRETARY), room.member("李春分")
    asks(secretary, participant=str(li.id))
    row = SpeakerRequest.objects.get()
    assert (row.participant_id, row.asked_by_id) == (li.id, secretary.id)
    with refused(Code.NOT_ALLOWED):
        secretary.does("floor.request")


def test_a_speech_is_booked_before_the_meeting_and_afterwards_by_the_desk(room: Room) -> None:
    early = new_room("NOTIFIED")
    li = early.member("李春分", present=False)
    asks(li, kind="SCHEDULED")
    host, wang = room.host(), room.member("王小满")
    host.does("floor.open")
    with refused(Code.BOOKED_BEFORE_ONLY):
        wang.does("floor.request", kind="SCHEDULED")
    asks(host, kind="SCHEDULED", participant=str(wang.id))


def test_a_department_responds_and_puts_no_questions(room: Room) -> None:
    room.host().does("floor.open")
    department = room.person("墨竹林", Role.DEPARTMENT)
    asks(department, kind="RESPONSE")
    with refused(Code.WRONG_KIND):
        department.does("floor.request", kind="QUESTION")
    with refused(Code.WRONG_KIND):
        room.member("李春分").does("floor.request", kind="RESPONSE")


def test_the_public_asks_where_the_host_lets_them(room: Room) -> None:
    host, guest, venue = room.host(), room.person("芦荻岸", Role.PUBLIC), room.venue()
    clerk = room.person("藕荷塘", Role.VENUE_CLERK, venue=venue.pk)
    resident = room.person("松风阁", Role.PUBLIC, venue=venue.pk)
    host.does("floor.open")
    host.does("floor.set_rule", preset="FIRST_COME", public_may_ask=False)
    with refused(Code.PUBLIC_MAY_NOT_ASK):
        guest.does("floor.request", kind="QUESTION")
    asks(clerk, kind="QUESTION", participant=str(resident.id))
    host.does("floor.set_rule", preset="FIRST_COME")
    asks(guest, kind="QUESTION")


def test_a_question_goes_to_a_department_and_waits_there_for_its_answer(room: Room) -> None:
    host, li = room.host(), room.member("李春分")
    power, fire = room.person("墨竹林", Role.DEPARTMENT), room.person("朱砂岭", Role.DEPARTMENT)
    host.does("floor.open")
    question = asks(li, kind="QUESTION", topic="变压器负荷数据能否公开", to=str(fire.id))
    with refused(Code.NOT_FOUND):
        host.does("floor.route", request=question, to=str(li.id))
    host.does("floor.route", request=question, to=str(power.id))
    with refused(Code.WRONG_STATE):
        power.does("floor.request", kind="RESPONSE", answers=question)
    host.does("floor.call")
    host.does("floor.finish")
    assert SpeakerRequest.objects.get(pk=question).answer == "OPEN"
    with refused(Code.NOT_ALLOWED):
        fire.does("floor.settle_question", request=question, how="ANSWERED")
    asks(power, kind="RESPONSE", answers=question)
    host.does("floor.call")
    power.does("floor.finish")
    assert SpeakerRequest.objects.get(pk=question).answer == "ANSWERED"


def test_an_answer_comes_before_the_next_question(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    power = room.person("墨竹林", Role.DEPARTMENT)
    host.does("floor.open")
    question = asks(li, kind="QUESTION", to=str(power.id))
    asks(wang, kind="QUESTION")
    host.does("floor.call")
    asks(power, kind="RESPONSE", answers=question)
    assert in_order(room) == ["墨竹林", "王小满"]


def test_a_question_may_be_answered_in_writing_afterwards(room: Room) -> None:
    host, li, power = room.host(), room.member("李春分"), room.person("墨竹林", Role.DEPARTMENT)
    host.does("floor.open")
    question = asks(li, kind="QUESTION", to=str(power.id))
    host.does("floor.call")
    host.does("floor.finish")
    power.does("floor.settle_question", request=question, how="IN_WRITING")
    assert SpeakerRequest.objects.get(pk=question).answer == "IN_WRITING"


# the order


def test_the_host_chooses_the_rule_and_everybody_is_told(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    host.does("floor.call", participant=str(li.id))
    host.does("floor.finish")
    asks(li)
    asks(wang)
    assert in_order(room) == ["李春分", "王小满"]
    host.does("floor.set_rule", preset="FIRST_SPEECH")
    assert in_order(room) == ["王小满", "李春分"]
    host.does("floor.set_rule", preset="FIRST_SPEECH")
    assert room.types.count("floor.rule_set") == 1


def test_the_hosts_move_needs_a_reason_and_holds_whoever_comes(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.open")
    first, last = asks(li), asks(wang)
    with refused(Code.REASON_REQUIRED):
        host.does("floor.move", request=last, before=first, reason=" ")
    host.does("floor.move", request=last, before=first, reason="上一位提到的情况由其回应")
    asks(zhou)
    assert in_order(room) == ["王小满", "李春分", "周清明"]
    moved = next(event for event in room.events if isinstance(event, events.Moved))
    assert (moved.from_place, moved.to_place) == (2, 1)
    host.does("floor.set_rule", preset="FIRST_SPEECH")
    assert in_order(room) == ["李春分", "王小满", "周清明"]


def test_the_host_takes_the_queue_over_as_it_is(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.open")
    host.does("floor.call", participant=str(li.id))
    host.does("floor.finish")
    host.does("floor.set_rule", preset="FIRST_SPEECH")
    asks(li, kind="QUESTION")
    asks(wang)
    host.does("floor.set_rule", preset="MANUAL")
    asks(zhou)
    assert in_order(room) == ["王小满", "李春分", "周清明"]


# calling


def test_whoever_comes_next_stands_by_while_somebody_speaks(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.open")
    asks(li)
    second, third = asks(wang), asks(zhou)
    assert state(second) == "QUEUED"
    host.does("floor.call")
    assert (state(second), state(third)) == ("ON_DECK", "QUEUED")
    wang.does("floor.withdraw", request=second)
    assert state(third) == "ON_DECK"


def test_two_calls_unanswered_and_the_turn_is_passed(room: Room) -> None:
    host, sun = room.host(), room.member("孙惊蛰")
    host.does("floor.open")
    request = asks(sun)
    host.does("floor.summon")
    host.does("floor.summon")
    assert (state(request), SpeakerRequest.objects.get().calls) == ("CALLED", 2)
    with refused(Code.CALLED_TWICE):
        host.does("floor.summon")
    host.does("floor.skip", request=request)
    assert state(request) == "SKIPPED"
    sun.does("floor.requeue", request=request)
    assert state(request) == "QUEUED"
    host.does("floor.skip", request=request)
    with refused(Code.REQUEUED_BEFORE):
        sun.does("floor.requeue", request=request)


def test_whoever_answers_the_call_has_the_floor_if_it_is_free(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    first, second = asks(li), asks(wang)
    host.does("floor.summon", request=first)
    with refused(Code.NOT_ALLOWED):
        wang.does("floor.answer", request=first)
    li.does("floor.answer", request=first)
    assert speakers(room) == ["李春分"]
    host.does("floor.summon", request=second)
    wang.does("floor.answer", request=second)
    assert speakers(room) == ["李春分"]
    assert SpeakerRequest.objects.get(pk=second).ready
    host.does("floor.call")
    assert speakers(room) == ["王小满"]


def test_a_booked_speaker_who_is_late_does_not_hold_up_the_others(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分", present=False), room.member("王小满")
    host.does("floor.open")
    asks(host, kind="SCHEDULED", participant=str(li.id))
    asks(wang)
    assert in_order(room) == ["李春分", "王小满"]
    host.does("floor.call")
    assert speakers(room) == ["王小满"]


def test_a_request_becomes_a_written_speech_at_the_hosts_word_or_the_own(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    first, second = asks(li), asks(wang)
    with refused(Code.NOT_ALLOWED):
        li.does("floor.to_written", request=second)
    li.does("floor.to_written", request=first)
    host.does("floor.to_written", request=second)
    assert (state(first), state(second)) == ("CONVERTED_TO_WRITTEN", "CONVERTED_TO_WRITTEN")
    assert SpeakerRequest.objects.count() == 2


# time


def test_an_adjournment_stops_the_clock(room: Room, time: Time) -> None:
    host, li = room.host(), room.member("李春分")
    host.does("floor.call", participant=str(li.id))
    time.passes(60)
    host.does("meeting.pause")
    time.passes(600)
    host.does("meeting.resume")
    time.passes(30)
    host.does("floor.finish")
    speech = Speech.objects.get()
    assert speech.spent_ms == 90_000


def test_an_interrupted_speech_goes_on_with_what_was_left(room: Room, time: Time) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    request = asks(li)
    host.does("floor.call")
    time.passes(100)
    host.does("floor.interrupt")
    assert (speakers(room), state(request)) == (["李春分"], "INTERRUPTED")
    time.passes(40)
    li.does("floor.resume")
    time.passes(10)
    assert state(request) == "SPEAKING"
    wang_speaks = host.does("floor.call", participant=str(wang.id))
    assert wang_speaks
    assert speech_of(request).spent_ms == 110_000


def test_a_leader_speaks_without_queueing_and_the_speaker_goes_on_afterwards(room: Room, time: Time) -> None:
    host, li, leader = room.host(), room.member("李春分"), room.person("紫金原", Role.LEADER)
    host.does("floor.open")
    request = asks(li)
    host.does("floor.call")
    time.passes(100)
    leader.does("floor.speak")
    assert (speakers(room), state(request)) == (["紫金原"], "INTERRUPTED")
    assert not Speech.objects.get(participant=leader.id).timed
    with refused(Code.NOT_ALLOWED):
        li.does("floor.resume")
    time.passes(900)
    leader.does("floor.finish")
    host.does("floor.resume")
    assert (speakers(room), state(request)) == (["李春分"], "SPEAKING")
    time.passes(30)
    host.does("floor.finish")
    assert speech_of(request).spent_ms == 130_000


def test_nobody_is_cut_off_by_the_clock_and_what_is_over_is_counted(room: Room, time: Time) -> None:
    host, zhang = room.host(), room.member("张大寒")
    host.does("floor.open")
    asks(zhang, on_behalf_of="科学技术界")
    host.does("floor.call")
    time.passes(207)
    assert speakers(room) == ["张大寒"]
    host.does("floor.finish")
    row = next(row for row in speaking_times(room.meeting) if row.key == str(zhang.id))
    assert (row.speeches, row.spent_ms, row.overtime_ms) == (1, 207_000, 27_000)


def test_an_extension_is_no_overtime(room: Room, time: Time) -> None:
    host, zhang = room.host(), room.member("张大寒")
    host.does("floor.open")
    asks(zhang)
    host.does("floor.call")
    host.does("floor.extend", seconds=60)
    time.passes(207)
    host.does("floor.finish")
    assert sum(row.overtime_ms for row in speaking_times(room.meeting)) == 0


# a dialogue


def test_a_dialogue_opens_up_to_four_microphones_and_ends_with_the_last_but_one(room: Room) -> None:
    host = room.host()
    four = [room.member(name) for name in ("李春分", "王小满", "周清明", "吴谷雨")]
    fifth = room.member("郑立夏")
    host.does("floor.call", participant=str(four[0].id))
    host.does("floor.dialogue", participants=[str(who.id) for who in four])
    assert speakers(room) == ["李春分", "王小满", "周清明", "吴谷雨"]
    host.does("floor.dialogue", participants=[str(four[1].id), str(fifth.id)])
    assert sorted(speakers(room)) == sorted(["王小满", "郑立夏"])
    fifth.does("floor.finish")
    assert speakers(room) == ["王小满"]
    assert room.types.count("floor.dialogue_opened") == room.types.count("floor.dialogue_closed")
    with refused(Code.BAD_REQUEST):
        host.does("floor.dialogue", participants=[str(fifth.id), str(fifth.id)])


def test_calling_somebody_ends_the_dialogue(room: Room) -> None:
    host, li, wang, zhou = room.host(), room.member("李春分"), room.member("王小满"), room.member("周清明")
    host.does("floor.dialogue", participants=[str(li.id), str(wang.id)])
    host.does("floor.call", participant=str(zhou.id))
    assert speakers(room) == ["周清明"]
    assert not room.meeting.queue.dialogue
