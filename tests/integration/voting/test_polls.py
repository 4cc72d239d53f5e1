"""Preparing, opening, closing and voiding polls, told as stories."""

from typing import Any

import pytest

from meetings.live import journal
from meetings.live.roles import Audience
from server.core.errors import Code
from tests.integration.voting.polls import prepared, refused
from tests.story import Room, Somebody, new_room
from voting import config
from voting.events import PollClosed, PollDisputed, PollOpened
from voting.models import Ballot, Participation, Poll, PollState, Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def host(room: Room) -> Somebody:
    return room.host()


def test_a_poll_goes_from_a_template_to_a_result(room: Room, host: Somebody) -> None:
    li, wang, han = room.member("李春分"), room.member("王小满"), room.member("韩白露")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 0)
    poll.answered_by(wang, 0)
    poll.answered_by(han, 2)
    head = room.meeting.head
    result = poll.closes()
    closed = room.events[-1]
    assert isinstance(closed, PollClosed)
    assert closed.poll.options == ["赞同", "基本赞同", "保留意见"]
    assert closed.poll.result
    assert closed.poll.result.counts == [2, 0, 1]
    assert (closed.poll.result.eligible, closed.poll.result.participated) == (3, 3)
    assert closed.poll.result.head == head
    assert closed.poll.result.config == closed.poll.config == config.digest(poll.row)
    assert result == closed.poll.result.model_dump()
    assert journal.verify(room.meeting) is None


@pytest.mark.parametrize("mode", ["SECRET", "NAMED"])
def test_several_choices_up_to_a_limit(room: Room, host: Somebody, mode: str) -> None:
    li, wang = room.member("李春分"), room.member("王小满")
    options = ["老旧小区电力增容难", "规划选址和用地难", "消防安全责任不清"]
    poll = prepared(room, host, options=options, kind="MULTIPLE", max_choices=2, mode=mode).opens()
    with refused(Code.BAD_CHOICE):
        poll.answered_by(li, 0, 1, 2)
    poll.answered_by(li, 0, 2)
    poll.answered_by(wang, 2)
    result = poll.closes()
    assert (result["counts"], result["participated"]) == ([1, 0, 2], 2)


def test_only_members_who_are_inside_when_it_opens_are_asked(room: Room, host: Somebody) -> None:
    li, late = room.member("李春分"), room.member("王小满", present=False)
    leader = room.person("紫金原", "LEADER")  # type: ignore[arg-type]
    observer = room.person("白马渡", "OBSERVER")  # type: ignore[arg-type]
    poll = prepared(room, host).opens()
    opened = room.events[-1]
    assert isinstance(opened, PollOpened)
    assert opened.poll.eligible == 1
    assert opened.poll.electorate == config.electorate([str(li.id)])
    host.does("people.admit_all") if late.row.presence == "WAITING" else late.does("people.check_in")
    host.does("people.admit_all")
    with refused(Code.NOT_ELIGIBLE):
        poll.answered_by(late, 0)
    for somebody in (leader, observer):
        with refused(Code.NOT_ALLOWED):
            poll.answered_by(somebody, 0)
    assert poll.answered_by(li, 0) == {"received": True}


def test_the_host_and_a_venues_clerk_do_not_answer_even_when_they_are_members(room: Room, host: Somebody) -> None:
    venue = room.venue()
    clerk = room.person("沧浪亭", "VENUE_CLERK", venue=venue.pk)  # type: ignore[arg-type]
    seated = room.member("韩白露", venue=venue.pk)
    for somebody in (host, clerk):
        row = somebody.row
        row.attendance_kind = "MEMBER"
        row.save()
    poll = prepared(room, host).opens()
    assert poll.row.eligible_count == 1
    for somebody in (host, clerk):
        with refused(Code.NOT_ALLOWED):
            poll.answered_by(somebody, 0)
    poll.answered_by(seated, 1)
    assert poll.closes()["counts"] == [0, 1, 0]


def test_a_seat_in_a_venue_changes_nothing_for_a_ballot(room: Room, host: Somebody) -> None:
    venue = room.venue()
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 0)
    row = li.row
    row.venue = venue.pk
    row.save()
    with refused(Code.ALREADY_VOTED):
        poll.answered_by(li, 1)
    assert poll.closes()["counts"] == [1, 0, 0]


def test_whoever_lost_the_line_after_the_opening_may_still_answer(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    li.does("people.leave")
    poll.answered_by(li, 0)
    assert poll.closes()["participated"] == 1


def test_whoever_was_shown_out_may_not(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    host.does("people.remove", participant=str(li.id))
    with refused(Code.NOT_ALLOWED):
        poll.answered_by(li, 0)


def test_nothing_opens_when_nobody_can_answer(room: Room, host: Somebody) -> None:
    poll = prepared(room, host)
    with refused(Code.NOBODY_ELIGIBLE):
        poll.opens()
    assert poll.row.state == PollState.READY


def test_one_poll_at_a_time_and_never_again(room: Room, host: Somebody) -> None:
    room.member()
    first, second = prepared(room, host), prepared(room, host)
    assert (first.row.number, second.row.number) == (1, 2)
    first.opens()
    with refused(Code.POLL_OPEN_ALREADY):
        second.opens()
    first.closes()
    with refused(Code.WRONG_STATE):
        first.opens()
    second.opens()


def test_polls_are_prepared_before_the_meeting_and_asked_in_it() -> None:
    room = new_room("NOTIFIED")
    host = room.host()
    room.member()
    poll = prepared(room, host)
    with refused(Code.NOT_LIVE):
        poll.opens()
    ended = new_room("ENDED")
    with refused(Code.WRONG_STATE):
        prepared(ended, ended.host())


@pytest.mark.parametrize(
    "fields",
    [
        {"options": ["只有一项"]},
        {"options": ["赞同", "赞同"]},
        {"options": ["赞同", " 赞同 "]},
        {"options": ["赞同", ""]},
        {"options": ["项"] * 11},
        {"question": "  "},
        {"question": "问" * 301},
        {"max_choices": 2},
        {"options": ["一", "二"], "kind": "MULTIPLE", "max_choices": 3},
        {"template": None},
        {"mode": "PUBLIC"},
    ],
)
def test_a_malformed_question_is_refused(room: Room, host: Somebody, fields: dict[str, Any]) -> None:
    with refused(Code.BAD_REQUEST):
        prepared(room, host, **fields)
    assert not Poll.objects.exists()


def test_a_member_prepares_opens_closes_and_voids_nothing(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host)
    with refused(Code.NOT_ALLOWED):
        prepared(room, li)
    for command in ("voting.open", "voting.close", "voting.void"):
        with refused(Code.NOT_ALLOWED):
            li.does(command, poll=poll.id)


def test_a_prepared_poll_is_the_staffs_secret(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host)
    told = journal.read(room.meeting_id, after=0)
    assert '"hidden"' in told[-1].text(Audience.EVERYONE)
    assert "voting.prepared" in told[-1].text(Audience.STAFF)
    with refused(Code.NOT_FOUND):
        poll.answered_by(li, 0)
    with refused(Code.WRONG_STATE):
        host.does("voting.close", poll=poll.id)
    host.does("voting.void", poll=poll.id)
    assert room.types[-1] == "voting.discarded"
    assert not Poll.objects.exists()


def test_a_voided_poll_needs_a_reason_and_leaves_no_count(room: Room, host: Somebody) -> None:
    li, wang = room.member("李春分"), room.member("王小满")
    for mode in ("SECRET", "NAMED"):
        poll = prepared(room, host, mode=mode).opens()
        poll.answered_by(li, 0)
        with refused(Code.REASON_REQUIRED):
            host.does("voting.void", poll=poll.id, reason="  ")
        host.does("voting.void", poll=poll.id, reason="题目有误，重新征询")
        assert poll.row.state == PollState.VOID
        assert poll.row.result is None
        with refused(Code.POLL_CLOSED):
            poll.answered_by(wang, 0)
        with refused(Code.POLL_CLOSED):
            host.does("voting.void", poll=poll.id, reason="再来一次")
    assert not Ballot.objects.exists()
    assert not Tally.objects.exists()
    assert not Participation.objects.exists()


def test_the_end_of_the_meeting_closes_the_open_poll(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 1)
    host.does("meeting.end")
    assert room.types[-2:] == ["meeting.ended", "voting.closed"]
    assert poll.result["counts"] == [0, 1, 0]
    with refused(Code.POLL_CLOSED):
        poll.answered_by(li, 1)


def test_closing_twice_is_refused_and_the_same_closing_again_is_answered(room: Room, host: Somebody) -> None:
    room.member()
    poll = prepared(room, host).opens()
    first = host.does("voting.close", poll=poll.id, command_id="1")
    assert host.does("voting.close", poll=poll.id, command_id="1") == first
    with refused(Code.POLL_CLOSED):
        host.does("voting.close", poll=poll.id)
    assert room.types.count("voting.closed") == 1


def test_counts_that_do_not_agree_with_the_people_are_a_dispute(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 0)
    Tally.objects.filter(poll=poll.row, option=2).update(count=1)  # somebody reached into the database
    poll.closes()
    told = room.events[-1]
    assert isinstance(told, PollDisputed)
    assert (told.participated, told.counted) == (1, 2)
    assert told.poll.state == PollState.DISPUTED
    assert told.poll.result is None


def test_a_stranger_among_the_participants_is_a_dispute(room: Room, host: Somebody) -> None:
    room.member("李春分")
    poll = prepared(room, host).opens()
    late = room.member("王小满")
    Participation.objects.create(poll=poll.row, participant=late.row)
    Tally.objects.filter(poll=poll.row, option=0).update(count=1)
    poll.closes()
    assert isinstance(room.events[-1], PollDisputed)


def test_a_poll_of_another_meeting_does_not_exist_here(room: Room, host: Somebody) -> None:
    room.member()
    poll = prepared(room, host).opens()
    elsewhere = new_room()
    with refused(Code.NOT_FOUND):
        elsewhere.host().does("voting.close", poll=poll.id)
    with refused(Code.NOT_FOUND):
        poll.answered_by(elsewhere.member(), 0)
