"""The page's engine in a real Chromium against a real worker: layers by what is watched, moving, endings."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.integration.media.media_harness import Gateway, Worker
from tests.integration.media.media_page import Site, bundle
from tests.integration.media.test_chromium import CHROMIUM, FLAGS, enter, grows

pytestmark = pytest.mark.media


@pytest_asyncio.fixture
async def site(gateway: Gateway, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(gateway, bundle(tmp_path / "engine.js"))
    await site.open()
    yield site
    await site.close()


@pytest_asyncio.fixture
async def browser(site: Site) -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await chromium.new_context()
        yield context
        await chromium.close()


@pytest_asyncio.fixture
async def annex(worker: Worker, gateway: Gateway, tmp_path: Path) -> AsyncIterator[Site]:
    """A site of the same room on a second worker, which is linked with the first."""
    (tmp_path / "annex").mkdir()
    second = Worker(tmp_path / "annex", name="media-1")
    second.pipes = worker.pipes
    second.start()
    there = Gateway(second, gateway.room)
    await there.start()
    workers = [gateway.epochs[-1], there.epochs[-1]]
    for each in (gateway, there):
        await each.client.request("spread", room=each.room, seq=1, workers=workers)
    site = Site(there, tmp_path / "engine.js")
    await site.open()
    yield site
    await site.close()
    await there.close()
    second.stop()


async def camera_of(gateway: Gateway, who: str) -> dict[str, Any]:
    stats = await gateway.client.request("stats")
    camera: dict[str, Any] = stats["rooms"]["room-1"][who]["up"]["camera"]
    return camera


async def flowing(gateway: Gateway, who: str) -> set[str]:
    """The layers of a camera that bring packets now."""

    async def packets() -> dict[str, int]:
        layers = (await camera_of(gateway, who))["layers"]
        return {rid: layer["packets"] for rid, layer in layers.items()}

    before = await packets()
    await asyncio.sleep(0.5)
    after = await packets()
    return {rid for rid, count in after.items() if count > before.get(rid, 0)}


async def until_flowing(gateway: Gateway, who: str, wanted: set[str]) -> None:
    seen: set[str] = set()
    try:
        async with asyncio.timeout(15):
            while (seen := await flowing(gateway, who)) != wanted:
                pass
    except TimeoutError:
        raise AssertionError(f"{seen} instead of {wanted}: {await camera_of(gateway, who)}") from None


async def view(page: Page, *, big: int, thumbs: int = 0, thumb: int = 0) -> None:
    await page.evaluate("(view) => engine.setView(view)", {"big": big, "thumbs": thumbs, "thumb": thumb, "page": 0})


async def test_only_what_somebody_watches_is_encoded(gateway: Gateway, site: Site, browser: BrowserContext) -> None:
    li = await enter(browser, site, "li", sends=True)
    wang = await enter(browser, site, "wang", sends=False)
    await gateway.allow(li="audio camera", wang="")
    await gateway.show("li", "li")
    width = "engine.local.camera.getSettings().width"
    assert await li.evaluate(width) == 1280

    await view(wang, big=720)
    await until_flowing(gateway, "li", {"h", "l"})
    await grows(wang, "big", "framesDecoded", 20)
    await view(wang, big=160)
    await until_flowing(gateway, "li", {"l"})
    await grows(wang, "big", "framesDecoded", 20)

    # Nobody looks: nothing is sent, and nobody believes that the camera is off.
    await view(wang, big=0)
    await until_flowing(gateway, "li", set())
    assert (await camera_of(gateway, "li"))["live"]
    await view(wang, big=360)
    await until_flowing(gateway, "li", {"m", "l"})
    await grows(wang, "big", "framesDecoded", 20)

    # Off and on again while nobody looks: still known to be there.
    await view(wang, big=0)
    await li.evaluate("engine.setCamera(false)")
    await until_flowing(gateway, "li", set())
    assert not (await camera_of(gateway, "li"))["live"]
    await li.evaluate("engine.setCamera(true)")
    await view(wang, big=720)
    await grows(wang, "big", "framesDecoded", 20)
    assert len(site.offers["li"]) == len(site.offers["wang"]) == 1
    async with asyncio.timeout(10):
        while True:
            if site.reports["li"][-1]["devices"] == {"microphone": "on", "camera": "on"}:
                break
            await asyncio.sleep(0.1)


async def test_only_what_somebody_watches_on_another_worker_is_encoded(
    gateway: Gateway, site: Site, annex: Site, browser: BrowserContext
) -> None:
    li = await enter(browser, site, "li", sends=True)
    wang = await enter(browser, annex, "wang", sends=False)
    for each in (gateway, annex.gateway):
        await each.allow(li="audio camera", wang="")
        await each.show("li", "li")
    await grows(wang, "a0", "energy", 0.001)
    await view(wang, big=720)
    await until_flowing(gateway, "li", {"h", "l"})
    await grows(wang, "big", "framesDecoded", 20)
    await view(wang, big=160)
    await until_flowing(gateway, "li", {"l"})
    await grows(wang, "big", "framesDecoded", 20)
    await view(wang, big=0)
    await until_flowing(gateway, "li", set())
    await view(wang, big=720)
    await grows(wang, "big", "framesDecoded", 20)
    await li.evaluate("engine.setCamera(false)")
    await until_flowing(gateway, "li", set())
    await li.evaluate("engine.setCamera(true)")
    await grows(wang, "big", "framesDecoded", 20)


async def test_a_page_moves_to_another_connection_without_being_cut(
    gateway: Gateway, site: Site, browser: BrowserContext
) -> None:
    li = await enter(browser, site, "li", sends=True)
    wang = await enter(browser, site, "wang", sends=True)
    await gateway.allow(li="audio camera", wang="camera")
    await gateway.show("li", "li", "wang")
    await grows(wang, "big", "framesDecoded", 20)
    for name in ("wang", "li"):
        await site.tell(name, {"op": "move"})
    for page in (li, wang):
        await page.wait_for_function("window.peers.filter((each) => each.connectionState === 'closed').length === 1")
        assert await page.evaluate("window.peers.length") == 2
        assert await page.evaluate("states") == ["connecting", "connected"]
    await grows(wang, "big", "framesDecoded", 20)
    await grows(wang, "a0", "energy", 0.001)
    await grows(li, "big", "framesDecoded", 20)


async def test_a_dead_picture_gets_a_new_connection_once(gateway: Gateway, site: Site, browser: BrowserContext) -> None:
    await enter(browser, site, "li", sends=True)
    await gateway.allow(li="audio camera", wang="")
    await gateway.show("li", "li")
    wang = await enter(browser, site, "wang", sends=False)
    await grows(wang, "big", "framesDecoded", 20)
    # The dead decoder of slot-facts cannot be made at will; what the page sees of it can: frames stand still.
    await wang.evaluate("window.stuck = true")
    await wang.wait_for_function("window.peers.length === 2", timeout=15_000)
    await wang.evaluate("window.stuck = false")
    await grows(wang, "big", "framesDecoded", 20)
    await wang.evaluate("window.stuck = true")
    await wang.wait_for_timeout(6000)
    assert await wang.evaluate("window.peers.length") == 2


async def test_who_was_cut_off_comes_back_only_by_a_click(
    gateway: Gateway, site: Site, browser: BrowserContext
) -> None:
    li = await enter(browser, site, "li", sends=True)
    wang = await enter(browser, site, "wang", sends=False)
    await gateway.allow(li="audio camera", wang="")
    await gateway.show("li", "li")
    await grows(wang, "big", "framesDecoded", 10)
    await site.tell("li", {"op": "ended", "reason": "flood"})
    await li.wait_for_function("engine.state === 'failed'")
    assert (await li.evaluate("states"))[-1] == "failed:ended"
    assert await li.evaluate("engine.local.camera === null && engine.local.microphone === null")
    offers = len(site.offers["li"])
    await li.wait_for_timeout(3000)
    assert len(site.offers["li"]) == offers

    await li.evaluate("engine.join().then(() => engine.setCamera(true))")
    await li.wait_for_function("engine.state === 'connected'")
    await grows(wang, "big", "framesDecoded", 10)
