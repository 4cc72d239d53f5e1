"""What members on 信创 terminals have: every page they meet loads and works in a real Chromium 83."""

import pytest

from tests.e2e.meeting import EAST, called_meeting, venue
from tests.e2e.old_browser.chromium import OldChromium, OldPage
from tests.e2e.product import Product

pytestmark = pytest.mark.e2e


def test_this_browser_is_really_old(product: Product, old_browser: OldChromium) -> None:
    page = old_browser.page(product.address + "/sign-in")

    assert "Chrome/83." in page.evaluate("navigator.userAgent")
    assert not page.evaluate("CSS.supports('aspect-ratio: 1') || CSS.supports('selector(:has(a))')")


def test_a_member_signs_in(product: Product, old_browser: OldChromium) -> None:
    page = old_browser.page(product.address + "/")
    page.wait_for("document.querySelectorAll('form input').length >= 2")

    _signs_in(page, "m17", product.password)

    page.wait_for("location.pathname === '/'")
    page.wait_for_text("朱寒露")
    page.wait_for_text("加快新能源充电桩建设")
    assert page.errors == []


def test_a_wrong_password_is_told_in_words(product: Product, old_browser: OldChromium) -> None:
    page = old_browser.page(product.address + "/sign-in")
    page.wait_for("document.querySelectorAll('form input').length >= 2")

    _signs_in(page, "m18", "not-the-password")

    page.wait_for("[...document.querySelectorAll('[role=alert]')].some((each) => each.innerText.trim())")
    assert page.evaluate("location.pathname") == "/sign-in"


WATCH = """
(() => {
  const peers = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...words) { super(...words); peers.push(this); }
  };
  window.__received = async () => {
    const sum = { frames: 0, heard: 0 };
    for (const peer of peers) {
      for (const row of (await peer.getStats()).values()) {
        if (row.type === "inbound-rtp" && row.kind === "video") sum.frames += row.framesDecoded || 0;
        if (row.type === "track" && row.remoteSource && row.kind === "audio") sum.heard += row.totalAudioEnergy || 0;
      }
    }
    return sum;
  };
})();
"""


def test_a_member_sees_and_hears_and_asks_for_the_floor(product: Product, old_browser: OldChromium) -> None:
    meeting = called_meeting(product)
    host, member = product.client("host"), product.client("m17")
    host.do(meeting, "meeting.open_lobby")
    room = f"{product.address}/room/{meeting}"

    desk = old_browser.page(room, cookies=host.cookies)
    desk.click(marked("check-in"))
    page = old_browser.page(room, cookies=member.cookies, script=WATCH)
    page.click(marked("check-in"))
    page.wait_for_text("已签到")
    host.do(meeting, "people.admit_all")
    host.do(meeting, "meeting.start")
    host.do(meeting, "floor.open")

    # The host is in the big picture, and heard.
    page.wait_for_text("青云岭")
    page.wait_for("__received().then((now) => now.frames > 30)")
    page.wait_for("__received().then((now) => now.heard > 0.001)")

    page.click(marked("request-floor"))
    page.type(marked("request-topic"), "县乡充电桩")
    page.click(marked("request-send"))
    page.wait_for_element(marked("my-place"))
    desk.wait_for_text("县乡充电桩")

    host.do(meeting, "floor.call")
    page.wait_for_element(marked("countdown"))
    page.click(marked("finish-speech"))
    page.wait_for(
        "document.body.innerText.includes('目前无人发言') || !document.querySelector('[data-test=countdown]')"
    )
    assert page.errors == []
    assert desk.errors == []


def test_a_companion_on_an_old_telephone(product: Product, old_browser: OldChromium) -> None:
    meeting = called_meeting(product)
    host, clerk, member = product.client("host"), product.client("clerk-east"), product.client("m15")
    for each, command in ((host, "meeting.open_lobby"), (host, "people.check_in"), (clerk, "people.check_in")):
        each.do(meeting, command)
    path = clerk.get(f"/api/people/{meeting}/venues/{venue(clerk, EAST)}/link")["path"]

    page = old_browser.page(product.address + path, cookies=member.cookies, size=(390, 844))
    page.wait_for_text("韩白露")
    page.wait_for_text(EAST)
    page.wait_for_element(marked("companion-waiting"))
    host.do(meeting, "people.admit_all")
    host.do(meeting, "meeting.start")
    host.do(meeting, "floor.open")

    page.click(marked("request-floor"))
    page.type(marked("request-topic"), "小区增容")
    page.click(marked("request-send"))
    page.wait_for_element(marked("my-place"))

    host.do(meeting, "floor.call")
    page.wait_for_element(marked("companion-turn"))
    assert page.errors == []


def test_the_minutes_are_read_in_an_old_browser(product: Product, old_browser: OldChromium) -> None:
    meeting = called_meeting(product)
    host, secretary = product.client("host"), product.client("secretary")
    for command in ("meeting.open_lobby", "people.check_in", "meeting.start", "meeting.end"):
        host.do(meeting, command)
    drafted = secretary.post("/api/minutes/draft", {"meeting": meeting})["id"]

    page = old_browser.page(f"{product.address}/minutes/{drafted}", cookies=secretary.cookies)

    page.wait_for_text("青云岭")
    page.wait_for_element(marked("minutes-state"))
    page.wait_for_text("纪要")
    assert page.errors == []


def marked(name: str) -> str:
    """Where the page marks an element for tests by this name."""
    return f"[data-test={name}]"


def _signs_in(page: OldPage, username: str, password: str) -> None:
    page.type("form input:not([type=password])", username)
    page.type("form input[type=password]", password)
    page.click("form button[type=submit]")
