"""网络与设备检测: what a member finds out before a meeting, and what the technician gets of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import FLAGS, People, browser_program
from tests.e2e.meeting import marked
from tests.e2e.old_browser.chromium import OldChromium
from tests.e2e.product import Client, Product
from tests.integration.media.coturn import SECRET, TLS_PORT, Coturn
from tests.integration.media.network import Elsewhere

DONE = 40_000


def finished(page: Page) -> None:
    """Wait until the network is measured (or cannot be)."""
    marked(page, "check-start").click()
    expect(marked(page, "check-network")).not_to_contain_text("已测完")
    expect(marked(page, "check-network")).to_contain_text("已测完", timeout=DONE)


def word(page: Page, purpose: str) -> str:
    return marked(page, f"verdict-{purpose}").get_attribute("data-word") or ""


def test_a_member_with_everything_in_order_is_told_so_and_has_a_report(product: Product, people: People) -> None:
    page = people.window(product, "m01", path="/check")
    expect(marked(page, "verdict-picture")).to_have_attribute("data-word", "unknown")
    finished(page)
    marked(page, "speaker-play").click()
    marked(page, "speaker-heard").click()
    for purpose in ("picture", "sound", "text"):
        expect(marked(page, f"verdict-{purpose}")).to_have_attribute("data-word", "good")
    expect(marked(page, "check-camera")).to_contain_text("能看到自己")
    expect(marked(page, "check-microphone")).to_contain_text("听到声音了")
    expect(marked(page, "way-direct")).to_have_attribute("data-state", "open")
    report = marked(page, "report").input_value()
    assert "UDP 直连 通" in report
    assert "带画面发言：适合" in report
    assert "192.0.2." not in report
    up = int(marked(page, "figure-up").inner_text().split()[0])
    assert up > 900


def test_whoever_hears_nothing_or_may_not_use_the_camera_is_told_the_way_out(product: Product, people: People) -> None:
    page = people.blank(product, product.client("m01"))
    people.pages["m01"] = page
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.goto(f"{product.address}/check", wait_until="domcontentloaded")
    finished(page)
    marked(page, "speaker-play").click()
    marked(page, "speaker-unheard").click()
    expect(marked(page, "check-speaker")).to_contain_text("请调大系统音量")
    expect(marked(page, "check-camera")).to_contain_text("允许")
    assert (word(page, "picture"), word(page, "sound"), word(page, "text")) == ("poor", "poor", "good")


def test_a_stranger_checks_devices_and_a_guest_with_a_link_also_the_network(product: Product, people: People) -> None:
    page = people.window(product, path="/sign-in", name="stranger")
    page.get_by_role("link", name="网络与设备检测").click()
    marked(page, "check-start").click()
    expect(marked(page, "check-network")).to_contain_text("登录后才能检测网络")
    expect(marked(page, "check-microphone")).to_contain_text("听到声音了")
    page.get_by_role("link", name="去登录").click()
    expect(page).to_have_url(f"{product.address}/sign-in?next=%2Fcheck")

    guest = people.window(product, path=guest_link(product), name="guest")
    guest.get_by_role("link", name="网络与设备检测").click()
    finished(guest)
    expect(marked(guest, "way-direct")).to_have_attribute("data-state", "open")
    assert "/j/" not in marked(guest, "report").input_value()


def guest_link(product: Product) -> str:
    """A link for a guest of today's meeting."""
    secretary: Client = product.client("secretary")
    meeting = product.meeting()
    guest = secretary.do(meeting, "people.invite_guest", guest_name="林一苇", role="EXPERT")
    return str(secretary.post(f"/api/people/{meeting}/guests/{guest['participant']}/link")["path"])


SERVER, MEMBER = "198.51.100.1", "198.51.100.9"


@dataclass
class Behind:
    """A member behind a firewall, at an address without https."""

    elsewhere: Elsewhere
    product: Product
    context: BrowserContext

    def page(self) -> Page:
        page = self.context.new_page()
        page.goto(f"http://{SERVER}:{self.product.port}/sign-in?next=%2Fcheck", wait_until="domcontentloaded")
        page.get_by_label("用户名").fill("m01")
        page.get_by_label("密码", exact=True).fill(self.product.password)
        page.get_by_role("button", name="登 录").click()
        expect(marked(page, "check-start")).to_be_visible()
        return page


@pytest.fixture
def behind(tmp_path: Path, browser: Browser) -> Iterator[Behind]:
    """The product with its relay on one side of a cable, a browser on the other."""
    elsewhere = Elsewhere(here=[SERVER], there=[MEMBER])
    coturn = Coturn(tmp_path, address=SERVER, media=SERVER)
    coturn.start()
    urls = [f"turn:{SERVER}:3478?transport=udp", f"turn:{SERVER}:3478?transport=tcp", f"turns:{SERVER}:{TLS_PORT}"]
    folder = tmp_path / "product"
    folder.mkdir()
    product = Product(
        folder,
        environment={
            "GONGSHANG_TURN_URLS": ",".join(urls),
            "GONGSHANG_TURN_SECRET": SECRET,
            "GONGSHANG_MEDIA_ANNOUNCE": SERVER,
        },
    )
    launcher = tmp_path / "chromium"
    launcher.write_text(f'#!/bin/sh\nexec {" ".join(elsewhere.inside(browser_program()))} "$@"\n')
    launcher.chmod(0o755)
    product.start("--no-documents", "--host", "0.0.0.0", command="demo")  # noqa: S104
    chromium = browser.browser_type.launch(executable_path=launcher, args=[*FLAGS, "--ignore-certificate-errors"])
    yield Behind(elsewhere, product, chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai"))
    chromium.close()
    product.stop()
    coturn.stop()
    elsewhere.close()


def test_behind_a_firewall_without_https_every_way_and_what_to_do_is_told(behind: Behind) -> None:
    page = behind.page()
    behind.elsewhere.firewall("meta l4proto udp drop")
    finished(page)
    states = {way: marked(page, f"way-{way}").get_attribute("data-state") for way in ("direct", "udp", "tcp", "tls")}
    assert states == {"direct": "closed", "udp": "closed", "tcp": "open", "tls": "open"}
    expect(marked(page, "check-network")).to_contain_text("所在网络不放行 UDP，声音和画面将绕行“中转 TCP”")
    assert int(marked(page, "figure-down").inner_text().split()[0]) > 300
    expect(marked(page, "check-browser")).to_contain_text("网址没有加密")
    expect(marked(page, "check-camera")).to_contain_text("不能使用")
    assert (word(page, "picture"), word(page, "text")) == ("poor", "good")
    marked(page, "report-copy").click()
    expect(page.get_by_text("报告已复制").first).to_be_visible()
    assert SERVER in marked(page, "report").input_value()  # our own, which the page came from
    assert MEMBER not in marked(page, "report").input_value()

    behind.elsewhere.firewall("meta l4proto udp drop", "tcp dport 3478 drop")
    finished(page)
    expect(marked(page, "check-network")).to_contain_text("绕行“中转 TLS”")

    behind.elsewhere.firewall("meta l4proto udp drop", f"tcp dport {{ 3478, {TLS_PORT} }} drop")
    finished(page)
    expect(marked(page, "check-network")).to_contain_text("请换一个网络")
    assert (word(page, "sound"), word(page, "text")) == ("poor", "good")


def test_a_browser_of_2020_checks_and_measures_too(product: Product, old_browser: OldChromium) -> None:
    client = product.client("m01")
    page = old_browser.page(f"{product.address}/check", cookies=client.cookies)
    page.wait_for("!!document.querySelector('[data-test=check-start]')")
    page.evaluate("document.querySelector('[data-test=check-start]').click()")
    page.wait_for("!!document.querySelector('[data-test=figure-up]')", patience=DONE / 1000)
    assert page.evaluate("document.querySelector('[data-test=way-direct]').dataset.state") == "open"
    assert page.evaluate("parseInt(document.querySelector('[data-test=figure-up]').textContent)") > 300
    assert page.errors == []
