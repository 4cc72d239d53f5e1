"""Ballots against each other and against the closing, with real threads on the real database."""

import random
from collections import Counter
from functools import partial

import pytest

from meetings.live.execute import Answer
from server.core.errors import Code, Refused
from tests.integration.races.conftest import Together
from tests.integration.voting.polls import Asked, prepared
from tests.story import Room, Somebody, new_room
from voting.models import Ballot, Participation, PollState, Tally

pytestmark = pytest.mark.django_db(transaction=True)

VOTERS = 60


def hall(voters: int) -> tuple[Room, Somebody, list[Somebody]]:
    room = new_room()
    return room, room.host(), [room.member(f"委员{number:02}") for number in range(voters)]


def codes(outcomes: list[object]) -> Counter[str]:
    return Counter(outcome.code if isinstance(outcome, Refused) else "received" for outcome in outcomes)


def acknowledged(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Answer) and outcome.result == {"received": True} for outcome in outcomes)


def test_fifty_ballots_of_one_voter_at_once_are_one(together: Together) -> None:
    room, host, (li, *_) = hall(1)
    poll = prepared(room, host).opens()
    outcomes = together([partial(answered, poll, li, 0)] * 50)
    assert codes(outcomes) == {"received": 1, Code.ALREADY_VOTED: 49}
    assert Participation.objects.count() == 1
    result = poll.closes()
    assert (result["counts"], result["participated"]) == ([1, 0, 0], 1)


def test_one_ballot_sent_fifty_times_at_once_is_one_and_each_time_received(together: Together) -> None:
    room, host, (li, *_) = hall(1)
    poll = prepared(room, host).opens()
    outcomes = together([partial(poll.answered_by, li, 0, command_id="the same")] * 50)
    assert outcomes == [{"received": True}] * 50
    assert poll.closes()["counts"] == [1, 0, 0]


def test_fifty_changes_of_a_named_ballot_at_once_leave_one(together: Together) -> None:
    room, host, (li, *_) = hall(1)
    poll = prepared(room, host, mode="NAMED").opens()
    outcomes = together([partial(answered, poll, li, number % 3) for number in range(50)])
    assert acknowledged(outcomes) == 50
    assert Ballot.objects.count() == 1
    assert sum(poll.closes()["counts"]) == 1


@pytest.mark.parametrize(("mode", "rounds"), [("SECRET", 20), ("NAMED", 6)])
def test_a_ballot_racing_the_closing_is_counted_or_refused(together: Together, mode: str, rounds: int) -> None:
    """Round after round: who was told "received" is in the result, who was refused is not, and nobody is told wrong."""
    room, host, voters = hall(VOTERS)
    both = Counter[str]()
    for round_number in range(rounds):
        poll = prepared(room, host, mode=mode).opens()
        choices = [random.randrange(3) for _ in voters]
        # A few have answered before, so that the closing also writes rows anew while others knock.
        early = round_number % 4 * 5
        told = [answered(poll, voter, choice) for voter, choice in zip(voters[:early], choices, strict=False)]
        late = [
            partial(answered, poll, voter, choice)
            for voter, choice in zip(voters[early:], choices[early:], strict=True)
        ]
        late.insert(random.randrange(len(late)), partial(host.does, "voting.close", poll=poll.id))
        outcomes = told + [outcome for outcome in together(late) if not is_closing(outcome)]
        counted = [0, 0, 0]
        for choice, outcome in zip(choices, outcomes, strict=True):
            if isinstance(outcome, Refused):
                assert (outcome.code, outcome.facts) == (Code.POLL_CLOSED, {"received": False})
            else:
                counted[choice] += 1
        assert poll.row.state == PollState.CLOSED
        result = poll.result
        assert result["counts"] == counted
        assert result["participated"] == acknowledged(outcomes)
        assert set(Participation.objects.filter(poll=poll.row).values_list("participant", flat=True)) == {
            voter.id for voter, outcome in zip(voters, outcomes, strict=True) if not isinstance(outcome, Refused)
        }
        assert not Tally.objects.filter(poll=poll.row).exists()
        both += codes(outcomes)
    # The rounds were races: some ballots were in time and some were not.
    assert both["received"] > 0
    assert both[Code.POLL_CLOSED] > 0


def answered(poll: Asked, voter: Somebody, choice: int) -> Answer:
    return voter.does("voting.cast", poll=poll.id, choices=[choice])


def is_closing(outcome: object) -> bool:
    return isinstance(outcome, Answer) and outcome.result is None


def test_two_hosts_open_and_close_at_once_and_each_happens_once(together: Together) -> None:
    room, host, _ = hall(3)
    second = room.person("秘书", "SECRETARY")  # type: ignore[arg-type]
    poll = prepared(room, host)
    for command, code in (("voting.open", Code.WRONG_STATE), ("voting.close", Code.POLL_CLOSED)):
        outcomes = together([partial(who.does, command, poll=poll.id) for who in (host, second)])
        assert codes(outcomes) == {"received": 1, code: 1}
    assert room.types[-2:] == ["voting.opened", "voting.closed"]


def test_ballots_do_not_wait_for_the_meetings_lock(together: Together) -> None:
    """A queue in turmoil and a poll: on PostgreSQL they do not share a lock, and nowhere do they fail each other."""
    room, host, voters = hall(20)
    host.does("floor.open")
    poll = prepared(room, host).opens()
    works = [partial(answered, poll, voter, 0) for voter in voters]
    works += [partial(voter.does, "floor.request") for voter in voters]
    random.shuffle(works)
    together(works)
    assert poll.closes()["counts"] == [20, 0, 0]
