"""Bad days: a reload, a cut line, a second tab, a dead web process, a dead media worker.

Nothing may be lost, doubled or loosened: role, place in the queue, floor, mute, page and ballots are what they were.
"""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.listening import WATCH, hears_nothing_while, wait_to_hear, wait_to_see
from tests.e2e.meeting import Hall, called_meeting, close_poll, marked, pdf, places, request_floor, start_poll, tab
from tests.e2e.product import Product
from tests.e2e.relay import Relay


@pytest.fixture
def hall(own_product: Product, people: People) -> Hall:
    """A meeting whose lobby is open."""
    hall = Hall(own_product, people, called_meeting(own_product))
    own_product.client("secretary").do(hall.meeting, "meeting.open_lobby")
    return hall


@pytest.fixture
def line(own_product: Product) -> Iterator[Relay]:
    """The remote member's line to the server."""
    relay = Relay(own_product.port)
    yield relay
    relay.close()


def admitted(hall: Hall, who: str, *, address: str | None = None) -> Page:
    """Somebody inside, with camera and microphone."""
    page = hall.people.blank(hall.product, hall.product.client(who))
    hall.people.pages[who] = page
    page.add_init_script(WATCH)
    page.goto(f"{address or hall.product.address}/room/{hall.meeting}", wait_until="domcontentloaded")
    hall.check_in(page)
    secretary = hall.product.client("secretary")
    if marked(page, "waiting").or_(marked(page, "meeting-state")).first.get_attribute("data-test") == "waiting":
        secretary.do(hall.meeting, "people.admit_all")
    expect(marked(page, "meeting-state")).to_be_visible(timeout=20_000)
    return page


def speaking(hall: Hall, host: Page, member: Page) -> None:
    """The meeting is live, the member speaks, the host is silent."""
    hall.product.client("host").do(hall.meeting, "meeting.start")
    hall.product.client("host").do(hall.meeting, "floor.open")
    marked(host, "microphone").click()
    request_floor(member, "统建统服")
    marked(host, "call-next").click()
    expect(marked(host, "speaker-name").first).to_contain_text("朱寒露")
    wait_to_hear(host)


def sound_journal(hall: Hall) -> None:
    """The chain is whole."""
    assert "OK" in hall.product.manage("verify_journal", hall.meeting)


def test_a_dead_web_process_takes_nobodys_turn_away(hall: Hall) -> None:
    host, member = admitted(hall, "host"), admitted(hall, "m17")
    speaking(hall, host, member)
    second = admitted(hall, "m24")
    request_floor(second, "平台统一")
    before = hall.product.state(hall.meeting)["floor"]

    hall.product.kill("web")
    wait_to_hear(host)  # sound goes on without the web process
    hall.product.wait_until_up()

    for page in (host, member, second):
        expect(marked(page, "connection-lost")).to_have_count(0, timeout=30_000)
        expect(marked(page, "speaker-name").first).to_contain_text("朱寒露")
    expect(marked(second, "my-place")).to_be_visible()
    assert hall.product.state(hall.meeting)["floor"] == before
    wait_to_hear(host)
    marked(host, "finish-speech").first.click()
    expect(marked(member, "request-floor")).to_be_visible()
    hears_nothing_while(host, member)
    sound_journal(hall)


def test_a_ballot_sent_into_a_dead_server_is_counted_once(hall: Hall) -> None:
    host, member = admitted(hall, "host"), admitted(hall, "m17")
    hall.product.client("host").do(hall.meeting, "meeting.start")
    start_poll(host, mode="无记名", question="对建议方案的总体意见")
    member.get_by_role("radio", name="赞同", exact=True).click()

    hall.product.kill("web")
    member.get_by_role("button", name="提交", exact=True).click()

    expect(member.get_by_text("已收到您的意见").first).to_be_visible(timeout=60_000)
    member.reload(wait_until="domcontentloaded")
    expect(member.get_by_text("已收到您的意见").first).to_be_visible(timeout=30_000)
    expect(marked(host, "connection-lost")).to_have_count(0, timeout=30_000)
    close_poll(host)
    expect(host.get_by_text("实际参加 1 人").first).to_be_visible()
    sound_journal(hall)


def test_a_dead_media_worker_is_replaced_and_nobody_reloads(hall: Hall) -> None:
    host, member = admitted(hall, "host"), admitted(hall, "m17")
    speaking(hall, host, member)
    home = hall.product.media_home(hall.meeting)

    hall.product.kill(home.partition("@")[0])
    begin = time.monotonic()
    while hall.product.media_home(hall.meeting) == home:
        time.sleep(0.02)
    wait_to_see(host, frames=2)
    wait_to_hear(host)
    print(f"media back after {time.monotonic() - begin:.1f} s")  # noqa: T201 - a figure for the log

    expect(marked(host, "speaker-name").first).to_contain_text("朱寒露")
    marked(host, "finish-speech").first.click()
    expect(marked(member, "request-floor")).to_be_visible()
    hears_nothing_while(host, member)


def test_a_cut_line_of_thirty_seconds_costs_nothing(hall: Hall, line: Relay) -> None:
    host, member = admitted(hall, "host"), admitted(hall, "m17", address=line.address)
    hall.product.client("secretary").upload(
        f"/api/documents/{hall.meeting}", file=pdf(3), name="report.pdf", title="调研报告"
    )
    hall.product.client("host").do(hall.meeting, "meeting.start")
    hall.product.client("host").do(hall.meeting, "floor.open")
    tab(host, "材料")
    marked(host, "document-present").first.click()
    expect(marked(member, "document-stage").first).to_have_attribute("data-page", "1")
    request_floor(member, "统建统服")

    line.cut()
    expect(marked(member, "connection-lost")).to_be_visible(timeout=30_000)
    marked(host, "page-next").first.click()
    hall.product.client("m24").do(hall.meeting, "people.check_in")
    member.wait_for_timeout(30_000)
    line.mend()

    expect(marked(member, "connection-lost")).to_have_count(0, timeout=30_000)
    expect(marked(member, "document-stage").first).to_have_attribute("data-page", "2")
    expect(marked(member, "my-place")).to_be_visible()
    assert places(host, "朱寒露") == ["朱寒露"]
    sound_journal(hall)


def test_a_reload_keeps_floor_and_mute_and_a_second_tab_takes_the_media(hall: Hall) -> None:
    host, member = admitted(hall, "host"), admitted(hall, "m17")
    speaking(hall, host, member)

    member.reload(wait_until="domcontentloaded")
    expect(marked(member, "finish-speech").first).to_be_visible(timeout=30_000)
    wait_to_hear(host)

    who = next(
        row for row in hall.product.state(hall.meeting)["people"]["participants"].values()
        if row["name"] == "朱寒露"
    )  # fmt: skip
    hall.product.client("host").do(hall.meeting, "people.mute", participant=who["id"])
    member.reload(wait_until="domcontentloaded")
    expect(marked(member, "finish-speech").first).to_be_visible(timeout=30_000)
    wait_to_see(member)
    hears_nothing_while(host, member)

    tab_two = member.context.new_page()
    tab_two.goto(member.url, wait_until="domcontentloaded")
    expect(marked(tab_two, "finish-speech").first).to_be_visible(timeout=30_000)
    expect(marked(member, "take-back").or_(member.get_by_text("在这里继续")).first).to_be_visible(timeout=30_000)
    tab_two.close()
