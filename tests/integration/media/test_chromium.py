"""The engine of the product in a real Chromium, against a real worker."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.integration.media.media_harness import Gateway, Worker
from tests.integration.media.media_page import Site, bundle, until

pytestmark = pytest.mark.media

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--no-proxy-server",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]


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


async def enter(browser: BrowserContext, site: Site, name: str, *, sends: bool) -> Page:
    page = await browser.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"{name}: {error}"))
    # An empty MediaStream holds the load event back.
    await page.goto(f"{site.address}/?name={name}", wait_until="domcontentloaded")
    await page.wait_for_function("window.ready")
    if sends:
        await page.evaluate("engine.setMicrophone(true).then(() => engine.setCamera(true))")
    await page.evaluate("engine.join()")
    return page


async def grows(page: Page, slot: str, field: str, by: float, seconds: float = 10) -> None:
    start = (await page.evaluate(f"slot('{slot}')"))[field]
    await until(page, f"slot('{slot}').then((it) => it.{field} >= {start + by})", seconds)


async def test_two_pages_see_each_other_and_hear_only_who_has_the_right(
    gateway: Gateway, site: Site, browser: BrowserContext, worker: Worker
) -> None:
    li = await enter(browser, site, "li", sends=True)
    wang = await enter(browser, site, "wang", sends=True)
    await gateway.allow(li="audio camera", wang="camera")
    await gateway.show("li", "li", "wang")
    await grows(wang, "big", "framesDecoded", 40)
    await grows(li, "big", "framesDecoded", 40)  # li is big, so li sees wang there
    await grows(wang, "a0", "energy", 0.001)
    assert (await li.evaluate("slot('a0')"))["energy"] == 0
    assert gateway.slots("li")["a0"] is None

    # The floor passes on: sound changes its direction without a new negotiation.
    await gateway.allow(li="camera", wang="audio camera")
    await grows(li, "a0", "energy", 0.001)
    await asyncio.sleep(0.5)
    before = (await wang.evaluate("slot('a0')"))["energy"]
    await asyncio.sleep(1.5)
    assert (await wang.evaluate("slot('a0')"))["energy"] - before < 0.00001
    assert len(site.offers["li"]) == len(site.offers["wang"]) == 1

    # An ICE restart keeps the picture going.
    await li.evaluate("engine.again()")
    await wang.evaluate("engine.again()")
    await asyncio.sleep(1)
    await grows(wang, "big", "framesDecoded", 20)
    await grows(li, "a0", "energy", 0.001)
    assert (await wang.evaluate("states")) == ["connecting", "connected"]

    # The worker is killed and started again on its old ports, as the supervisor does: nobody reloads.
    worker.kill()
    worker.start()
    loop = asyncio.get_running_loop()
    back = loop.time()
    await gateway.until_restarted()
    await site.tell_all({"op": "reset"})
    await grows(wang, "big", "framesDecoded", 5, seconds=5)
    await grows(li, "a0", "energy", 0.0001, seconds=5)
    assert loop.time() - back < 5
    assert (await wang.evaluate("slot('a0')"))["energy"] == 0

    # A viewer without a camera tells its bandwidth too: that is what the tiny canvas is for.
    viewer = await enter(browser, site, "zhao", sends=False)
    await grows(viewer, "big", "framesDecoded", 20)
    async with asyncio.timeout(15):
        while True:
            stats = await gateway.client.request("stats")
            if stats["rooms"]["room-1"]["zhao"]["remb"] > 0:
                break
            await asyncio.sleep(0.1)
