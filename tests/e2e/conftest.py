"""End-to-end tests: real browsers on the whole product.

One product serves all tests of a run that only look; a test that kills, or needs the city untouched, takes
`own_product`. Pages come from `people`, which also notices uncaught errors and keeps a picture when a test fails.
"""

import os
import re
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.old_browser.chromium import OldChromium, old_chromium
from tests.e2e.product import ROOT, Client, Product, running_product

PICTURES = ROOT / "var" / "e2e"
FLAGS = [
    "--no-sandbox",
    "--no-proxy-server",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]

expect.set_options(timeout=20_000)  # a busy machine is no defect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these need a browser; the marker says so to whoever wants to leave them out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember on the item whether its test failed, for the fixtures that then keep pictures."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product that tests share; leave its state as it may be met by the next test."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture
def own_product(tmp_path: Path) -> Iterator[Product]:
    """A product for one test alone: it may kill it and spoil its data."""
    folder = tmp_path / "product"
    folder.mkdir()
    with running_product(folder) as running:
        yield running


def browser_program() -> str:
    """Where Debian's Chromium is."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "Chromium is missing: run bin/system-packages"
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium with a fake camera and microphone."""
    program = browser_program()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


class People:
    """Opens windows: each person has a browser of its own, with its own cookies."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}
        self.errors: list[str] = []

    def window(
        self, product: Product, who: str | None = None, *, path: str = "/", name: str = "", phone: bool = False
    ) -> Page:
        """A window at a path, signed in as `who`; at a person of that name's second call, another tab's worth."""
        client = product.client(who) if who else None
        page = self.blank(product, client, phone=phone)
        self.pages[name or who or f"window-{len(self.pages)}"] = page
        page.goto(product.address + path, wait_until="domcontentloaded")
        return page

    def blank(self, product: Product, client: Client | None = None, *, phone: bool = False) -> Page:
        """An empty window that carries a client's session."""
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = self._browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=phone,
            permissions=["camera", "microphone"],
        )
        self._contexts.append(context)
        if client:
            context.add_cookies(
                [{"name": key, "value": value, "url": product.address} for key, value in client.cookies.items()]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        return page

    def close(self, *, keep_as: str | None = None) -> None:
        """Close all windows; keep pictures of them if a name is given."""
        if keep_as:
            for who, page in self.pages.items():
                if not page.is_closed():
                    page.screenshot(path=PICTURES / f"{keep_as}-{who}.png")
        for context in self._contexts:
            context.close()


@pytest.fixture
def people(browser: Browser, request: pytest.FixtureRequest) -> Iterator[People]:
    """Everybody's windows. An uncaught error in any of them fails the test."""
    everybody = People(browser)
    yield everybody
    failed = request.node.stash.get(FAILED, False)
    everybody.close(keep_as=re.sub(r"\W+", "-", request.node.name) if failed else None)
    assert failed or everybody.errors == []


@pytest.fixture
def old_browser(request: pytest.FixtureRequest) -> Iterator[OldChromium]:
    """Chromium 83, fresh for each test: it starts in a moment, and no page of the test before goes on sending."""
    with old_chromium() as running:
        yield running
        if request.node.stash.get(FAILED, False):
            name = re.sub(r"\W+", "-", request.node.name)
            for number, page in enumerate(running.pages):
                page.screenshot(PICTURES / f"{name}-{number}.png")
