"""Casting ballots: once, again, and changed."""

import pytest

from server.core.errors import Code, Refused
from tests.integration.voting.polls import prepared, refused
from tests.story import Room, Somebody, new_room
from voting.models import Ballot, Participation

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture
def host(room: Room) -> Somebody:
    return room.host()


def test_the_same_secret_ballot_sent_again_is_received_again_and_counted_once(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    first = poll.answered_by(li, 0, command_id="a")
    assert poll.answered_by(li, 0, command_id="a") == first == {"received": True}
    assert poll.closes()["counts"] == [1, 0, 0]


def test_the_same_id_with_another_choice_does_not_move_a_secret_ballot(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 0, command_id="a")
    poll.answered_by(li, 2, command_id="a")
    assert poll.closes()["counts"] == [1, 0, 0]


def test_a_second_secret_ballot_from_another_tab_is_refused(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    poll.answered_by(li, 0)
    with refused(Code.ALREADY_VOTED):
        poll.answered_by(li, 1)
    assert poll.closes()["counts"] == [1, 0, 0]


def test_a_named_ballot_may_change_until_closing(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host, mode="NAMED").opens()
    poll.answered_by(li, 0)
    poll.answered_by(li, 2)
    assert list(Ballot.objects.values_list("choices", flat=True)) == [[2]]
    result = poll.closes()
    assert (result["counts"], result["participated"]) == ([0, 0, 1], 1)
    with refused(Code.POLL_CLOSED):
        poll.answered_by(li, 0)


def test_a_frame_that_comes_late_does_not_bring_an_older_choice_back(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host, mode="NAMED").opens()
    poll.answered_by(li, 0, command_id="a")
    poll.answered_by(li, 2, command_id="b")
    assert poll.answered_by(li, 0, command_id="a") == {"received": True}
    assert poll.closes()["counts"] == [0, 0, 1]


@pytest.mark.parametrize("mode", ["SECRET", "NAMED"])
def test_whoever_asks_again_after_closing_learns_whether_the_ballot_was_in_time(
    room: Room, host: Somebody, mode: str
) -> None:
    li, wang = room.member("李春分"), room.member("王小满")
    poll = prepared(room, host, mode=mode).opens()
    poll.answered_by(li, 0, command_id="a")
    poll.closes()
    for somebody, received in ((li, True), (wang, False)):
        with pytest.raises(Refused) as refusal:
            poll.answered_by(somebody, 0, command_id="a")
        assert (refusal.value.code, refusal.value.facts) == (Code.POLL_CLOSED, {"received": received})


@pytest.mark.parametrize("choices", [[], [0, 1], [3], [-1], [1, 1]])
def test_a_choice_that_is_none_is_refused_and_does_not_spend_the_ballot(
    room: Room, host: Somebody, choices: list[int]
) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    with pytest.raises(Refused) as refusal:
        poll.answered_by(li, *choices)
    assert refusal.value.code in (Code.BAD_CHOICE, Code.BAD_REQUEST)
    assert refusal.value.facts in ({}, {"fields": ["choices"]})
    assert not Participation.objects.exists()
    assert poll.answered_by(li, 1) == {"received": True}


def test_a_pause_does_not_stop_the_ballots(room: Room, host: Somebody) -> None:
    li = room.member("李春分")
    poll = prepared(room, host).opens()
    host.does("meeting.pause")
    poll.answered_by(li, 0)
    assert poll.closes()["participated"] == 1
