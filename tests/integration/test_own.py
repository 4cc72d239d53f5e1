"""Who sees what of the queue: the row of the domain's role × action table, for every role."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from meetings.live import journal, own, snapshots
from meetings.live.feed import hub
from meetings.live.roles import Role, audience_of
from server.accounts.models import Account
from tests.sockets import LiveClient, cookie_of
from tests.story import Room, Somebody, new_room

ALL, OWN, VENUE, QUESTIONS, LENGTH = "all", "own place", "own venue", "own questions", "length"
TABLE = {
    Role.HOST: ALL,
    Role.CO_HOST: ALL,
    Role.SECRETARY: ALL,
    Role.RECORDER: ALL,
    Role.TECH: ALL,
    Role.AUDITOR: ALL,
    Role.LEADER: ALL,
    Role.VENUE_CLERK: VENUE,
    Role.MEMBER: OWN,
    Role.DEPARTMENT: QUESTIONS,
    Role.EXPERT: OWN,
    Role.PUBLIC: OWN,
    Role.OBSERVER: LENGTH,
    Role.MEDIA: LENGTH,
}
"""The auditor reads everything that the journal says."""


class Hall:
    """A queue of three: somebody in the venue asks the department, a remote member, and the reader if they may."""

    def __init__(self, role: Role) -> None:
        self.room = new_room()
        venue = self.room.venue()
        host = self.room.host("主持")
        seated, remote = self.room.member("韩白露", venue=venue.pk), self.room.member("朱寒露")
        self.reader = self.room.person("某人", role, venue=venue.pk if role == Role.VENUE_CLERK else None)
        to = str(self.reader.id) if role == Role.DEPARTMENT else None
        host.does("floor.open")
        self.of_venue = self.asks(seated, kind="QUESTION", to=to)
        self.of_remote = self.asks(remote)
        self.of_reader = self.asks(self.reader) if TABLE[role] == OWN else None

    @staticmethod
    def asks(who: Somebody, **fields: Any) -> str:
        made = who.does("floor.request", **fields).result
        assert made
        return str(made["request"])

    @property
    def expected(self) -> dict[str, int]:
        """Requests and places that the reader may see, by the table."""
        everything: dict[str | None, int] = {self.of_venue: 1, self.of_remote: 2, self.of_reader: 3}
        rows: dict[str, dict[str | None, int]] = {
            ALL: everything,
            OWN: {self.of_reader: 3},
            VENUE: {self.of_venue: 1},
            QUESTIONS: {self.of_venue: 1},
            LENGTH: {},
        }
        mine = rows[TABLE[Role(self.reader.row.role)]]
        return {request: place for request, place in mine.items() if request}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_of_the_queue_what_the_table_says(role: Role) -> None:
    hall = Hall(role)
    audience = audience_of(role)
    floor = json.loads(snapshots.take(hall.room.meeting_id, audience).text)["floor"]
    mine = json.loads(own.read(hall.room.meeting_id, {hall.reader.id})[hall.reader.id])["floor"]
    assert floor["length"] == (3 if hall.of_reader else 2)
    seen = floor if mine["sees_all"] else mine
    assert {place["request"]: place["place"] for place in seen["queue"]} == hall.expected
    assert set(seen["requests"]) == set(hall.expected)
    assert mine["sees_all"] == (TABLE[role] == ALL)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if TABLE[role] != ALL])
def test_no_event_tells_those_who_may_not_see_the_queue_who_waits(role: Role) -> None:
    hall = Hall(role)
    told = " ".join(event.text(audience_of(role)) for event in journal.read(hall.room.meeting_id, after=0))
    assert hall.of_venue not in told
    assert hall.of_remote not in told


@pytest.mark.django_db
def test_only_the_staff_has_the_speaking_times() -> None:
    room = new_room()
    host, li, leader = room.host(), room.member("李春分"), room.person("紫金原", Role.LEADER)
    host.does("floor.call", participant=str(li.id))
    host.does("floor.finish")
    for who, sees in ((host, True), (leader, False), (li, False)):
        audience = audience_of(who.row.role)
        floor = json.loads(snapshots.take(room.meeting_id, audience).text)["floor"]
        assert bool(floor["times"]["PERSON"]) is sees
        told = " ".join(event.text(audience) for event in journal.read(room.meeting_id, after=0))
        assert ("floor.times_changed" in told) is sees


@pytest.fixture
async def _hub_closes() -> AsyncIterator[None]:
    yield
    await hub.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_hub_closes")
async def test_a_screen_in_a_hall_is_told_nothing_of_its_clerks_own() -> None:
    @sync_to_async
    def people() -> tuple[Room, Somebody, Somebody, Account]:
        room = new_room()
        venue = room.venue()
        host, han = room.host(), room.member("韩白露", venue=venue.pk)
        clerk = room.person("沧浪亭", Role.VENUE_CLERK, venue=venue.pk)
        host.does("floor.open")
        return room, host, han, room.account(clerk, "clerk")

    room, host, han, account = await people()
    cookie = await cookie_of(account)
    async with (
        LiveClient(cookie=cookie, meeting=room.meeting_id, seat="program") as screen,
        LiveClient(cookie=cookie, meeting=room.meeting_id) as clerk,
    ):
        await sync_to_async(han.does)("floor.request")
        while not (await clerk.until("own"))["data"]["floor"]["queue"]:
            pass
        done = await sync_to_async(host.does)("floor.close")
        await screen.events_until(done.seq)
        assert [frame["t"] for frame in screen.frames if frame["t"] == "own"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_hub_closes")
async def test_each_is_told_the_own_place_as_it_changes() -> None:
    @sync_to_async
    def people() -> tuple[Room, Somebody, list[Account]]:
        room = new_room()
        host, li, wang = room.host(), room.member("李春分"), room.member("王小满")
        accounts = [room.account(who, name) for who, name in ((li, "m04"), (wang, "m08"))]
        host.does("floor.open")
        li.does("floor.request")
        return room, host, accounts

    room, host, accounts = await people()
    cookies = [await cookie_of(account) for account in accounts]
    async with (
        LiveClient(cookie=cookies[0], meeting=room.meeting_id) as li,
        LiveClient(cookie=cookies[1], meeting=room.meeting_id) as wang,
    ):
        assert [place["place"] for place in (await li.until("own"))["data"]["floor"]["queue"]] == [1]
        assert (await wang.until("own"))["data"]["floor"]["queue"] == []
        await wang.do("floor.request")
        assert [place["place"] for place in (await wang.until("own"))["data"]["floor"]["queue"]] == [2]
        await sync_to_async(host.does)("floor.call")
        mine = (await wang.until("own"))["data"]["floor"]
        assert [place["place"] for place in mine["queue"]] == [1]
        assert [request["state"] for request in mine["requests"].values()] == ["ON_DECK"]
