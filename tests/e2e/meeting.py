"""Words for stories of a meeting in real browsers: who sits where, and what they do on their screens."""

import io
import re
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfWriter

from tests.e2e.conftest import People
from tests.e2e.listening import WATCH
from tests.e2e.product import Client, Product

EAST = "东屿区政协分会场"
TITLE = "“加快新能源充电桩建设”远程协商会（首次）"


def marked(page: Page | Locator, name: str) -> Locator:
    """The element that the page marks for tests by this name."""
    return page.locator(f'[data-test="{name}"]')


def pdf(pages: int = 3) -> bytes:
    """A PDF with as many empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@dataclass
class Hall:
    """A meeting, and the windows of those who are in it."""

    product: Product
    people: People
    meeting: str

    def enter(self, who: str, *, path: str | None = None, phone: bool = False, name: str = "") -> Page:
        """Open a window at the room; whoever may send is asked for camera and microphone and takes both."""
        page = self.people.blank(self.product, self.product.client(who), phone=phone)
        self.people.pages[name or who] = page
        page.add_init_script(WATCH)
        page.goto(self.product.address + (path or f"/room/{self.meeting}"), wait_until="domcontentloaded")
        return page

    def check_in(self, page: Page) -> None:
        """Through the door, with devices on."""
        marked(page, "check-in").click()


def person(client: Client, name: str) -> str:
    """The id of somebody of the organisation."""
    return str(next(row["id"] for row in client.get(f"/api/people/directory?q={quote(name)}") if row["name"] == name))


def venue(client: Client, name: str) -> str:
    """The id of a venue."""
    return str(next(row["id"] for row in client.get("/api/people/venues") if row["name"].startswith(name)))


def called_meeting(product: Product) -> str:
    """A meeting as a secretary calls it, over HTTP: for stories that begin later."""
    secretary = product.client("secretary")
    consultation = secretary.post("/api/consultations/", {"title": "“加快新能源充电桩建设”协商"})["id"]
    call = {"title": TITLE, "scheduled_start": "2026-11-23T14:30:00+08:00", "planned_minutes": 60}
    meeting = str(secretary.post(f"/api/consultations/{consultation}/meetings", call)["id"])
    invite(secretary, meeting)
    secretary.do(meeting, "meeting.publish")
    return meeting


def invite(secretary: Client, meeting: str) -> None:
    """Host, four members, one of them in the east venue, its clerk, and a department."""
    for name, role in (
        ("青云岭", "HOST"),
        ("朱寒露", "MEMBER"),
        ("张大寒", "MEMBER"),
        ("韩白露", "MEMBER"),
        ("吴谷雨", "MEMBER"),
    ):
        secretary.do(meeting, "people.invite", persons=[person(secretary, name)], role=role)
    clerk = {"persons": [person(secretary, "沧浪亭")], "role": "VENUE_CLERK", "venue": venue(secretary, "东屿区")}
    secretary.do(meeting, "people.invite", **clerk)
    secretary.do(meeting, "people.invite", persons=[person(secretary, "墨竹林")], role="DEPARTMENT")
    items = [{"kind": "OPENING", "title": "主持人开场"}, {"kind": "INTERACTION", "title": "互动交流", "minutes": 30}]
    secretary.do(meeting, "agenda.set_items", items=items)


def confirm(page: Page) -> None:
    """Say yes to the question that is open."""
    page.get_by_role("alertdialog").get_by_role("button").last.click()


def tab(page: Page, name: str) -> None:
    """Turn to a tab of the side panel."""
    page.get_by_role("tab", name=re.compile(name)).first.click()


def places(page: Page, *names: str) -> list[str]:
    """Which of these people wait, in the order on this screen."""
    tab(page, "发言")
    rows = [row.inner_text() for row in marked(page, "queue-row").all()]
    return [name for row in rows for name in names if name in row]


def counts(page: Page) -> tuple[str, str]:
    """应到 and 实到 as the screen shows them."""
    tab(page, "参会")
    return marked(page, "expected-count").inner_text(), marked(page, "present-count").inner_text()


def request_floor(page: Page, topic: str) -> None:
    """申请发言 with a topic."""
    marked(page, "request-floor").click()
    marked(page, "request-topic").fill(topic)
    marked(page, "request-send").click()
    expect(marked(page, "my-place")).to_be_visible()


def start_poll(page: Page, *, mode: str, question: str) -> None:
    """The desk asks: 赞同程度, in the given mode."""
    tab(page, "征询")
    page.get_by_role("button", name=re.compile("^赞同程度")).click()
    page.get_by_label("题目").fill(question)
    page.get_by_role("radio", name=re.compile(f"^{mode}")).click()
    page.get_by_role("button", name="开始征询").click()


def vote(page: Page, option: str) -> None:
    """Choose and send; wait until the server has it."""
    page.get_by_role("radio", name=option, exact=True).click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已收到您的意见").first).to_be_visible()


def close_poll(page: Page) -> None:
    """The desk ends the poll."""
    page.get_by_role("button", name="结束征询").click()
    confirm(page)
