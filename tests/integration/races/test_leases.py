"""Web processes that decide at once where a meeting's media lives, with real threads against the real database."""

from uuid import UUID

import pytest

from meetings.stage import leases
from meetings.stage.leases import Lease
from meetings.stage.models import MediaLease
from meetings.stage.placement import Life
from server.core import clock
from tests.integration.races.conftest import Together
from tests.story import new_room

pytestmark = pytest.mark.django_db(transaction=True)

LIVES = [Life(f"media-{number}", "1") for number in range(8)]


def taken(meeting: UUID, home: Life) -> Lease:
    lease = leases.take(meeting, home, now=clock.now())
    assert lease is not None
    return lease


def moved(lease: Lease, home: Life) -> Lease | None:
    return leases.change(lease, home=home, annexes=lease.annexes, leaving=(lease.home,), now=clock.now())


def test_eight_that_place_a_meeting_at_once_agree(together: Together) -> None:
    meeting = new_room().meeting_id
    found = together([lambda life=life: taken(meeting, life) for life in LIVES])  # type: ignore[misc]
    assert len(set(found)) == 1
    assert MediaLease.objects.get().generation == 1


def test_eight_that_move_a_meeting_at_once_move_it_once(together: Together) -> None:
    lease = taken(new_room().meeting_id, Life("media-9", "1"))
    found = together([lambda life=life: moved(lease, life) for life in LIVES])  # type: ignore[misc]
    assert len(set(found)) == 1
    now = leases.read(lease.meeting)
    assert now in found
    assert now is not None
    assert (now.generation, now.leaving) == (2, (lease.home,))


def test_a_decision_on_what_is_no_more_changes_nothing() -> None:
    meeting = new_room().meeting_id
    old = taken(meeting, LIVES[0])
    new = moved(old, LIVES[1])
    assert moved(old, LIVES[2]) == new
    leases.give_up(meeting)
    assert new is not None
    assert moved(new, LIVES[3]) is None
    again = taken(meeting, LIVES[4])
    assert moved(old, LIVES[5]) == again  # both count from one


def test_meetings_are_found_by_every_worker_that_has_somebody() -> None:
    first, second = new_room().meeting_id, new_room().meeting_id
    lease = taken(first, LIVES[0])
    leases.change(lease, home=LIVES[1], annexes=[LIVES[2]], leaving=[LIVES[0]], now=clock.now())
    taken(second, LIVES[1])
    assert leases.homes() == {LIVES[1]: 2}
    for life, meetings in ((LIVES[0], {first}), (LIVES[1], {first, second}), (LIVES[2], {first}), (LIVES[3], set())):
        assert set(leases.meetings_at(life)) == meetings
