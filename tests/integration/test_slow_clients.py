"""Clients that read slowly, or not at all, or say that they do: what they leave unread is bounded."""

import json
import uuid

import pytest

from meetings.live import feed as feeds
from meetings.live.feed import Subscriber
from meetings.live.roles import Audience, Role
from server.accounts.sign_ins import SignIn

SLOW = 4008


class Line:
    """A socket's two ends: what was written to it and how it was closed."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.closed_with: int | None = None
        self.subscriber = Subscriber(
            participant=uuid.uuid4(), role=Role.MEMBER, audience=Audience.EVERYONE, sign_in=SignIn(session=""),
            send=self._send, close=self._close,
        )  # fmt: skip

    async def _send(self, text: str) -> None:
        self.written.append(text)

    async def _close(self, code: int) -> None:
        self.closed_with = code

    async def beat(self) -> str:
        """Write a beat; its mark."""
        await self.subscriber.beat(seq=1, at="2026-05-21T06:30:00.000Z")
        return str(json.loads(self.written[-1])["mark"])

    async def news(self, size: int) -> None:
        await self.subscriber.write("x" * size)


@pytest.fixture
def line() -> Line:
    return Line()


async def test_a_client_that_answers_beats_is_kept_whatever_it_is_told(line: Line) -> None:
    for _ in range(20):
        await line.news(feeds.MAX_UNSEEN_BYTES // 2)
        line.subscriber.has_seen(await line.beat())
    assert line.closed_with is None


async def test_a_client_that_answers_nothing_is_closed_at_the_fourth_beat(line: Line) -> None:
    for _ in range(feeds.MAX_UNSEEN_BEATS):
        await line.beat()
    assert line.closed_with is None
    await line.subscriber.beat(seq=1, at="")
    assert line.closed_with == SLOW


async def test_so_is_one_that_leaves_too_much_unread_between_two_beats(line: Line) -> None:
    line.subscriber.has_seen(await line.beat())
    await line.news(feeds.MAX_UNSEEN_BYTES)
    assert line.closed_with is None
    await line.news(1)
    assert line.closed_with == SLOW


async def test_what_came_after_the_answered_beat_still_counts(line: Line) -> None:
    early = await line.beat()
    await line.news(feeds.MAX_UNSEEN_BYTES - 1000)
    line.subscriber.has_seen(early)
    await line.news(1001)
    assert line.closed_with == SLOW


async def test_marks_that_were_never_written_or_are_answered_twice_prove_nothing(line: Line) -> None:
    marks = [await line.beat(), await line.beat()]
    stranger = Line()
    line.subscriber.has_seen(await stranger.beat())
    line.subscriber.has_seen("")
    assert line.subscriber.read == 0
    line.subscriber.has_seen(marks[1])
    assert line.subscriber.read == line.subscriber.written
    await line.news(10)
    line.subscriber.has_seen(marks[0])
    line.subscriber.has_seen(marks[1])
    assert line.subscriber.read == line.subscriber.written - 10
