"""Many at once, with real threads against the real database."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection

from meetings.floor.queue import places
from meetings.live import journal
from meetings.live.models import CommandReceipt, JournalEntry
from meetings.live.roles import Role
from meetings.people import links
from server.core import clock
from server.core.errors import Code, Refused
from tests.story import new_room

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def at_once(jobs: list[Callable[[], T]]) -> list[T | Code]:
    """Run the jobs in as many threads; a refusal is its code."""

    def run(job: Callable[[], T]) -> T | Code:
        try:
            return job()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_forty_hands_at_once_have_forty_places_and_one_order() -> None:
    room = new_room()
    host = room.host()
    members = [room.member(f"委员{number}") for number in range(40)]
    host.does("floor.open")
    answers = at_once([lambda who=who: who.does("floor.request") for who in members])  # type: ignore[misc]
    assert not [answer for answer in answers if isinstance(answer, Code)]
    assert len(places(room.meeting)) == 40
    seqs = list(JournalEntry.objects.filter(meeting=room.meeting).values_list("seq", flat=True))
    # The queue was opened; then of each hand everybody was told that there is one more.
    assert sorted(seqs) == list(range(1, 1 + 1 + 2 * 40))
    assert journal.verify(room.meeting) is None


def test_one_command_sent_by_twenty_threads_is_done_once() -> None:
    room = new_room()
    host, li = room.host(), room.member("李春分")
    host.does("floor.open")
    command_id = str(uuid.uuid4())
    answers = at_once([lambda: li.does("floor.request", command_id=command_id)] * 20)
    assert len({answer.seq for answer in answers if not isinstance(answer, Code)}) == 1
    assert Code.ALREADY_WAITING not in answers
    assert CommandReceipt.objects.filter(command_id=command_id).count() == 1
    assert len(places(room.meeting)) == 1


def test_the_floor_is_given_to_exactly_one() -> None:
    room = new_room()
    host = room.host()
    members = [room.member(f"委员{number}") for number in range(10)]
    at_once([lambda who=who: host.does("floor.call", participant=str(who.id)) for who in members])  # type: ignore[misc]
    assert room.meeting.speeches.filter(ended_at=None).count() == 1
    assert room.meeting.speeches.count() == 10


def test_a_guests_link_has_exactly_one_taker() -> None:
    room = new_room("LOBBY")
    made = room.host().does("people.invite_guest", guest_name="芦荻岸").result
    assert made
    guest = room.meeting.participants.get(pk=made["participant"])
    token = links.new_guest_link(guest)
    answers = at_once([lambda: links.take_up(token, clock.now())] * 10)
    assert answers.count(Code.LINK_USED) == 9


def test_everybody_who_waits_is_admitted_once_by_three_of_the_staff() -> None:
    room = new_room("LOBBY")
    hosts = [room.host("主持"), room.person("副主持", Role.CO_HOST), room.person("秘书", Role.SECRETARY)]
    for number in range(20):
        room.member(f"委员{number}", present=False).does("people.check_in")
    at_once([lambda who=who: who.does("people.admit_all") for who in hosts])  # type: ignore[misc]
    assert room.types.count("people.admitted") == 1
    assert room.meeting.participants.filter(presence="WAITING").count() == 0
