"""The health board: who may see it, what a page may say, what is put together; and /metrics for whoever may read it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from channels.testing import HttpCommunicator
from pytest_django.fixtures import Settings

from meetings.live import media_port
from meetings.live.media_port import Seat
from meetings.live.models import Participant
from meetings.live.roles import Presence, Role
from meetings.live.threads import run
from meetings.stage import health
from meetings.stage.engine import Unavailable
from meetings.stage.gateway import Gateway
from meetings.stage.health import Counted, Health, Report, board, read_room
from meetings.stage.metrics import Totals, exposition
from meetings.stage.pool import SfuPool
from server.asgi import application
from server.core.errors import Code, Refused
from tests.story import Room, Somebody, new_room

pytestmark = pytest.mark.django_db(transaction=True)

SAID: dict[str, Any] = {
    "devices": {"microphone": "on", "camera": "busy"},
    "browser": "Chromium 156 · Linux",
    "visible": True,
    "rtt_ms": 30,
    "loss_up": None,
    "loss_down": 0.01,
    "kbps_up": 100,
    "kbps_down": 900,
    "loudness": 0.2,
    "level": "good",
    "reason": "none",
    "audio_only": False,
}
COUNTED: dict[str, Any] = {
    "connected": True,
    "packets_in": 500,
    "octets_in": 60_000,
    "kbps_in": 480,
    "kbps_out": 1200,
    "rtt_ms": 12,
    "loss_up": 0.0,
    "loss_down": 0.05,
    "level": "fair",
    "reason": "downlink_loss",
    "audio_only": False,
    "up": {"camera": {"allowed": True, "live": True, "layers": {"h": {"kbps": 400}, "l": {"kbps": 0}}}},
    "down": {"big": {"layer": "m", "packets": 90, "octets": 9000, "resent": 3, "key_requests": 2}, "a0": {}},
}


class Desk:
    """A board over a worker that says what the test says, and everybody's screens."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.away = False
        self.now = 100.0
        self.health = Health(self._workers, now=lambda: self.now)
        self.frames: dict[UUID, asyncio.Queue[dict[str, Any]]] = {}

    async def _workers(self) -> Mapping[str, Any]:
        if self.away:
            raise Unavailable
        return {"w": {"rooms": {str(self.room.meeting_id): self.endpoints}}}

    def seat(self, who: Somebody, *, connection: str = "c") -> Seat:
        queue = self.frames.setdefault(who.id, asyncio.Queue())
        return Seat(
            connection=f"{connection}-{who.id}",
            meeting=who.room.meeting_id,
            participant=who.id,
            seat="person",
            send=queue.put,
        )

    async def sees(self, who: Somebody) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return await self.frames[who.id].get()


@pytest_asyncio.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(health, "EVERY", 0.02)
    desk = Desk(await run(new_room))
    yield desk
    await desk.health.close()


@pytest.mark.parametrize("role", list(Role))
async def test_only_the_desk_and_technicians_see_how_others_are_connected(desk: Desk, role: Role) -> None:
    who = await run(desk.room.person, "韩白露", role)
    desk.endpoints[str(who.id)] = COUNTED
    if role in (Role.HOST, Role.CO_HOST, Role.SECRETARY, Role.TECH):
        await desk.health.watch(desk.seat(who), on=True)
        frame = await desk.sees(who)
        assert (frame["t"], frame["op"], frame["media"]) == ("media", "health", True)
        assert [row["participant"] for row in frame["endpoints"]] == [str(who.id)]
        return
    for on in (True, False):
        with pytest.raises(Refused) as refused:
            await desk.health.watch(desk.seat(who), on=on)
        assert refused.value.code == Code.NOT_ALLOWED
    assert desk.frames[who.id].empty()


async def test_the_technician_sees_it_before_anybody_is_let_in(desk: Desk) -> None:
    technician = await run(lambda: desk.room.person("竹影", Role.TECH, present=False))
    await desk.health.watch(desk.seat(technician), on=True)
    assert (await desk.sees(technician))["endpoints"] == []


@pytest.mark.parametrize(
    "change", [{"role": Role.MEMBER}, {"presence": Presence.REMOVED}], ids=["another role", "shown out"]
)
async def test_who_loses_the_role_sees_nothing_more(desk: Desk, change: dict[str, str]) -> None:
    host = await run(desk.room.host)
    technician = await run(desk.room.person, "竹影", Role.TECH)
    for who in (host, technician):
        await desk.health.watch(desk.seat(who), on=True)
        await desk.sees(who)
    await run(lambda: Participant.objects.filter(pk=technician.id).update(**change))
    for _ in range(3):
        await desk.sees(host)
    while not desk.frames[technician.id].empty():
        desk.frames[technician.id].get_nowait()
    for _ in range(3):
        await desk.sees(host)
    assert desk.frames[technician.id].empty()


async def test_a_technician_of_one_meeting_sees_nothing_of_another(desk: Desk) -> None:
    elsewhere = await run(new_room)
    technician = await run(elsewhere.person, "竹影", Role.TECH)
    desk.endpoints[str(uuid4())] = COUNTED
    await desk.health.watch(desk.seat(technician), on=True)
    assert (await desk.sees(technician))["endpoints"] == []


async def test_who_stops_watching_or_goes_is_told_nothing_more(desk: Desk) -> None:
    host = await run(desk.room.host)
    for politely in (True, False):
        await desk.health.watch(desk.seat(host), on=True)
        await desk.sees(host)
        if politely:
            await desk.health.watch(desk.seat(host), on=False)
        else:
            desk.health.closed(desk.seat(host))
        telling = desk.health._telling
        assert telling is not None
        await asyncio.wait_for(telling, 5)


async def test_while_no_worker_answers_pages_still_tell_of_their_devices(desk: Desk) -> None:
    host, li = await run(desk.room.host), await run(desk.room.member, "李春分")
    desk.away = True
    desk.health.report(desk.seat(li), SAID)
    await desk.health.watch(desk.seat(host), on=True)
    frame = await desk.sees(host)
    assert frame["media"] is False
    (row,) = frame["endpoints"]
    assert (row["connected"], row["devices"]["camera"], row["rtt_ms"]) == (False, "busy", 30)


class TestWhatAPageSays:
    """Nothing of it is believed that is not understood."""

    async def test_is_forgotten_with_its_connection_and_when_it_is_old(self, desk: Desk) -> None:
        host, li = await run(desk.room.host), await run(desk.room.member, "李春分")
        await desk.health.watch(desk.seat(host), on=True)
        first, second = desk.seat(li, connection="first"), desk.seat(li, connection="second")
        desk.health.report(first, SAID)
        desk.health.report(second, SAID)
        desk.health.closed(first)
        await self.until(desk, host, lambda rows: len(rows) == 1)
        desk.now += health.STALE + 1
        await self.until(desk, host, lambda rows: rows == [])
        desk.health.report(second, SAID)
        await self.until(desk, host, lambda rows: len(rows) == 1)
        desk.health.closed(second)
        await self.until(desk, host, lambda rows: rows == [])
        assert desk.health._said == {}

    async def until(self, desk: Desk, who: Somebody, fits: Callable[[list[dict[str, Any]]], bool]) -> None:
        async with asyncio.timeout(5):
            while not fits((await desk.sees(who))["endpoints"]):
                pass

    async def test_too_often_is_not_heard(self, desk: Desk) -> None:
        li = await run(desk.room.member, "李春分")
        desk.health.report(desk.seat(li), SAID)
        desk.health.report(desk.seat(li), {**SAID, "rtt_ms": 99})
        assert desk.health._said[desk.room.meeting_id][li.id].report.rtt_ms == 30
        desk.now += 1
        desk.health.report(desk.seat(li), {**SAID, "rtt_ms": 99})
        assert desk.health._said[desk.room.meeting_id][li.id].report.rtt_ms == 99

    @pytest.mark.parametrize(
        "change",
        [
            {"devices": {"microphone": "on"}},
            {"devices": {"microphone": "on", "camera": "on", "speaker": "on"}},
            {"devices": {"microphone": "loud", "camera": "on"}},
            {"browser": "x" * 61},
            {"browser": "two\nlines"},
            {"browser": None},
            {"visible": "yes"},
            {"rtt_ms": -1},
            {"rtt_ms": 1e9},
            {"loss_down": 1.5},
            {"loss_down": float("nan")},
            {"kbps_up": 10**12},
            {"level": "excellent"},
            {"reason": "<b>"},
            {"name": "somebody else"},
            {"participant": str(uuid4())},
        ],
        ids=lambda change: json.dumps(change)[:40],
    )
    async def test_is_refused_when_it_is_not_a_report(self, desk: Desk, change: dict[str, Any]) -> None:
        li = await run(desk.room.member, "李春分")
        with pytest.raises(Refused) as refused:
            desk.health.report(desk.seat(li), {**SAID, **change})
        assert refused.value.code == Code.BAD_FRAME
        assert desk.health._said == {}

    async def test_comes_through_the_gateway_and_not_from_a_companion(self) -> None:
        room = await run(new_room)
        li = await run(room.member, "李春分")
        gateway = Gateway(SfuPool(urls=["http://127.0.0.1:9/control"], token="nobody"))
        desk = Desk(room)
        await gateway.frame(desk.seat(li), {"t": "media", "op": "report", **SAID})
        assert li.id in gateway.health._said[room.meeting_id]
        with pytest.raises(Refused):
            await gateway.frame(desk.seat(li), {"t": "media", "op": "watch_health", "on": True})
        companion = Seat(connection="p", meeting=room.meeting_id, participant=li.id, seat="companion", send=_nowhere)
        with pytest.raises(Refused):
            await gateway.frame(companion, {"t": "media", "op": "report", **SAID})
        await gateway.closed(desk.seat(li))
        assert gateway.health._said == {}


async def _nowhere(frame: dict[str, Any]) -> None: ...


class TestTheBoard:
    """Pure: worker and page side by side."""

    def row(self, counted: dict[str, Any], said: dict[str, Any] | None) -> dict[str, Any]:
        (row,) = board({"li": Counted.model_validate(counted)}, {"li": Report(**said)} if said else {})
        return row

    def test_figures_are_the_workers_and_devices_the_pages(self) -> None:
        row = self.row(COUNTED, SAID)
        assert row["connected"]
        assert row["up"]["camera"] == {"right": True, "live": True, "layers": ["h"]}
        assert row["up"]["mic"] == {"right": False, "live": False, "layers": []}
        assert row["down"] == {"streams": 2, "big": "m"}
        assert (row["rtt_ms"], row["loss_down"], row["kbps_up"], row["kbps_down"]) == (12, 0.05, 480, 1200)
        assert (row["devices"]["camera"], row["browser"], row["loudness"]) == ("busy", "Chromium 156 · Linux", 0.2)

    def test_the_worse_of_both_judgements_is_shown_with_its_reason(self) -> None:
        assert self.row(COUNTED, SAID)["reason"] == "downlink_loss"
        row = self.row(COUNTED, {**SAID, "level": "poor", "reason": "cpu"})
        assert (row["level"], row["reason"]) == ("poor", "cpu")

    def test_a_page_that_says_nothing_leaves_its_columns_empty(self) -> None:
        row = self.row(COUNTED, None)
        assert (row["devices"], row["browser"], row["visible"]) == (None, None, None)
        assert row["level"] == "fair"

    def test_an_endpoint_on_two_workers_is_where_it_is_connected(self) -> None:
        li, wang = str(uuid4()), str(uuid4())
        on = {"rooms": {"m": {li: COUNTED, "pipe:w2": COUNTED}}}
        off = {"rooms": {"m": {li: {**COUNTED, "connected": False}, wang: {"up": "nonsense"}}}}
        for order in ([on, off], [off, on]):
            room = read_room("m", order)
            assert room.keys() == {li, wang}
            assert room[li].connected
            assert not room[wang].connected


class TestMetrics:
    """Numbers for Prometheus."""

    ROOMS = {"rooms": {"meeting-1": {"li": COUNTED}}, "port": {"received": 7, "sent": 8, "unknown": 1, "unsent": 0}}

    def test_name_nobody(self) -> None:
        who, where = str(uuid4()), str(uuid4())
        text = exposition({"worker-a": {"rooms": {where: {who: COUNTED}}}}, Totals())
        assert who not in text
        assert where not in text
        assert 'gongshang_media_endpoints_connected{worker="0"} 1' in text.splitlines()

    def test_are_well_formed(self) -> None:
        lines = exposition({"b": self.ROOMS, "a": self.ROOMS}, Totals()).splitlines()
        types = {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE")}
        for line in lines:
            if line.startswith("#"):
                continue
            name, value = line.split("{")[0].split(" ")[0], line.rsplit(" ", 1)[1]
            assert name.startswith("gongshang_media_")
            assert types[name] == ("counter" if name.endswith("_total") else "gauge")
            assert float(value) >= 0
        assert 'gongshang_media_udp_sent_total{worker="1"} 8' in lines
        assert "gongshang_media_up 1" in lines

    def test_never_fall(self) -> None:
        totals = Totals()

        def after(**endpoints: dict[str, Any]) -> int:
            return totals.add("w", {"rooms": {"m": endpoints}}).get("packets_in", 0)

        assert after(li={"packets_in": 100}) == 100
        assert after(li={"packets_in": 150}, wang={"packets_in": 10}) == 160
        assert after(wang={"packets_in": 12}) == 162  # li has left
        assert after(li={"packets_in": 5}, wang={"packets_in": 12}) == 167  # and is back
        assert after(li={"packets_in": 2}, wang={"packets_in": 12}) == 169  # on a new connection

    def test_a_packet_that_comes_late_takes_nothing_back(self) -> None:
        totals = Totals()
        for lost, sum_ in ((5, 5), (3, 5), (6, 6)):
            got = totals.add("w", {"rooms": {"m": {"li": {"packets_in": 9, "lost_in": lost}}}})
            assert got["lost_in"] == sum_

    async def read(self, **headers: str) -> tuple[int, str]:
        remote = headers.pop("remote", "127.0.0.1")
        sent = [(b"host", b"localhost"), *((name.lower().encode(), value.encode()) for name, value in headers.items())]
        door = HttpCommunicator(application, "GET", "/metrics", headers=sent)
        door.scope["client"] = (remote, 1)
        answer = await door.get_response(timeout=30)
        return answer["status"], answer["body"].decode()

    async def test_are_read_by_this_machine(self) -> None:
        status, text = await self.read()
        assert status == 200
        assert "gongshang_media_up 0" in text

    @pytest.mark.parametrize(
        "headers",
        [{"remote": "198.51.100.7"}, {"X-Forwarded-For": "198.51.100.7"}, {"X-Real-IP": "127.0.0.1"}],
        ids=["another machine", "through a proxy", "through a proxy that says it was us"],
    )
    async def test_a_stranger_is_refused(self, headers: dict[str, str]) -> None:
        status, text = await self.read(**headers)
        assert (status, json.loads(text)["code"]) == (403, "NOT_ALLOWED")

    @pytest.mark.parametrize(
        ("given", "status"), [("Bearer right-token", 200), ("Bearer wrong", 403), ("right-token", 403), (None, 403)]
    )
    async def test_with_a_token_only_who_has_it(self, settings: Settings, given: str | None, status: int) -> None:
        settings.METRICS_TOKEN = "right-token"
        for remote in ("127.0.0.1", "198.51.100.7"):
            headers = {"remote": remote, **({"Authorization": given} if given else {})}
            assert (await self.read(**headers))[0] == status

    async def test_say_that_the_workers_are_away(self) -> None:
        before = media_port.port()
        media_port.plug(Gateway(SfuPool(urls=["http://127.0.0.1:9/control"], token="nobody")))
        try:
            status, text = await self.read()
        finally:
            media_port.plug(before)
        assert status == 200
        assert "gongshang_media_up 0" in text
