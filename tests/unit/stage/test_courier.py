"""Words that are lost on the way are said again, and the newest wins."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from meetings.live.roles import MeetingState
from meetings.stage.courier import Carriers, Courier, Post
from meetings.stage.engine import Unavailable
from meetings.stage.placement import Life
from meetings.stage.reading import Wanted
from meetings.stage.rights import Rights
from meetings.stage.tasks import Tasks
from server.media.client import MediaRefused, MediaUnavailable

LIFE = Life("media-0", "1")
MEETING = uuid.uuid4()


def word(seq: int, *, audio: bool = True, state: MeetingState = MeetingState.LIVE) -> Wanted:
    rights = {"li": Rights(audio=True)} if audio else {}
    return Wanted(seq=seq, state=state, rights=rights, present=frozenset({"li"}), big=None, order=[])


class FakeWorker:
    """Answers, or fails as often as told; keeps what it has acknowledged."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.asked = 0
        self.rights: list[int] = []
        self.carriers: list[tuple[int, list[str]]] = []
        self.closed = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        self.asked += 1
        await self.answers.wait()
        if self.failures:
            raise self.failures.pop()
        if op == "rights":
            self.rights.append(fields["seq"])
        if op == "spread":
            assert self.rights
            self.carriers.append((fields["seq"], fields["workers"]))
        self.closed += op == "close_room"
        return {}


@pytest_asyncio.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.close()


@pytest.fixture
def worker() -> FakeWorker:
    return FakeWorker()


@pytest.fixture
def courier(worker: FakeWorker, tasks: Tasks) -> Courier:
    return Courier(meeting=MEETING, life=LIFE, ask=worker.ask, tasks=tasks)


async def test_a_lost_revocation_is_said_until_it_is_acknowledged(worker: FakeWorker, courier: Courier) -> None:
    worker.failures = [MediaUnavailable("gone"), MediaRefused("BROKEN"), MediaUnavailable("late")]
    await courier.delivered(courier.bring(word(5, audio=False)), seconds=10)
    assert worker.rights == [5]
    assert courier.idle


async def test_the_newest_word_replaces_one_that_waits(worker: FakeWorker, courier: Courier) -> None:
    worker.answers.clear()
    first = courier.bring(word(1))
    await asyncio.sleep(0)
    courier.bring(word(2))
    last = courier.bring(word(3, audio=False))
    assert courier.bring(word(2)) == last  # an older one changes nothing
    worker.answers.set()
    await courier.delivered(last, seconds=10)
    await courier.delivered(first, seconds=10)
    assert worker.rights == [1, 3]


async def test_the_same_word_is_not_said_twice(worker: FakeWorker, courier: Courier) -> None:
    await courier.delivered(courier.bring(word(1)), seconds=10)
    await courier.delivered(courier.bring(word(1)), seconds=10)
    await courier.delivered(courier.bring(word(1, audio=False)), seconds=10)
    assert worker.rights == [1, 1]


async def test_a_worker_hears_who_carries_the_meeting_with_it_once_somebody_does(
    worker: FakeWorker, courier: Courier
) -> None:
    both = Carriers(2, ("a", "b"))
    await courier.delivered(courier.bring(word(1), Carriers(1, ("a",))), seconds=10)
    assert worker.carriers == []
    await courier.delivered(courier.bring(word(1), both), seconds=10)
    await courier.delivered(courier.bring(word(2), both), seconds=10)
    courier.bring(word(2), Carriers(1, ("a",)))  # as another web process still believed
    assert courier.idle
    await courier.delivered(courier.bring(word(2), Carriers(3, ("b",))), seconds=10)
    assert worker.carriers == [(2, ["a", "b"]), (3, ["b"])]


async def test_rights_do_not_wait_for_who_carries_the_meeting(worker: FakeWorker, courier: Courier) -> None:
    worker.failures = [MediaUnavailable("lost")]
    await courier.delivered(courier.bring(word(1, audio=False), Carriers(2, ("a", "b"))), seconds=10)
    assert (worker.rights, worker.carriers) == ([1], [(2, ["a", "b"])])


async def test_a_worker_that_is_back_is_told_at_once(
    worker: FakeWorker, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.stage.courier.FIRST_DELAY", 3600)
    worker.failures = [MediaUnavailable("away")]
    ticket = courier.bring(word(1))
    while worker.failures:  # noqa: ASYNC110 - until it has failed once
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    courier.hurry()
    await courier.delivered(ticket, seconds=10)


async def test_nobody_waits_for_the_dead(worker: FakeWorker, tasks: Tasks) -> None:
    post = Post(ask=lambda life, op, **fields: worker.ask(op, **fields), tasks=tasks)
    post.word(MEETING, word(1))
    worker.failures = [MediaUnavailable("dead")] * 1000
    [(courier, ticket)] = post.bring(MEETING, [LIFE])
    waiting = asyncio.ensure_future(courier.delivered(ticket, seconds=3600))
    await asyncio.sleep(0)
    assert post.waiting() == {LIFE}
    post.bury(LIFE)
    with pytest.raises(Unavailable):
        await waiting
    assert post.waiting() == set()


async def test_the_end_of_a_meeting_closes_its_room(worker: FakeWorker, courier: Courier) -> None:
    await courier.delivered(courier.bring(word(9, audio=False, state=MeetingState.ENDED)), seconds=10)
    assert worker.closed == 1


async def test_what_is_on_its_way_is_not_forgotten(worker: FakeWorker, tasks: Tasks) -> None:
    post = Post(ask=lambda life, op, **fields: worker.ask(op, **fields), tasks=tasks)
    worker.answers.clear()
    post.word(MEETING, word(1, audio=False))
    [(courier, ticket)] = post.bring(MEETING, [LIFE])
    post.tidy(keep=set())
    assert post.meetings == {MEETING}
    worker.answers.set()
    await courier.delivered(ticket, seconds=10)
    post.tidy(keep=set())
    assert post.meetings == set()
