"""Words for the secretary's side of a story: calling a meeting on screen, and the paper after it."""

import re
from collections.abc import Callable
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect

from tests.e2e.meeting import TITLE, confirm, marked, pdf, person, tab, venue
from tests.e2e.product import Client, Product


def calls_a_meeting(page: Page) -> str:
    """A consultation and a meeting in it; the meeting's id."""
    page.get_by_role("button", name="新建协商活动").first.click()
    page.get_by_label("协商议题").fill("加快新能源充电桩建设")
    page.get_by_role("dialog").get_by_role("button", name="新建协商活动").click()
    expect(page).to_have_url(re.compile(r"/consultations/[0-9a-f-]{36}$"))
    page.get_by_role("button", name="新建会议").first.click()
    page.get_by_label("会议名称").fill(TITLE)
    page.get_by_role("dialog").get_by_role("button", name="新建会议").click()
    expect(page).to_have_url(re.compile(r"/meetings/[0-9a-f-]{36}"))
    meeting = re.search(r"/meetings/([0-9a-f-]{36})", page.url)
    assert meeting
    return meeting[1]


def lays_down_the_agenda(page: Page) -> None:
    """Two items, one from the secretary's own hand."""
    tab(page, "议程")
    for title in ("主持人开场", "互动交流"):
        marked(page, "agenda-add").click()
        page.get_by_label("事项", exact=True).last.fill(title)
    marked(page, "agenda-save").click()
    expect(page.get_by_text("议程已保存").first).to_be_visible()


def invites(page: Page, names: list[str], role: str) -> None:
    """By name."""
    tab(page, "参会人员")
    marked(page, "invite").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("参会身份").select_option(label=role)
    for name in names:
        dialog.get_by_label("姓名").fill(name)
        dialog.get_by_role("checkbox", name=name).check()
    marked(page, "invite-chosen").click()
    for name in names:
        expect(page.locator(".person", has_text=name).first).to_be_visible()


def invites_a_guest(page: Page, name: str) -> str:
    """By a link that is shown once."""
    tab(page, "参会人员")
    marked(page, "invite-guest").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("姓名").fill(name)
    dialog.get_by_role("button", name="登记嘉宾").click()
    marked(page, "make-guest-link").click()
    link = marked(page, "guest-link").input_value()
    page.keyboard.press("Escape")
    return link


def brings_a_venue(client: Client, meeting: str) -> None:
    """The east venue with its clerk."""
    clerk = {"persons": [person(client, "沧浪亭")], "role": "VENUE_CLERK", "venue": venue(client, "东屿区")}
    client.do(meeting, "people.invite", **clerk)


def puts_a_report_on_the_table(page: Page) -> None:
    """A PDF of three pages; and a text that only calls itself one is refused in words."""
    tab(page, "材料")
    files = marked(page, "upload-input")
    files.set_input_files({"name": "not.pdf", "mimeType": "application/pdf", "buffer": b"just a text"})
    expect(marked(page, "upload-error").first).to_be_visible()
    files.set_input_files({"name": "调研报告.pdf", "mimeType": "application/pdf", "buffer": pdf(3)})
    expect(marked(page, "document-row").first).to_contain_text("调研报告")


def issues_the_minutes(page: Page, folder: Path) -> str:
    """Facts are locked, narrative is written, the paper is frozen and numbered; the address of the issued minutes."""
    expect(page.get_by_text("取自记录").first).to_be_visible()
    for fact in ("应到委员", "朱寒露", "韩白露", "赞同"):
        expect(page.locator("article.paper")).to_contain_text(fact)
    page.get_by_label(re.compile("基本情况和主要问题.*正文")).fill("截至4月底，全市公共充电桩5180个。")
    marked(page, "row-add").click()
    marked(page, "row-text").fill("选定6个老旧小区开展增容试点")
    marked(page, "row-lead").fill("国网澄湾供电公司")
    marked(page, "row-opinions").fill("1")
    marked(page, "row-opinions").press("Tab")
    expect(page.get_by_text(re.compile("保存中|待保存"))).to_have_count(0)
    page.get_by_role("button", name="送核").click()
    confirm(page)
    expect(marked(page, "minutes-state")).to_have_text("核稿中")
    marked(page, "issue").click()
    confirm(page)
    expect(marked(page, "issued")).to_be_visible()
    assert re.search("[0-9a-f]{64}", re.sub(r"\s", "", marked(page, "sha256").inner_text()))
    with page.expect_download() as download:
        marked(page, "docx").click()
    path = folder / "minutes.docx"
    download.value.save_as(path)
    text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    assert "加快新能源充电桩建设" in text
    assert "公共充电桩5180个" in text
    return page.url


def chooses(page: Page, action: str) -> None:
    """One of the things one may do with a task; where there is only one, it is open already."""
    expect(marked(page, "task-actions")).to_be_visible()
    button = marked(page, f"choose-{action}")
    if button.count():
        button.click()


def becomes_a_task(secretary: Page, product: Product, open_page: Callable[[str, str], Page]) -> None:
    """A suggestion becomes a task: assigned by the supervision office, accepted and answered by the unit, evaluated."""
    marked(secretary, "suggest-1").click()
    # The opinion was noted while nobody had the floor: the office names who put it forward.
    marked(secretary, "proposer").locator("select").select_option(label="朱寒露 · 工商联界")
    marked(secretary, "suggest-1").click()
    secretary.get_by_role("link", name="查看办理情况").click()
    expect(marked(secretary, "task-state")).to_have_text("建议交办")
    path = secretary.url.removeprefix(product.address)

    supervisor = open_page("supervisor", path)
    chooses(supervisor, "assign")
    supervisor.get_by_label("交办依据").fill("澄政办督〔2026〕8号")
    marked(supervisor, "task-do").click()
    expect(marked(supervisor, "task-state")).to_have_text("已交办")

    unit = open_page("unit-d6", path)
    chooses(unit, "accept")
    marked(unit, "task-do").click()
    expect(marked(unit, "task-state")).to_have_text("办理中")
    chooses(unit, "contact")
    unit.get_by_label("沟通情况").fill("已与提出委员当面沟通")
    marked(unit, "task-do").click()
    chooses(unit, "reply")
    unit.get_by_label("办理答复").fill("已完成首批2个小区勘测，其余年内完成。")
    marked(unit, "task-do").click()
    expect(marked(unit, "task-state")).to_have_text("已反馈")

    secretary.reload(wait_until="domcontentloaded")
    chooses(secretary, "accept_reply")
    marked(secretary, "task-do").click()
    expect(marked(secretary, "task-state")).to_have_text("评价中")

    member = open_page("m17", path)
    attitude, result = (member.get_by_role("radiogroup", name=name) for name in ("办理态度", "办理结果"))
    attitude.get_by_role("radio", name="满意", exact=True).click()
    result.get_by_role("radio", name="基本满意", exact=True).click()
    marked(member, "task-do").click()
    expect(marked(member, "task-state")).to_have_text("办结销号")
