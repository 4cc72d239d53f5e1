"""Devices and networks in words: what a member reads when something is wrong, and what the desk sees of it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import People
from tests.e2e.listening import WATCH, wait_to_see
from tests.e2e.meeting import Hall, called_meeting, marked, request_floor
from tests.e2e.product import Product

# A camera that is pulled out, and a microphone that hears nothing: what a browser then says and does.
DEVICES = """
(() => {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices), list = mediaDevices.enumerateDevices.bind(mediaDevices);
  const cameras = [];
  let gone = false;
  mediaDevices.getUserMedia = async (wish) => {
    if (wish.video && gone) throw new DOMException("Requested device not found", "NotFoundError");
    if (wish.audio && window.deaf) {
      const context = new AudioContext();
      return context.createMediaStreamDestination().stream;
    }
    const stream = await open(wish);
    cameras.push(...stream.getVideoTracks());
    return stream;
  };
  mediaDevices.enumerateDevices = async () => (await list()).filter(({ kind }) => !gone || kind !== "videoinput");
  window.unplug = () => {
    gone = true;
    for (const track of cameras.splice(0)) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
  window.plug = () => {
    gone = false;
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
})();
"""


@pytest.fixture
def hall(own_product: Product, people: People) -> Hall:
    """A meeting whose lobby is open."""
    hall = Hall(own_product, people, called_meeting(own_product))
    own_product.client("secretary").do(hall.meeting, "meeting.open_lobby")
    return hall


def inside(hall: Hall, who: str) -> Page:
    """Somebody inside, whose devices can be pulled out."""
    page = hall.people.blank(hall.product, hall.product.client(who))
    hall.people.pages[who] = page
    page.add_init_script(WATCH)
    page.add_init_script(DEVICES)
    page.goto(f"{hall.product.address}/room/{hall.meeting}", wait_until="domcontentloaded")
    hall.check_in(page)
    expect(marked(page, "waiting").or_(marked(page, "meeting-state")).first).to_be_visible()
    if marked(page, "waiting").is_visible():
        hall.product.client("secretary").do(hall.meeting, "people.admit_all")
    expect(marked(page, "quality")).to_be_visible()
    return page


def row(board: Page, who: str, hall: Hall) -> Locator:
    people = hall.product.state(hall.meeting)["people"]["participants"]
    (found,) = [each["id"] for each in people.values() if each["name"] == who]
    return board.locator(f'[data-test="health-row"][data-participant="{found}"]')


def test_what_is_wrong_is_said_to_whom_it_concerns_and_to_the_desk(hall: Hall) -> None:
    host, member = inside(hall, "host"), inside(hall, "m17")
    wait_to_see(host)
    assert marked(member, "open-health").count() == 0
    marked(host, "open-health").click()
    zhu = row(host, "朱寒露", hall)
    expect(zhu).to_contain_text("摄像头 · 正常")
    expect(zhu).to_contain_text("延迟")
    expect(zhu).to_contain_text("Chromium")

    member.evaluate("unplug()")
    expect(marked(member, "device-trouble")).to_contain_text("摄像头已断开")
    expect(zhu).to_contain_text("摄像头 · 未找到")
    host.get_by_label("只看需关注的").check()
    expect(zhu).to_be_visible()
    marked(member, "device-act").click()
    expect(marked(member, "device-trouble")).to_contain_text("没有找到可用的摄像头")

    # Plugged in again it goes on without being asked.
    member.evaluate("plug()")
    expect(marked(member, "device-trouble")).to_have_count(0)
    expect(marked(member, "camera")).to_have_attribute("aria-pressed", "true")
    expect(zhu).to_have_count(0)
    host.keyboard.press("Escape")

    # With the floor and a microphone that hears nothing.
    member.evaluate("window.deaf = true")
    marked(member, "microphone").click()
    marked(member, "microphone").click()
    marked(host, "start-meeting").click()
    hall.product.client("host").do(hall.meeting, "floor.open")
    request_floor(member, "统建统服")
    marked(host, "call-next").click()
    silent = member.locator('[data-test="device-trouble"][data-code="SILENT"]')
    expect(silent).to_contain_text("听不到您的声音")
    expect(silent).to_have_attribute("role", "alert")
    marked(host, "open-health").click()
    expect(row(host, "朱寒露", hall)).to_contain_text("麦克风 · 没有声音")


def test_a_technician_sees_the_board_before_the_doors_open(own_product: Product, people: People) -> None:
    page = people.window(own_product, "tech", path=f"/room/{own_product.meeting()}")
    marked(page, "open-health").click()
    expect(page.get_by_role("dialog")).to_contain_text("还没有人接入音视频")
