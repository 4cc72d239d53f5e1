"""One real hybrid meeting, end to end: the secretary, the host, a remote member, a venue and its companions.

Real Chromium, real media through our own forwarding unit. What is asserted is what people see and what their peer
connections count.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import People
from tests.e2e.listening import hears_nothing_while, wait_to_hear, wait_to_see
from tests.e2e.meeting import (
    Hall,
    close_poll,
    confirm,
    counts,
    marked,
    places,
    request_floor,
    start_poll,
    tab,
    vote,
)
from tests.e2e.paper import (
    becomes_a_task,
    brings_a_venue,
    calls_a_meeting,
    invites,
    invites_a_guest,
    issues_the_minutes,
    lays_down_the_agenda,
    puts_a_report_on_the_table,
)
from tests.e2e.product import Product


def test_one_hybrid_meeting_from_the_call_to_the_evaluated_task(
    own_product: Product, people: People, tmp_path: Path
) -> None:
    secretary, hall, guest_link = called_on_screen(own_product, people)
    host, remote, venue, companion, other = doors_open(hall)
    begins(host, remote, venue)
    floor_is_a_media_right(host, remote, venue, companion, other)
    pages_turn(hall, host, remote, companion)
    polls(host, remote, companion, other)
    the_guest_comes(hall, host, guest_link)
    ends(host, remote, companion)
    the_paper(hall, secretary, tmp_path)
    the_chain(hall)


def called_on_screen(product: Product, people: People) -> tuple[Page, Hall, str]:
    """The secretary signs in, calls a meeting with an agenda, invites by name and by link, uploads a PDF."""
    page = people.blank(product)
    people.pages["secretary"] = page
    page.goto(f"{product.address}/sign-in?next=/consultations", wait_until="domcontentloaded")
    page.locator("input[name=username]").fill("secretary")
    page.locator("input[name=password]").fill(product.password)
    page.keyboard.press("Enter")
    meeting = calls_a_meeting(page)
    page.goto(f"{product.address}/meetings/{meeting}/prepare", wait_until="domcontentloaded")
    lays_down_the_agenda(page)
    invites(page, ["青云岭"], "主持人")
    invites(page, ["朱寒露", "张大寒", "韩白露", "吴谷雨"], "委员")
    invites(page, ["墨竹林"], "列席部门")
    link = invites_a_guest(page, "芦荻岸")
    brings_a_venue(product.client("secretary"), meeting)
    puts_a_report_on_the_table(page)
    marked(page, "meeting.publish").click()
    expect(marked(page, "meeting.open_lobby")).to_be_visible()
    return page, Hall(product, people, meeting), link


def doors_open(hall: Hall) -> tuple[Page, Page, Page, Page, Page]:
    """Members check in and are admitted; a venue joins as one endpoint; two people in it scan its QR."""
    host = hall.enter("host")
    marked(host, "open-lobby").click()
    hall.check_in(host)
    remote = hall.enter("m17")
    hall.check_in(remote)
    expect(marked(remote, "waiting")).to_be_visible()
    before = counts(host)
    marked(host, "admit-all").first.click()
    wait_to_be_inside(remote)
    assert before == ("4", "0")
    assert counts(host) == ("4", "1")

    venue = hall.enter("clerk-east")
    hall.check_in(venue)
    wait_to_be_inside(venue)
    marked(venue, "show-qr").click()
    link = marked(venue, "venue-link").inner_text()
    venue.keyboard.press("Escape")
    companion, other = (scan(hall, link, who) for who in ("m15", "m06"))
    for page in (companion, other):
        expect(marked(page, "companion-waiting")).to_be_visible()
    marked(host, "admit-all").first.click()
    for page in (companion, other):
        expect(marked(page, "companion-request")).to_be_visible()
    assert counts(host) == ("4", "3")
    return host, remote, venue, companion, other


def wait_to_be_inside(page: Page) -> None:
    expect(marked(page, "meeting-state")).to_be_visible(timeout=20_000)


def scan(hall: Hall, link: str, who: str) -> Page:
    """A phone scans the venue's QR and its owner signs in there."""
    page = hall.people.blank(hall.product, phone=True)
    hall.people.pages[who] = page
    page.goto(re.sub(r"^https?://[^/]+", hall.product.address, link.strip()), wait_until="domcontentloaded")
    page.locator("input[name=username]").fill(who)
    page.locator("input[name=password]").fill(hall.product.password)
    page.keyboard.press("Enter")
    return page


def begins(host: Page, remote: Page, venue: Page) -> None:
    """Sound and picture flow through our own forwarding unit."""
    marked(host, "start-meeting").click()
    for page in (host, remote, venue):
        expect(marked(page, "meeting-state")).to_have_text("进行中")
        wait_to_see(page)
    wait_to_hear(remote)  # the host is always heard
    wait_to_hear(venue)


def floor_is_a_media_right(host: Page, remote: Page, venue: Page, companion: Page, other: Page) -> None:
    """The desk sees the queue, others their own; who is called is heard because the server lets it, and nobody else."""
    marked(host, "microphone").click()  # the host falls silent, so that what is heard is the speaker
    hears_nothing_while(host, remote)
    hears_nothing_while(remote, venue)

    tab(host, "发言")
    marked(host, "open-queue").click()
    request_floor(remote, "统建统服")
    marked(companion, "companion-request").get_by_role("button").first.click()
    marked(companion, "request-topic").fill("电力增容")
    marked(companion, "request-send").click()
    for page, seen in ((host, ["朱寒露", "韩白露"]), (remote, ["朱寒露"]), (venue, ["韩白露"])):
        tab(page, "发言")
        expect(marked(page, "queue-length")).to_have_text("等候 2 人")
        expect(marked(page, "queue-row")).to_have_count(len(seen))
        assert places(page, "朱寒露", "韩白露") == seen

    marked(host, "call-next").click()
    for page in (host, remote, venue):
        expect(marked(page, "speaker-name").first).to_contain_text("朱寒露")
        expect(marked(page, "countdown").first).to_be_visible()
    wait_to_hear(host)
    wait_to_hear(venue)
    marked(remote, "finish-speech").click()
    expect(marked(remote, "request-floor")).to_be_visible()
    hears_nothing_while(host, remote)

    marked(host, "call-next").click()
    for page in (host, remote, venue):
        expect(marked(page, "speaker-name").first).to_contain_text("韩白露")
    expect(marked(companion, "companion-turn")).to_be_visible()
    wait_to_hear(host)
    wait_to_hear(remote)
    marked(host, "finish-speech").first.click()
    expect(host.get_by_text("目前无人发言").first).to_be_visible()
    hears_nothing_while(host, venue)


def pages_turn(hall: Hall, host: Page, remote: Page, companion: Page) -> None:
    """Everyone follows the presenter; a late joiner lands on the current page."""
    tab(host, "材料")
    marked(host, "document-present").first.click()
    for number in (1, 2, 3):
        for page in (host, remote):
            expect(marked(page, "document-stage").first).to_have_attribute("data-page", str(number))
        if number < 3:
            marked(host, "page-next").first.click()
    expect(marked(companion, "document-stage").first).to_have_attribute("data-page", "3")
    late = hall.enter("m24")
    hall.check_in(late)
    expect(marked(late, "waiting")).to_be_visible()
    marked(host, "admit-all").first.click()
    expect(marked(late, "document-stage").first).to_have_attribute("data-page", "3", timeout=20_000)
    wait_to_see(late)


def polls(host: Page, remote: Page, companion: Page, other: Page) -> None:
    """Once anonymous and once named; results after closing; nobody is counted twice."""
    start_poll(host, mode="无记名", question="对建议方案的总体意见")
    second_tab = remote.context.new_page()
    second_tab.goto(remote.url, wait_until="domcontentloaded")
    for page in (remote, second_tab):
        expect(page.get_by_text("对建议方案的总体意见").first).to_be_visible(timeout=20_000)
    second_tab.get_by_role("radio", name="保留意见", exact=True).click()
    vote(remote, "赞同")
    vote(companion, "基本赞同")
    close_poll(host)
    expect(host.get_by_text(re.compile("实际参加 2 人")).first).to_be_visible()
    second_tab.close()

    start_poll(host, mode="记名", question="是否同意开展试点")
    vote(remote, "赞同")
    vote(other, "保留意见")
    close_poll(host)
    expect(host.get_by_text(re.compile("是否同意开展试点")).first).to_be_visible()


def the_guest_comes(hall: Hall, host: Page, link: str) -> None:
    """A guest's link opens one seat, once."""
    guest = hall.people.blank(hall.product)
    hall.people.pages["guest"] = guest
    guest.goto(link, wait_until="domcontentloaded")
    marked(guest, "guest-take-up").click()
    marked(guest, "guest-enter").click()
    hall.check_in(guest)
    expect(marked(guest, "waiting")).to_be_visible()
    marked(host, "admit-all").first.click()
    expect(marked(guest, "meeting-state")).to_be_visible()
    late = hall.people.blank(hall.product)
    late.goto(link, wait_until="domcontentloaded")
    marked(late, "guest-take-up").click()
    expect(marked(late, "guest-refused")).to_be_visible()
    guest.close()


def ends(host: Page, remote: Page, companion: Page) -> None:
    """An opinion is noted; the host ends the meeting and everybody is told."""
    tab(host, "记录")
    host.get_by_label(re.compile("所属方面")).fill("破解小区建桩难")
    host.get_by_label(re.compile("内容|意见")).last.fill("老旧小区先勘测后增容")
    marked(host, "note").first.click()
    expect(host.get_by_text("老旧小区先勘测后增容").first).to_be_visible()
    marked(host, "end-meeting").get_by_role("button").click()
    confirm(host)
    for page in (host, remote):
        expect(marked(page, "ended")).to_be_visible()
    expect(companion.get_by_text(re.compile("结束|散会")).first).to_be_visible()


def the_paper(hall: Hall, secretary: Page, folder: Path) -> None:
    """Minutes from the record, issued; a suggestion becomes a task that is evaluated; all of it is found again."""
    secretary.goto(f"{hall.product.address}/meetings/{hall.meeting}/minutes", wait_until="domcontentloaded")
    minutes = issues_the_minutes(secretary, folder)

    def open_page(who: str, path: str) -> Page:
        return hall.people.window(hall.product, who, path=path, name=f"{who}-task")

    becomes_a_task(secretary, hall.product, open_page)
    reader = hall.people.window(hall.product, "m24", path="/minutes?q=%E5%85%85%E7%94%B5%E6%A1%A95180", name="reader")
    expect(reader.get_by_role("link", name=re.compile("加快新能源充电桩建设")).first).to_be_visible()
    assert minutes.startswith(hall.product.address)


def the_chain(hall: Hall) -> None:
    """`verify_journal` confirms the chain, and names the first bad record after one byte is changed."""
    assert "OK" in hall.product.manage("verify_journal", hall.meeting)
    database = hall.product.folder / "gongshang.sqlite3"
    with closing(sqlite3.connect(database)) as raw, raw:
        where = "meeting_id = ? AND type = 'floor.speech_started'"
        change = (
            "UPDATE live_journalentry SET data = replace(data, '统建统服', '统建统享') WHERE meeting_id = ? AND seq = ?"
        )
        key = hall.meeting.replace("-", "")
        (seq,) = raw.execute(f"SELECT min(seq) FROM live_journalentry WHERE {where}", (key,)).fetchone()  # noqa: S608
        raw.execute(change, (key, seq))
    with pytest.raises(AssertionError, match=f"record {seq} "):
        hall.product.manage("verify_journal", hall.meeting)
