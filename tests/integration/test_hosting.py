"""主持人掉线: somebody acts for the host, and hands back."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async

from meetings.live import feed, hosting
from meetings.live.execute import execute
from meetings.live.feed import hub
from meetings.live.models import Seen
from meetings.live.roles import Role
from meetings.stage.reading import read_wanted
from server.core import clock, ids
from server.core.errors import Code, Refused
from tests.sockets import LiveClient, cookie_of
from tests.story import Room, Somebody, new_room

START = datetime(2026, 5, 21, 6, 30, tzinfo=UTC)


class Hall:
    """A meeting with a host, a co-host, a secretary, and a clock in the hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr("server.core.clock.now", lambda: self.now)
        self.room: Room = new_room()
        self.host = self.room.host()
        self.co_host = self.room.person("白鹭洲", Role.CO_HOST)
        self.secretary = self.room.person("赤石滩", Role.SECRETARY)

    def here(self, *people: Somebody) -> None:
        """So many are connected, to whichever process, and what follows from it."""
        hosting.saw(self.room.meeting_id, {who.id for who in people}, self.now)
        if hosting.is_due(self.room.meeting_id, self.now):
            execute(meeting_id=self.room.meeting_id, actor=None, command_id=str(ids.new()), command=hosting.HandOver())

    def goes_on(self, seconds: int, *people: Somebody) -> None:
        """Time passes, five seconds at a time, with these connected."""
        for _ in range(seconds // 5):
            self.now += timedelta(seconds=5)
            self.here(*people)

    @property
    def acting(self) -> str | None:
        who = self.room.meeting.acting_host
        return who.name if who else None


@pytest.fixture
def hall(db: None, monkeypatch: pytest.MonkeyPatch) -> Hall:
    return Hall(monkeypatch)


def test_a_co_host_acts_for_a_host_who_is_away_for_a_minute(hall: Hall) -> None:
    hall.here(hall.host, hall.co_host, hall.secretary)
    hall.goes_on(60, hall.co_host, hall.secretary)
    assert hall.acting is None
    hall.goes_on(5, hall.co_host, hall.secretary)
    assert hall.acting == "白鹭洲"
    assert hall.room.types == ["meeting.handed_over"]


def test_a_short_break_changes_nothing(hall: Hall) -> None:
    hall.here(hall.host, hall.secretary)
    hall.goes_on(55, hall.secretary)
    hall.goes_on(600, hall.host, hall.secretary)
    assert hall.room.types == []


def test_a_secretary_who_acts_runs_the_meeting_and_hands_back(hall: Hall) -> None:
    li = hall.room.member("李春分")
    hall.here(hall.host, hall.secretary)
    with pytest.raises(Refused, check=lambda refusal: refusal.code is Code.NOT_ALLOWED):
        hall.secretary.does("floor.call", participant=str(li.id))
    hall.goes_on(65, hall.secretary)
    assert hall.acting == "赤石滩"
    hall.secretary.does("floor.call", participant=str(li.id))
    hall.secretary.does("floor.finish")
    hall.secretary.does("meeting.pause")
    hall.secretary.does("meeting.resume")
    assert read_wanted(hall.room.meeting_id).rights[str(hall.secretary.id)].audio
    hall.here(hall.host, hall.secretary)
    assert hall.acting is None
    assert hall.room.types[-1] == "meeting.handed_back"
    assert str(hall.secretary.id) not in read_wanted(hall.room.meeting_id).rights
    with pytest.raises(Refused, check=lambda refusal: refusal.code is Code.NOT_ALLOWED):
        hall.secretary.does("floor.call", participant=str(li.id))


def test_when_nobody_is_there_the_meeting_waits_and_never_ends(hall: Hall) -> None:
    hall.here(hall.host)
    hall.goes_on(3600)
    assert (hall.acting, hall.room.meeting.state) == (None, "LIVE")
    hall.here(hall.secretary)
    assert hall.acting == "赤石滩"


def test_whoever_acts_may_be_lost_too(hall: Hall) -> None:
    hall.here(hall.host, hall.co_host)
    hall.goes_on(65, hall.co_host)
    hall.goes_on(25, hall.secretary)
    assert hall.acting == "赤石滩"


def test_a_meeting_that_has_not_begun_needs_no_host(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    hall = Hall(monkeypatch)
    hall.room = new_room("LOBBY")
    hall.host, hall.secretary = hall.room.host(), hall.room.person("赤石滩", Role.SECRETARY)
    hall.here(hall.host, hall.secretary)
    hall.goes_on(120, hall.secretary)
    assert hall.room.types == []


@pytest.mark.django_db(transaction=True)
async def test_the_feed_sees_that_the_host_is_gone_and_the_secretary_gets_the_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @sync_to_async
    def people() -> tuple[Room, Somebody, Somebody]:
        room = new_room()
        host, secretary = room.host(), room.person("赤石滩", Role.SECRETARY)
        room.account(host, "host")
        room.account(secretary, "secretary")
        return room, host, secretary

    @sync_to_async
    def account(who: Somebody):  # type: ignore[no-untyped-def]
        return who.row.person.account  # type: ignore[union-attr]

    @sync_to_async
    def was_seen(who: Somebody, ago: timedelta) -> None:
        Seen.objects.filter(participant=who.id).update(at=clock.now() - ago)

    room, host, secretary = await people()
    monkeypatch.setattr(feed, "WATCH_SECONDS", 0.0)
    cookie = await cookie_of(await account(secretary))
    try:
        async with LiveClient(cookie=await cookie_of(await account(host)), meeting=room.meeting_id):
            pass
        await sync_to_async(hosting.saw)(room.meeting_id, {host.id}, clock.now())
        await was_seen(host, 2 * hosting.LOST)
        async with LiveClient(cookie=cookie, meeting=room.meeting_id) as first:
            assert "floor.call" not in first.welcome["me"]["can"]
            told = await first.events_until(1)
            assert [event["type"] for event in told] == ["meeting.handed_over"]
            closed = await first.socket.receive_output(timeout=5)
            while closed["type"] != "websocket.close":
                closed = await first.socket.receive_output(timeout=5)
            assert closed["code"] == feed.COME_AGAIN
        async with LiveClient(cookie=cookie, meeting=room.meeting_id) as again:
            assert {"floor.call", "meeting.pause", "people.admit"} <= set(again.welcome["me"]["can"])
    finally:
        await hub.close()
