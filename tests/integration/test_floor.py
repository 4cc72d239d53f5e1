"""The speaker queue and the floor, told as stories."""

import uuid

import pytest

from meetings.floor.events import places
from server.core.errors import Code, Refused
from tests.story import Room, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


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
    assert room.types[-1] == "floor.speech_started"


def test_calling_the_next_finishes_whoever_speaks(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    li.does("floor.request")
    wang.does("floor.request")
    host.does("floor.call")
    host.does("floor.call")
    assert room.types[-3:] == ["floor.speech_started", "floor.speech_finished", "floor.speech_started"]


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
    assert room.types[-3:] == ["people.left", "floor.speech_finished", "floor.requests_changed"]
    assert places(room.meeting) == []


def test_the_end_of_the_meeting_closes_what_is_open(room: Room) -> None:
    host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
    host.does("floor.open")
    li.does("floor.request")
    wang.does("floor.request")
    host.does("floor.call")
    host.does("meeting.end")
    assert room.types[-4:] == ["meeting.ended", "floor.speech_finished", "floor.closed", "floor.requests_changed"]
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
