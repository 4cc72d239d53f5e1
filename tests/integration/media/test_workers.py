"""Several media workers and several web processes, as real processes and real gateways, around one database."""

import asyncio
from time import perf_counter

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache

from meetings.live import media_port
from meetings.live.feed import hub
from meetings.stage.models import MediaLease
from meetings.stage.placement import Life
from tests.e2e.relay import Relay
from tests.integration.media.house import House, gap, moves, nothing_comes_after, rebuilds
from tests.integration.media.media_harness import Tone
from tests.integration.media.web_process import WebProcess, lease_of
from tests.sockets import LiveClient, cookie_of
from tests.story import Somebody, new_room

pytestmark = [pytest.mark.media, pytest.mark.django_db(transaction=True)]


async def test_two_web_processes_bring_their_people_to_one_worker(house: House) -> None:
    host, li = await asyncio.gather(house.web().tab(house.host, audio=Tone()), house.web().tab(house.li))
    assert host.epochs == li.epochs
    await li.peer.hears("a0", 25)


async def test_meetings_are_spread_over_the_workers(house: House) -> None:
    @sync_to_async
    def other() -> Somebody:
        return new_room().host()

    web = house.web()
    await web.tab(house.host)
    somebody = await other()
    await web.tab(somebody)
    assert (await lease_of(house.room)).home != (await lease_of(somebody.room)).home


async def test_a_dead_workers_meeting_is_back_on_another_one_before_that_is_restarted(house: House) -> None:
    host, li = await house.web().tab(house.host, audio=Tone()), await house.web().tab(house.li)
    await li.peer.hears("a0", 25)
    home, seen = await house.home(), (len(host.frames), len(li.frames))
    begin = perf_counter()
    home.kill()
    await asyncio.gather(rebuilds(host, since=seen[0]), rebuilds(li, since=seen[1]))
    await li.peer.hears("a0", 5)
    print(f"media back {perf_counter() - begin:.2f} s after kill -9")  # noqa: T201 - a figure for the log
    assert (await house.home()) is not home
    assert (await lease_of(house.room)).leaving == ()
    assert host.epochs[-1] == li.epochs[-1] != host.epochs[0]


async def test_what_was_forbidden_while_a_worker_died_is_forbidden_on_the_next(house: House) -> None:
    web = house.web()
    host, li = await web.tab(house.host, audio=Tone()), await web.tab(house.li)
    await li.peer.hears("a0", 25)
    seen = (len(host.frames), len(li.frames))
    (await house.home()).kill()
    await house.does(house.host, "people.mute", participant=str(house.host.id))
    await asyncio.gather(rebuilds(host, since=seen[0]), rebuilds(li, since=seen[1]))
    await host.until_told("rights", since=seen[0], audio=False)
    stats = await web.pool.statistics(house.room.meeting_id)
    assert set(stats) == {str(house.host.id), str(house.li.id)}
    await nothing_comes_after(0, li)
    await house.does(house.host, "people.unmute", participant=str(house.host.id))
    await li.peer.hears("a0", 10)


async def test_one_worker_alone_is_waited_for(house: House) -> None:
    only, other = house.workers
    other.kill()
    house.workers.remove(other)
    web = house.web()
    host, li = await web.tab(house.host, audio=Tone()), await web.tab(house.li)
    await li.peer.hears("a0", 25)
    seen = (len(host.frames), len(li.frames))
    only.kill()
    only.start()
    await asyncio.gather(rebuilds(host, since=seen[0]), rebuilds(li, since=seen[1]))
    await li.peer.hears("a0", 10)


async def test_a_line_that_breaks_for_a_moment_moves_nobody(house: House) -> None:
    first, second = house.web(), house.web()
    host, li = await first.tab(house.host, audio=Tone()), await second.tab(house.li)
    before = await lease_of(house.room)
    for line in first.pool._lines._lines:
        assert line.client._line is not None
        await line.client._line.close()
    # What is decided meanwhile is brought as soon as the line is back.
    await house.does(house.host, "people.mute", participant=str(house.host.id))
    await host.until_told("rights", audio=False)
    await house.does(house.host, "people.unmute", participant=str(house.host.id))
    await li.peer.hears("a0", 10)
    assert await lease_of(house.room) == before
    assert not [frame for frame in (*host.frames, *li.frames) if frame["op"] in ("reset", "move")]


async def test_a_worker_that_another_web_process_hears_is_not_dead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.stage.lines.PATIENCE", 0)
    monkeypatch.setattr("meetings.stage.lines.HEARD_FOR", 3600)
    cables = [[Relay(worker.control_port) for worker in house.workers] for _ in range(2)]
    first, second = (WebProcess([cable.port for cable in each]) for each in cables)
    house.webs += [first, second]
    host, li = await first.tab(house.host, audio=Tone()), await second.tab(house.li)
    before = await lease_of(house.room)
    await second.pool._lines.vouch()

    await cut(cables[0], first, before.home)
    assert await lease_of(house.room) == before
    await li.peer.hears("a0", 10)

    # Now nobody hears it any more, and nobody says a word for it.
    await cut(cables[1], second, before.home)
    seen = (len(host.frames), len(li.frames))
    async with asyncio.timeout(20):
        while (await lease_of(house.room)).home == before.home:
            await cache.aclear()
            await first.pool._look_again()
    await asyncio.gather(rebuilds(host, since=seen[0]), rebuilds(li, since=seen[1]))
    await li.peer.hears("a0", 10)
    for cable in (*cables[0], *cables[1]):
        cable.close()


async def cut(cables: list[Relay], web: WebProcess, life: Life) -> None:
    """A web process loses its line to one worker, and has looked what follows from that."""
    cable = next(each for each, line in zip(cables, web.pool._lines._lines, strict=True) if line.life == life)
    cable.cut()
    while web.pool._lines.to(life) is not None:  # noqa: ASYNC110 - until it has noticed
        await asyncio.sleep(0.01)
    await web.pool._look_again()


@pytest.mark.parametrize("way", ["sigterm", "command"])
async def test_draining_moves_a_meeting_while_it_plays_on(house: House, way: str) -> None:
    host, li = await house.web().tab(house.host, audio=Tone()), await house.web().tab(house.li)
    await li.peer.hears("a0", 25)
    home, seen = await house.home(), (len(host.frames), len(li.frames))
    if way == "sigterm":
        home.ask_to_end()
    else:
        line = next(line for line in house.webs[0].pool._lines._lines if line.life and line.life.worker == home.name)
        await line.client.request("drain")
    before = li.peer
    await asyncio.gather(moves(host, since=seen[0]), moves(li, since=seen[1]))
    await li.peer.hears("a0", 25)
    print(f"silence of {gap(before, li.peer, 'a0') * 1000:.0f} ms while moving")  # noqa: T201 - a figure for the log
    assert (await house.home()) is not home
    # Empty, so the worker ends by itself; nobody was told to build anything anew.
    assert home.wait() == 0
    assert not [frame for frame in (*host.frames, *li.frames) if frame["op"] in ("reset", "unavailable")]


async def test_rights_reach_both_workers_while_somebody_moves(house: House) -> None:
    web = house.web()
    host, li = await web.tab(house.host, audio=Tone()), await web.tab(house.li)
    await li.peer.hears("a0", 25)
    (await house.home()).ask_to_end()
    await host.until_told("move")
    await li.until_told("move")
    # Both still sit on the old worker, whose meeting lives elsewhere already.
    seen = len(li.frames)
    await house.does(house.host, "people.mute", participant=str(house.host.id))
    await li.until_slot("a0", None, since=seen)
    await nothing_comes_after(asyncio.get_running_loop().time(), li)
    # And on the new one, for those who have come over.
    await asyncio.gather(moves(host, since=0), moves(li, since=0))
    await nothing_comes_after(0, li)
    await house.does(house.host, "people.unmute", participant=str(house.host.id))
    await li.peer.hears("a0", 10)


async def test_a_crowded_meeting_takes_a_second_worker(house: House) -> None:
    web = house.web(spread_above=1)
    await web.tab(house.host)
    await web.tab(house.li)

    @sync_to_async
    def more() -> list[Somebody]:
        return [house.room.member(f"委员{number}") for number in range(2)]

    for somebody in await more():
        await web.tab(somebody)
    lease = await lease_of(house.room)
    assert len(lease.annexes) == 1
    stats = await web.pool.statistics(house.room.meeting_id)
    assert len(stats) == 4


async def test_the_end_of_a_meeting_closes_its_room_and_gives_up_the_lease(house: House) -> None:
    web = house.web()
    host = await web.tab(house.host, audio=Tone())
    await house.does(house.host, "meeting.end")
    async with asyncio.timeout(10):
        while host.peer.pc.connectionState not in ("closed", "failed"):  # noqa: ASYNC110 - another library's state
            await asyncio.sleep(0.02)

    async with asyncio.timeout(10):
        while await MediaLease.objects.aexists():  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.02)


async def test_a_revoked_voice_is_silent_once_the_worker_has_acknowledged(house: House) -> None:
    web = house.web()
    host_account = await sync_to_async(house.room.account)(house.host, "host")
    host, li = await web.tab(house.host, audio=Tone()), await web.tab(house.li)
    media_port.plug(web.gateway)
    loop, took = asyncio.get_running_loop(), []
    async with LiveClient(cookie=await cookie_of(host_account), meeting=house.room.meeting_id) as socket:
        for _ in range(10):
            await li.peer.hears("a0", 5)
            begin = loop.time()
            done = await socket.do("people.mute", participant=str(house.host.id))
            acknowledged = await web.pool.until_acknowledged(done["seq"])
            took.append((acknowledged - begin) * 1000)
            await nothing_comes_after(acknowledged, li)
            await socket.do("people.unmute", participant=str(house.host.id))
    await hub.close()
    assert host.frames[-1]["op"] == "rights"
    took.sort()
    print(f"command to acknowledged: median {took[5]:.1f} ms, worst {took[-1]:.1f} ms")  # noqa: T201 - for the log
