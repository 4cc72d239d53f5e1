"""Two at the same desk at the same moment, with real threads."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from meetings.minutes import services
from meetings.minutes.blocks import BlockKind
from meetings.minutes.models import Minutes
from server.accounts.models import Person
from server.core.errors import Refused
from tests.integration.paper.office import held_meeting, issue_directly

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> list[str]:
    """Run at once; the outcome of each."""
    barrier = threading.Barrier(len(acts))
    outcomes = ["?"] * len(acts)

    def run(no: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            act()
            outcomes[no] = "done"
        except Refused as refusal:
            outcomes[no] = refusal.code.value
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(no, act)) for no, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_two_secretaries_issue_the_same_number_at_once_and_one_wins() -> None:
    first = held_meeting()
    papers = [Minutes.objects.get(pk=held.minutes()) for held in (first, held_meeting(first.secretary))]
    by = papers[0].steps.all()[0].by
    for paper in papers:
        services.submit(paper.pk, by=by)
    outcomes = together(*[lambda paper=paper: issue_directly(paper, 8) for paper in papers])
    assert outcomes == ["NUMBER_TAKEN", "done"]
    assert list(Minutes.objects.filter(issue_no=8).values_list("issue_no", flat=True)) == [8]
    assert sorted(Minutes.objects.values_list("meeting__state", flat=True)) == ["DONE", "ENDED"]


def test_two_write_over_the_same_version_and_one_is_told_of_the_other() -> None:
    held = held_meeting()
    minutes = Minutes.objects.get(pk=held.minutes())
    by: Person = held.secretary.account.person

    def write(text: str) -> Callable[[], object]:
        return lambda: services.write_block(minutes.pk, BlockKind.SITUATION, version=1, text=text, rows=[], by=by)

    assert together(write("甲"), write("乙")) == ["EDIT_CONFLICT", "done"]
    block = minutes.blocks.get(kind="SITUATION")
    assert (block.version, block.text in ("甲", "乙")) == (2, True)


def test_drafting_at_once_makes_one_paper() -> None:
    held = held_meeting()
    by = held.secretary.account.person
    acts = [lambda: services.draft_minutes(held.room.meeting_id, by=by) for _ in range(2)]
    assert together(*acts) == ["done", "done"]
    assert Minutes.objects.count() == 1
