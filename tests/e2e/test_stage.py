"""The stage: how the meeting is shown to everybody, chosen at the desk."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.listening import WATCH, wait_to_see
from tests.e2e.meeting import Hall, called_meeting, marked, request_floor
from tests.e2e.product import Product


@pytest.fixture
def hall(own_product: Product, people: People) -> Hall:
    """A meeting whose lobby is open."""
    hall = Hall(own_product, people, called_meeting(own_product))
    own_product.client("secretary").do(hall.meeting, "meeting.open_lobby")
    return hall


def inside(hall: Hall, who: str, *, phone: bool = False) -> Page:
    page = hall.people.blank(hall.product, hall.product.client(who), phone=phone)
    hall.people.pages[who] = page
    page.add_init_script(WATCH)
    page.goto(f"{hall.product.address}/room/{hall.meeting}", wait_until="domcontentloaded")
    hall.check_in(page)
    expect(marked(page, "waiting").or_(marked(page, "meeting-state")).first).to_be_visible()
    if marked(page, "waiting").is_visible():
        hall.product.client("secretary").do(hall.meeting, "people.admit_all")
    expect(marked(page, "meeting-state")).to_be_visible()
    return page


def choose(host: Page, layout: str) -> None:
    marked(host, "layout").click()
    host.get_by_role("menuitem", name=layout).click()


def sizes(page: Page) -> set[tuple[int, int]]:
    boxes = [tile.bounding_box() for tile in page.locator('[data-test="tile-wall"] li').all()]
    return {(round(box["width"]), round(box["height"])) for box in boxes if box}


def test_the_desk_chooses_the_layout_and_everybody_sees_it(hall: Hall) -> None:
    host, member, phone = inside(hall, "host"), inside(hall, "m17"), inside(hall, "m24", phone=True)
    hall.product.client("host").do(hall.meeting, "meeting.start")
    hall.product.client("host").do(hall.meeting, "floor.open")
    request_floor(member, "统建统服")
    marked(host, "call-next").click()
    expect(marked(host, "speaker-name").first).to_contain_text("朱寒露")
    # Who speaks sees another, with the name in the picture; below it stands the own one.
    expect(marked(member, "picture-label")).to_be_visible()
    expect(marked(member, "speaker-name").first).to_contain_text("朱寒露")

    choose(host, "围坐式")
    for page in (host, member, phone):
        expect(page.locator('[data-test="tile-wall"] li')).to_have_count(3, timeout=30_000)
        expect(page.locator('[data-test="tile-wall"] video.shown')).to_have_count(3, timeout=30_000)
        assert len(sizes(page)) == 1
    expect(marked(host, "speaker-name").first).to_contain_text("朱寒露")

    choose(host, "会标")
    for page in (host, member, phone):
        expect(page.get_by_role("heading", name="加快新能源充电桩建设").last).to_be_visible()
        expect(marked(page, "tile-wall")).to_have_count(0)

    member.reload(wait_until="domcontentloaded")
    expect(member.get_by_role("heading", name="加快新能源充电桩建设").last).to_be_visible()
    choose(host, "发言人画面")
    expect(host.locator('[data-test="stage-video"].shown')).to_be_visible(timeout=30_000)
    expect(member.locator('[data-test="stage-video"].shown')).to_be_visible(timeout=30_000)


def test_the_programme_output_shows_the_stage_alone_and_comes_back_by_itself(hall: Hall) -> None:
    host, member = inside(hall, "host"), inside(hall, "m17")
    wall = hall.people.blank(hall.product, hall.product.client("secretary"))
    wall.add_init_script(WATCH)
    hall.people.pages["wall"] = wall
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.goto(f"{hall.product.address}/meetings/{hall.meeting}/program", wait_until="domcontentloaded")
    expect(wall.locator('[data-test="stage-video"].shown')).to_be_visible(timeout=30_000)
    assert wall.get_by_role("button").count() == 0

    hall.product.client("host").do(hall.meeting, "meeting.start")
    hall.product.client("host").do(hall.meeting, "floor.open")
    request_floor(member, "统建统服")
    marked(host, "call-next").click()
    expect(marked(wall, "speaker-name")).to_contain_text("朱寒露")

    hall.product.kill("web")
    hall.product.wait_until_up()
    choose(host, "围坐式")
    expect(wall.locator('[data-test="tile-wall"] video.shown')).to_have_count(2, timeout=60_000)
    hall.product.kill(hall.product.media_home(hall.meeting).partition("@")[0])
    choose(host, "发言人画面")
    expect(wall.locator('[data-test="stage-video"].shown')).to_be_visible(timeout=60_000)
    wait_to_see(wall)
