"""The floor under many hands at once: real threads, the real database."""

import random
from functools import partial

import pytest

from meetings.floor.models import OPEN, SpeakerRequest, Speech
from meetings.floor.queue import places
from meetings.live import hosting, journal
from meetings.live.execute import execute
from meetings.live.models import Seen
from meetings.live.roles import Role
from server.core import clock, ids
from server.core.errors import Code, Refused
from tests.integration.races.conftest import Together
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def hall(size: int) -> tuple[Room, Somebody, Somebody, list[Somebody]]:
    room = new_room()
    host, second = room.host(), room.person("白鹭洲", Role.CO_HOST)
    members = [room.member(f"委员{number}") for number in range(size)]
    host.does("floor.open")
    return room, host, second, members


def codes(outcomes: list[object]) -> list[Code]:
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]


def holds(room: Room) -> None:
    """What must hold after any race."""
    speaking = Speech.objects.filter(meeting=room.meeting, slot__isnull=False)
    assert speaking.count() <= (4 if room.meeting.queue.dialogue else 1)
    assert len(places(room.meeting)) == room.meeting.queue.length
    open_rows = SpeakerRequest.objects.filter(meeting=room.meeting, state__in=OPEN).values_list("participant", "kind")
    assert len(set(open_rows)) == len(open_rows)
    assert journal.verify(room.meeting) is None


def test_two_hosts_call_the_next_and_two_have_spoken_one_after_the_other(together: Together) -> None:
    room, host, second, members = hall(2)
    for who in members:
        who.does("floor.request")
    assert codes(together([partial(who.does, "floor.call") for who in (host, second)])) == []
    assert list(room.meeting.speeches.values_list("participant", flat=True)) == [who.id for who in members]
    holds(room)


def test_two_hosts_call_the_same_request_and_it_is_given_once(together: Together) -> None:
    for _ in range(ROUNDS):
        room, host, second, (li,) = hall(1)
        made = li.does("floor.request").result
        assert made
        outcomes = together([partial(who.does, "floor.call", request=made["request"]) for who in (host, second)])
        assert codes(outcomes) == [Code.WRONG_STATE]
        assert room.meeting.speeches.count() == 1
        holds(room)


def test_the_same_person_asks_from_two_tabs_and_has_one_place(together: Together) -> None:
    for _ in range(ROUNDS):
        room, _, _, (li,) = hall(1)
        assert codes(together([partial(li.does, "floor.request")] * 2)) == [Code.ALREADY_WAITING]
        assert len(places(room.meeting)) == 1
        holds(room)


def test_finishing_races_extending_and_the_speech_ends_either_way(together: Together) -> None:
    for _ in range(ROUNDS):
        room, host, _, (li,) = hall(1)
        host.does("floor.call", participant=str(li.id))
        outcomes = together([partial(li.does, "floor.finish"), partial(host.does, "floor.extend", seconds=60)])
        assert codes(outcomes) in ([], [Code.NOT_SPEAKING])
        extended = "floor.speech_extended" in room.types
        assert extended == (codes(outcomes) == [])
        assert Speech.objects.get(meeting=room.meeting).limit_seconds == (420 if extended else 360)
        holds(room)


def test_a_new_rule_races_the_call_and_the_order_is_one_of_the_two(together: Together) -> None:
    for _ in range(ROUNDS):
        room, host, second, (li, wang) = hall(2)
        host.does("floor.call", participant=str(li.id))
        host.does("floor.finish")
        li.does("floor.request")
        wang.does("floor.request")
        works = [partial(second.does, "floor.set_rule", preset="FIRST_SPEECH"), partial(host.does, "floor.call")]
        assert codes(together(works)) == []
        speaker = Speech.objects.get(meeting=room.meeting, slot__isnull=False).participant_id
        rule_first = room.types.index("floor.rule_set") < len(room.types) - 1 - room.types[::-1].index(
            "floor.speech_started"
        )
        assert speaker == (wang.id if rule_first else li.id)
        holds(room)


def test_a_leader_races_the_host_and_nobody_loses_a_request(together: Together) -> None:
    for _ in range(ROUNDS):
        room, host, _, (li,) = hall(1)
        leader = room.person("紫金原", Role.LEADER)
        made = li.does("floor.request").result
        assert made
        assert codes(together([partial(host.does, "floor.call"), partial(leader.does, "floor.speak")])) == []
        assert SpeakerRequest.objects.get(pk=made["request"]).state in ("SPEAKING", "INTERRUPTED")
        holds(room)


def test_a_wild_minute_leaves_everything_in_order(together: Together) -> None:
    dice = random.Random(20260521)
    room, host, second, members = hall(8)
    works = []
    for who in members:
        works += [partial(who.does, "floor.request", kind=kind) for kind in ("IMPROMPTU", "QUESTION")]
        works.append(partial(who.does, "floor.finish"))
    for who in (host, second):
        works += [partial(who.does, "floor.call")] * 6
        works += [partial(who.does, "floor.finish"), partial(who.does, "floor.interrupt")]
        works += [partial(who.does, "floor.resume"), partial(who.does, "floor.summon")]
        works.append(partial(who.does, "floor.dialogue", participants=[str(one.id) for one in members[:4]]))
        works += [partial(who.does, "floor.set_rule", preset=preset) for preset in ("SECTORS", "LEAST_TIME")]
    dice.shuffle(works)
    together(works)
    holds(room)
    host.does("meeting.end")
    assert not SpeakerRequest.objects.filter(meeting=room.meeting, state__in=OPEN).exists()
    holds(room)


def test_many_processes_hand_a_lost_hosts_meeting_over_once(together: Together) -> None:
    room, host, second, _ = hall(0)
    now = clock.now()
    Seen.objects.create(participant=host.row, at=now - 2 * hosting.LOST)
    Seen.objects.create(participant=second.row, at=now)

    def a_process_notices() -> None:
        hosting.saw(room.meeting_id, {second.id}, clock.now())
        if hosting.is_due(room.meeting_id, clock.now()):
            command = hosting.HandOver()
            execute(meeting_id=room.meeting_id, actor=None, command_id=str(ids.new()), command=command)

    together([a_process_notices] * 6)
    assert room.types.count("meeting.handed_over") == 1
    assert room.meeting.acting_host_id == second.id
