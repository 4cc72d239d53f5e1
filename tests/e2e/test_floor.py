"""The floor in real browsers: standing by, called, over time, passed over, in writing, together, and in order."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import People
from tests.e2e.listening import wait_to_hear
from tests.e2e.meeting import EAST, Hall, called_meeting, confirm, marked, places, request_floor, tab, venue
from tests.e2e.product import Product


@pytest.fixture
def hall(own_product: Product, people: People) -> Hall:
    """A meeting that is live, its queue open."""
    hall = Hall(own_product, people, called_meeting(own_product))
    host = own_product.client("host")
    for order in ("meeting.open_lobby", "meeting.start", "floor.open"):
        host.do(hall.meeting, order)
    return hall


def enters(hall: Hall, who: str) -> Page:
    """Somebody inside, through the door and the lobby."""
    page = hall.enter(who)
    hall.check_in(page)
    if who != "host":
        expect(marked(page, "waiting")).to_be_visible()
        hall.product.client("secretary").do(hall.meeting, "people.admit_all")
    expect(marked(page, "meeting-state")).to_have_text("进行中")
    return page


def sits_down(hall: Hall, who: str) -> Page:
    """Somebody in the east venue, with a telephone."""
    secretary = hall.product.client("secretary")
    path = secretary.get(f"/api/people/{hall.meeting}/venues/{venue(secretary, EAST)}/link")["path"]
    page = hall.enter(who, path=path, phone=True)
    expect(marked(page, "companion-waiting")).to_be_visible()
    secretary.do(hall.meeting, "people.admit_all")
    expect(marked(page, "companion-request")).to_be_visible()
    return page


def row_of(host: Page, name: str) -> Locator:
    return marked(host, "queue-row").filter(has_text=name)


def from_menu(host: Page, name: str, label: str) -> None:
    """Choose something from the menu of somebody's place."""
    marked(row_of(host, name), "queue-more").click()
    host.get_by_role("menuitem", name=re.compile(f"^{label}")).click()


def test_a_turn_is_called_taken_missed_and_given_again(hall: Hall) -> None:
    host, member, companion = enters(hall, "host"), enters(hall, "m17"), sits_down(hall, "m15")
    tab(host, "发言")
    request_floor(member, "统建统服")
    request_floor(companion, "电力增容")
    expect(marked(host, "queue-row")).to_have_count(2)
    expect(marked(row_of(host, "韩白露"), "reason")).to_have_text("按申请先后")

    # With so short a time it is soon over; nobody is cut off.
    hall.product.client("host").do(hall.meeting, "floor.call", limit_seconds=10)
    expect(marked(companion, "standby")).to_have_attribute("data-state", "ON_DECK")
    expect(marked(companion, "standby")).to_contain_text("下一位由您发言")
    expect(marked(row_of(host, "韩白露"), "request-state")).to_have_text("待命")
    wait_to_hear(host)
    for page in (host, member):
        expect(page.get_by_text("已超时").first).to_be_visible(timeout=30_000)
    marked(host, "finish-speech").first.click()
    expect(marked(member, "request-floor")).to_be_visible()

    marked(host, "summon").click()
    expect(marked(companion, "standby")).to_contain_text("第 1 次点名")
    marked(host, "summon").click()
    expect(marked(companion, "standby")).to_contain_text("第 2 次点名")
    expect(marked(host, "summon")).to_be_disabled()
    from_menu(host, "韩白露", "过号")
    expect(marked(companion, "standby")).to_have_count(0)
    marked(companion, "requeue-mine").click()
    expect(marked(companion, "my-place")).to_contain_text("第 1 位")

    marked(host, "summon").click()
    marked(companion, "answer-call").click()
    expect(marked(companion, "companion-turn")).to_be_visible()
    expect(marked(host, "speaker-name").first).to_contain_text("韩白露")
    marked(companion, "finish-speech").click()
    expect(marked(companion, "request-floor")).to_be_visible()

    request_floor(member, "老旧小区")
    from_menu(host, "朱寒露", "转书面发言")
    confirm(host)
    expect(member.get_by_text("您的发言申请已转为书面发言").first).to_be_visible()
    expect(marked(host, "queue-row")).to_have_count(0)

    marked(host, "open-times").click()
    expect(marked(host, "times-row")).to_have_count(2)
    with host.expect_download() as export:
        marked(host, "times-export").click()
    assert "朱寒露" in export.value.path().read_text(encoding="utf-8-sig")


def test_the_host_puts_the_queue_in_order_by_keyboard_and_lets_two_talk(hall: Hall) -> None:
    host, member, second = enters(hall, "host"), enters(hall, "m17"), enters(hall, "m24")
    tab(host, "发言")
    request_floor(member, "统建统服")
    request_floor(second, "平台统一")
    expect(marked(host, "queue-row")).to_have_count(2)
    assert places(host, "朱寒露", "张大寒") == ["朱寒露", "张大寒"]
    expect(marked(second, "my-place")).to_contain_text("第 2 位")

    marked(row_of(host, "张大寒"), "move-handle").focus()
    host.keyboard.press("ArrowUp")
    host.keyboard.press("Enter")
    host.get_by_role("radio", name="时间安排需要").check()
    host.keyboard.press("Enter")
    expect(marked(second, "my-place")).to_contain_text("第 1 位")
    expect(marked(row_of(host, "张大寒"), "reason")).to_have_text("主持人调整")
    assert places(host, "朱寒露", "张大寒") == ["张大寒", "朱寒露"]

    marked(host, "open-dialogue").click()
    for name in ("朱寒露", "张大寒"):
        host.get_by_role("dialog").get_by_role("checkbox", name=re.compile(name)).check()
    marked(host, "dialogue-start").click()
    for page in (host, member, second):
        expect(marked(page, "dialogue")).to_contain_text("朱寒露")
        expect(marked(page, "dialogue")).to_contain_text("张大寒")
    for page in (member, second):
        expect(marked(page, "finish-speech")).to_be_visible()
        wait_to_hear(page)  # each hears the other
    marked(second, "finish-speech").click()
    for page in (host, member):
        expect(marked(page, "dialogue")).to_have_count(0)
        expect(marked(page, "speaker-name").first).to_contain_text("朱寒露")
    marked(member, "finish-speech").click()
    expect(host.get_by_text("目前无人发言").first).to_be_visible()
