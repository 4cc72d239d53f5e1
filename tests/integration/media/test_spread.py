"""A meeting too large for one worker: real workers linked by their pipe, real peers on both."""

import asyncio

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from meetings.live import media_port
from meetings.live.feed import hub
from tests.integration.media.house import House, gap, moves, nothing_comes_after, rebuilds
from tests.integration.media.media_harness import Picture, Tone, Worker
from tests.integration.media.web_process import Tab, WebProcess, lease_of
from tests.sockets import LiveClient, cookie_of
from tests.story import Somebody

pytestmark = [pytest.mark.media, pytest.mark.django_db(transaction=True)]


class Spread:
    """The host and Li at the meeting's home, Zhao and Qian at its annex; the host is heard and seen."""

    def __init__(self, house: House, web: WebProcess) -> None:
        self.house = house
        self.web = web
        self.host: Tab
        self.li: Tab
        self.zhao: Tab
        self.qian: Tab

    async def comes(self) -> "Spread":
        self.host = await self.web.tab(self.house.host, audio=Tone(), camera=Picture())
        self.li = await self.web.tab(self.house.li)
        zhao, qian = await self._more()
        self.zhao = await self.web.tab(zhao, audio=Tone(300))
        self.qian = await self.web.tab(qian)
        assert self.host.epochs == self.li.epochs
        assert self.zhao.epochs == self.qian.epochs != self.host.epochs
        return self

    @sync_to_async
    def _more(self) -> tuple[Somebody, Somebody]:
        return self.house.room.member("赵谷雨"), self.house.room.member("钱小满")

    async def annex(self) -> Worker:
        lease = await lease_of(self.house.room)
        name = lease.annexes[0].worker
        return next(worker for worker in self.house.workers if worker.name == name)


@pytest_asyncio.fixture
async def spread(house: House) -> Spread:
    return await Spread(house, house.web(spread_above=1)).comes()


async def hear_each_other(*tabs: Tab) -> None:
    await asyncio.gather(*(tab.peer.hears("a0", 25) for tab in tabs))


async def test_sound_and_picture_arrive_on_both_workers(spread: Spread) -> None:
    await hear_each_other(spread.li, spread.zhao, spread.qian)
    await asyncio.gather(*(tab.peer.hears("big", 10, 20) for tab in (spread.li, spread.zhao, spread.qian)))
    sources = {tab.peer.slot(slot).sources[-1] for tab in (spread.li, spread.qian) for slot in ("a0", "big")}
    assert len(sources) == 1
    # Everybody is told the same, and nobody was thrown about.
    for tab in (spread.li, spread.qian):
        await tab.until_slot("big", str(spread.house.host.id))
        assert not [frame for frame in tab.frames if frame["op"] in ("reset", "move", "unavailable")]
    seqs = spread.qian.peer.slot("a0").seqs
    assert seqs == [(seqs[0] + place) & 0xFFFF for place in range(len(seqs))]


async def test_the_annex_is_heard_at_home(spread: Spread) -> None:
    await spread.house.does(spread.house.host, "floor.call", participant=str(spread.zhao.who.id))
    await spread.host.until_slot("a0", str(spread.zhao.who.id))
    await hear_each_other(spread.host)


async def test_a_revoked_voice_is_silent_on_the_other_worker_within_50_ms(spread: Spread) -> None:
    host_account = await sync_to_async(spread.house.room.account)(spread.house.host, "host")
    media_port.plug(spread.web.gateway)
    late = []
    async with LiveClient(cookie=await cookie_of(host_account), meeting=spread.house.room.meeting_id) as socket:
        for _ in range(5):
            await hear_each_other(spread.li, spread.qian)
            done = await socket.do("people.mute", participant=str(spread.house.host.id))
            # Whichever of the workers is the first to hear of it.
            acknowledged = await spread.web.pool.until_acknowledged(done["seq"])
            await nothing_comes_after(acknowledged, spread.qian)
            await nothing_comes_after(acknowledged, spread.li)
            late.append((spread.qian.peer.slot("a0").times[-1] - acknowledged) * 1000)
            await socket.do("people.unmute", participant=str(spread.house.host.id))
    await hub.close()
    print(f"last packet over the pipe after the right: {max(late):.1f} ms")  # noqa: T201 - a figure for the log


async def test_when_the_home_dies_the_annex_plays_on_and_gets_the_others(spread: Spread) -> None:
    await hear_each_other(spread.li, spread.qian)
    seen = (len(spread.host.frames), len(spread.li.frames))
    before, home = spread.qian.peer, await spread.house.home()
    home.kill()
    await asyncio.gather(rebuilds(spread.host, since=seen[0]), rebuilds(spread.li, since=seen[1]))
    await hear_each_other(spread.li, spread.qian)
    assert spread.qian.peer is before
    assert not [frame for frame in spread.qian.frames if frame["op"] in ("reset", "move")]
    lease = await lease_of(spread.house.room)
    assert (lease.home.epoch, lease.annexes, lease.leaving) == (spread.qian.epochs[0], (), ())


async def test_when_the_annex_dies_its_people_come_home_and_home_plays_on(spread: Spread) -> None:
    await hear_each_other(spread.li, spread.qian)
    seen = (len(spread.zhao.frames), len(spread.qian.frames))
    (await spread.annex()).kill()
    await asyncio.gather(rebuilds(spread.zhao, since=seen[0]), rebuilds(spread.qian, since=seen[1]))
    await hear_each_other(spread.li, spread.qian)
    assert not [frame for frame in spread.li.frames if frame["op"] in ("reset", "move")]


async def test_a_worker_that_is_restarted_is_linked_again(spread: Spread) -> None:
    await hear_each_other(spread.qian)
    annex = await spread.annex()
    seen = (len(spread.zhao.frames), len(spread.qian.frames))
    annex.kill()
    await asyncio.gather(rebuilds(spread.zhao, since=seen[0]), rebuilds(spread.qian, since=seen[1]))
    annex.start()

    @sync_to_async
    def more() -> Somebody:
        return spread.house.room.member("孙惊蛰")

    somebody = await more()
    async with asyncio.timeout(15):
        while len(spread.web.pool._lines.taking()) < 2:  # noqa: ASYNC110 - until the line is back
            await asyncio.sleep(0.02)
    sun = await spread.web.tab(somebody)
    assert sun.epochs[0] not in {*spread.host.epochs, *spread.qian.epochs}
    await hear_each_other(sun)


async def test_a_drained_home_is_left_while_all_hear_each_other(spread: Spread) -> None:
    await hear_each_other(spread.li, spread.qian)
    seen = (len(spread.host.frames), len(spread.li.frames))
    home, before = await spread.house.home(), spread.qian.peer
    home.ask_to_end()
    # The speaker goes first: those who still sit on the old worker hear him from the new one.
    await moves(spread.host, since=seen[0])
    await hear_each_other(spread.li, spread.qian)
    old = spread.li.peer
    await moves(spread.li, since=seen[1])
    await hear_each_other(spread.li, spread.qian)
    print(f"silence of {gap(old, spread.li.peer, 'a0') * 1000:.0f} ms while moving")  # noqa: T201 - for the log
    assert spread.qian.peer is before
    assert home.wait() == 0
    told = [frame["op"] for tab in spread.web.tabs for frame in tab.frames]
    assert "reset" not in told
