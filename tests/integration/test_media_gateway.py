"""What the web process does with media frames, whichever engine it has: here one that only takes notes."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from meetings.live.media_port import Seat
from meetings.live.roles import Role
from meetings.live.threads import run
from meetings.stage.engine import (
    Ended,
    EngineEvent,
    Outlived,
    Place,
    Quality,
    Said,
    Sending,
    Slots,
    Unavailable,
    View,
    Words,
)
from meetings.stage.gateway import Gateway
from meetings.stage.program import output_of
from meetings.stage.reading import Wanted
from server.core.errors import Code, Refused
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)


class NotingEngine:
    """Lets everybody in, and keeps what it was told."""

    name = "noting"

    def __init__(self) -> None:
        self.views: list[View] = []
        self.sends: list[Sending] = []
        self.applied: list[Wanted] = []
        self.left: list[Place] = []
        self.failures: list[Exception] = []
        self.busy = 0
        self.news = asyncio.Event()
        self.tell: Callable[[EngineEvent], Awaitable[None]]

    def listen(self, on_event: Callable[[EngineEvent], Awaitable[None]], on_stale: Callable[[UUID], None]) -> None:
        self.tell = on_event

    async def join(self, place: Place, connection: str, wanted: Wanted, words: Words) -> Words:
        if self.failures:
            raise self.failures.pop()
        return {"op": "answer", "connection": connection}

    async def leave(self, place: Place) -> None:
        self.left.append(place)

    async def view(self, place: Place, view: View) -> None:
        self.views.append(view)
        if self.failures:
            raise self.failures.pop()

    async def sending(self, place: Place, sending: Sending) -> None:
        self.sends.append(sending)

    async def apply(self, meeting: UUID, wanted: Wanted) -> None:
        if self.busy:
            self.busy -= 1
            raise RuntimeError("the database is busy")
        self.applied.append(wanted)
        self.news.set()

    async def until(self, happened: Callable[[Wanted], bool]) -> None:
        """Wait until what is applied is so."""
        async with asyncio.timeout(5):
            while not self.applied or not happened(self.applied[-1]):
                self.news.clear()
                await self.news.wait()

    async def workers(self) -> dict[str, dict[str, Any]]:
        return {}

    async def statistics(self, meeting: UUID) -> dict[str, dict[str, Any]]:
        return {}

    async def close(self) -> None:
        return


class Door:
    """A gateway, and tabs at it."""

    def __init__(self) -> None:
        self.engine = NotingEngine()
        self.gateway = Gateway(self.engine)

    def tab(self, who: Somebody, seat: str = "person") -> "Tab":
        return Tab(self.gateway, who, seat)


class Tab:
    """One tab of one participant."""

    def __init__(self, gateway: Gateway, who: Somebody, seat: str) -> None:
        self._gateway = gateway
        self.told: list[Words] = []
        self.place = Place(who.room.meeting_id, who.id)
        self.connection = str(uuid.uuid4())
        self.seat = Seat(
            connection=str(uuid.uuid4()),
            meeting=who.room.meeting_id,
            participant=who.id,
            seat=seat,
            send=self._hear,
        )

    async def _hear(self, frame: dict[str, Any]) -> None:
        self.told.append(frame)

    async def says(self, **frame: Any) -> None:
        await self._gateway.frame(self.seat, {"t": "media", **frame})

    async def joins(self) -> "Tab":
        await self.says(op="offer", sdp="v=0", connection=self.connection)
        return self

    @property
    def ops(self) -> list[str]:
        return [frame["op"] for frame in self.told]


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    yield door
    await door.gateway.close()


@pytest_asyncio.fixture
async def room() -> Room:
    return await run(new_room)


async def test_what_a_page_shows_and_sends_reaches_the_engine(door: Door, room: Room) -> None:
    li = await door.tab(await run(room.member)).joins()
    await li.says(op="view", big=1080, thumbs=4, thumb=180, page=2)
    await li.says(op="view", thumbs=0)
    await li.says(op="sending", camera=True, screen=False)
    assert door.engine.views == [View(big=1080, thumbs=4, thumb=180, page=2), View(thumbs=0)]
    assert door.engine.sends == [Sending(camera=True, screen=False)]
    # A wish that does not get through waits; the page has nothing to do.
    door.engine.failures = [Unavailable()]
    await li.says(op="view", thumbs=1)
    assert "unavailable" not in li.ops


@pytest.mark.parametrize(
    "frame",
    [
        {"op": "view"},
        {"op": "view", "thumbs": -1},
        {"op": "view", "thumbs": 10},
        {"op": "view", "thumbs": True},
        {"op": "view", "thumbs": 4, "big": 100_000},
        {"op": "view", "thumbs": 4, "page": "1"},
        {"op": "view", "thumbs": 4, "more": 1},
        {"op": "sending", "camera": 1, "screen": False},
        {"op": "offer", "sdp": "v=0"},
        {"op": "offer", "sdp": "v=0", "connection": ""},
        {"op": ["offer"], "connection": "c"},
        {"op": "fly"},
        {},
    ],
)
async def test_frames_that_say_nothing_are_refused(door: Door, room: Room, frame: Words) -> None:
    li = door.tab(await run(room.member))
    with pytest.raises(Refused) as refused:
        await li.says(**frame)
    assert refused.value.code is Code.BAD_FRAME


async def test_what_the_engine_tells_goes_to_the_tab_whose_media_it_is(door: Door, room: Room) -> None:
    who = await run(room.member)
    first, second = await door.tab(who).joins(), await door.tab(who).joins()
    first.told.clear()
    second.told.clear()
    place, connection = second.place, second.connection
    for event in (
        Slots(place, connection, {"a0": None}, 3),
        Quality(place, connection, "poor", "downlink_loss", audio_only=True),
        Said(place, {"op": "watched", "connection": connection, "camera": ["h"], "screen": False}),
        Ended(place, first.connection, "flood"),  # not the one that is in use
        Ended(place, connection, "flood"),
    ):
        await door.engine.tell(event)
    assert first.told == []
    assert second.told == [
        {"t": "media", "op": "slots", "connection": connection, "slots": {"a0": None}, "pages": 3},
        {
            "t": "media",
            "op": "quality",
            "connection": connection,
            "level": "poor",
            "reason": "downlink_loss",
            "audio_only": True,
        },
        {"t": "media", "op": "watched", "connection": connection, "camera": ["h"], "screen": False},
        {"t": "media", "op": "ended", "reason": "flood"},
    ]


async def test_whoever_is_not_let_in_takes_nobodys_place(door: Door, room: Room) -> None:
    who = await run(room.member)
    first, second = await door.tab(who).joins(), door.tab(who)
    for failure, op in ((Outlived(), "reset"), (Unavailable(), "unavailable")):
        door.engine.failures = [failure]
        await second.joins()
        assert second.ops[-1] == op
    await door.engine.tell(Said(first.place, {"op": "move"}))
    assert first.ops[-1] == "move"
    assert "moved" not in first.ops


async def test_a_change_that_cannot_be_brought_into_force_is_tried_until_it_is(door: Door, room: Room) -> None:
    host = await run(room.host)
    tab = await door.tab(host).joins()
    await door.engine.news.wait()
    door.engine.news.clear()
    door.engine.busy = 2
    await run(host.does, "people.mute", participant=str(host.id))
    await door.gateway.grown(room.meeting_id, {"people.muted"})
    async with asyncio.timeout(10):
        await door.engine.news.wait()
        while tab.told[-1].get("audio") is not False:  # noqa: ASYNC110 - told right after
            await asyncio.sleep(0)
    assert not door.engine.applied[-1].rights[str(host.id)].audio


async def test_leaving_is_for_the_tab_whose_media_it_is(door: Door, room: Room) -> None:
    who = await run(room.member)
    first, second = await door.tab(who).joins(), await door.tab(who).joins()
    assert first.ops[-1] == "moved"
    await first.says(op="leave")
    assert door.engine.left == []
    await second.says(op="leave")
    assert door.engine.left == [second.place]


async def test_a_programme_output_is_beside_the_device_of_who_opened_it(door: Door, room: Room) -> None:
    tech = await run(lambda: room.person("雪松岗", Role.TECH, present=False))
    screen, desk = door.tab(tech, "program"), door.tab(tech)
    await screen.joins()
    with pytest.raises(Refused):  # not signed in yet: the screen is up, and the own device is not
        await desk.joins()
    await run(lambda: tech.does("people.check_in"))
    await desk.joins()
    assert screen.ops == ["answer", "rights"]
    assert screen.told[1] == {"t": "media", "op": "rights", "audio": False, "camera": False, "screen": False}
    await door.engine.until(lambda wanted: {str(tech.id), str(output_of(tech.id))} <= wanted.present)

    await screen.says(op="leave")
    assert door.engine.left == [Place(room.meeting_id, output_of(tech.id))]


async def test_who_was_shown_out_has_no_programme_output_either(door: Door, room: Room) -> None:
    host, clerk = await run(room.host), await run(lambda: room.person("雪窦峰", Role.VENUE_CLERK))
    screen = await door.tab(clerk, "program").joins()
    await run(lambda: host.does("people.remove", participant=str(clerk.id), reason="误入"))
    await door.gateway.grown(room.meeting_id, {"people.removed"})
    await door.engine.until(lambda wanted: str(output_of(clerk.id)) not in wanted.present)
    with pytest.raises(Refused):
        await screen.joins()


async def test_a_member_has_no_programme_output(door: Door, room: Room) -> None:
    member = await run(room.member)
    with pytest.raises(Refused):
        await door.tab(member, "program").joins()
