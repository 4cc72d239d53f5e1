"""Uploading, looking at pages and downloading, over HTTP."""

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client, override_settings
from PIL import Image

from meetings.documents import storage
from meetings.documents.commands import MAX_DOCUMENTS
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.live.models import Participant
from meetings.live.roles import Presence, Role
from server.core.errors import Code
from tests.integration.documents import pdfs
from tests.integration.documents.materials import browser, drawn, ready, secretary, send, some_id, uploads
from tests.story import Room, Somebody, new_room

# Drawing happens in the rendering task's own transactions.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Room:
    return new_room()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(FILES_DIR=tmp_path):
        yield


def page(somebody: Somebody, document: MeetingDocument, number: int = 1, **query: int):  # type: ignore[no-untyped-def]
    address = f"/api/documents/{somebody.room.meeting_id}/{document.pk}/pages/{number}"
    return browser(somebody).get(address, query)


def code_of(answer) -> str:  # type: ignore[no-untyped-def]
    return str(answer.json()["code"])


def files_of(room: Room) -> list[str]:
    kept = storage.folder(room.meeting_id).parent
    return sorted(path.name for path in kept.iterdir()) if kept.exists() else []


def test_an_uploaded_file_becomes_a_document_that_waits_for_its_pages(room: Room) -> None:
    desk, data = secretary(room), pdfs.pdf(2)
    document = uploads(desk, data, name="调研报告.pdf", title="关于加快我市新能源充电桩建设的调研报告")
    assert document.state == DocumentState.PROCESSING
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert storage.original(document.pk).read_bytes() == data
    told = room.events[-1].document  # type: ignore[attr-defined]
    assert (told.title, told.filename, told.uploader) == (
        "关于加快我市新能源充电桩建设的调研报告", "调研报告.pdf", str(desk.id),
    )  # fmt: skip


def test_without_a_title_the_file_gives_its_name(room: Room) -> None:
    assert uploads(secretary(room), name="情况通报.PDF").title == "情况通报"


def test_limits_are_told_beforehand(room: Room) -> None:
    desk, observer = secretary(room), room.person("旁听", Role.OBSERVER)
    told = browser(desk).get(f"/api/documents/{room.meeting_id}").json()
    expected = {"max_bytes": django_settings.MAX_DOCUMENT_BYTES, "max_pages": 500, "accept": "application/pdf"}
    assert told == {**expected, "may_add": True}
    assert not browser(observer).get(f"/api/documents/{room.meeting_id}").json()["may_add"]


@pytest.mark.parametrize("role", list(Role))
def test_desk_members_departments_and_experts_upload_and_nobody_else(room: Room, role: Role) -> None:
    somebody = room.person("某人", role)
    may = role in {Role.HOST, Role.CO_HOST, Role.SECRETARY, Role.MEMBER, Role.DEPARTMENT, Role.EXPERT}
    answer = send(somebody)
    assert answer.status_code == (200 if may else 403)
    assert len(files_of(room)) == may


def test_strangers_and_people_shown_out_upload_nothing(room: Room) -> None:
    address = f"/api/documents/{room.meeting_id}"
    assert code_of(Client().post(address, {"file": io.BytesIO(pdfs.pdf())})) == Code.NOT_SIGNED_IN
    outsider = new_room().member("外人")
    assert code_of(browser(outsider).post(address, {"file": io.BytesIO(pdfs.pdf())})) == Code.NOT_IN_MEETING
    li = room.member("李春分")
    Participant.objects.filter(pk=li.id).update(presence=Presence.REMOVED)
    assert code_of(send(li)) == Code.NOT_ALLOWED
    assert files_of(room) == []


def test_an_upload_needs_the_csrf_header(room: Room) -> None:
    desk = secretary(room)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser(desk).cookies
    answer = strict.post(f"/api/documents/{room.meeting_id}", {"file": io.BytesIO(pdfs.pdf())})
    assert answer.status_code == 403
    assert files_of(room) == []


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"<svg/>", b"x" * 1100 + b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_what_is_not_a_pdf_is_refused_whatever_its_name_says(room: Room, data: bytes) -> None:
    answer = send(secretary(room), data or b" ", name="调研报告.pdf")
    assert (answer.status_code, code_of(answer)) == (409, Code.NOT_A_PDF)
    assert (files_of(room), room.types) == ([], [])


def test_a_pdf_is_taken_whatever_its_name_says(room: Room) -> None:
    assert uploads(secretary(room), name="report.exe").filename == "report.exe"


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(room: Room) -> None:
    with override_settings(MAX_DOCUMENT_BYTES=800):
        answer = send(secretary(room), pdfs.pdf(3))
    assert (answer.status_code, code_of(answer)) == (413, Code.TOO_LARGE)
    assert answer.json()["facts"] == {"max_bytes": 800}  # type: ignore[attr-defined]
    assert files_of(room) == []


def test_a_missing_file_is_named(room: Room) -> None:
    answer = browser(secretary(room)).post(f"/api/documents/{room.meeting_id}", {"title": "材料"})
    assert (answer.status_code, answer.json()) == (400, {"code": Code.BAD_REQUEST, "facts": {"fields": ["file"]}})


@pytest.mark.parametrize(
    "body", [b"", b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a', b"\x00" * 90]
)
def test_a_form_that_breaks_off_is_a_bad_request(room: Room, body: bytes) -> None:
    address = f"/api/documents/{room.meeting_id}"
    answer = browser(secretary(room)).post(address, body, content_type="multipart/form-data; boundary=edge")
    assert (answer.status_code, code_of(answer)) == (400, Code.BAD_REQUEST)
    assert code_of(send(secretary(room, "辛夷坞"), name="长" * 3000 + ".pdf")) == Code.BAD_REQUEST
    assert files_of(room) == []


def test_an_upload_sent_twice_is_added_once(room: Room) -> None:
    desk, command_id = secretary(room), some_id()
    first, again = send(desk, command_id=command_id), send(desk, command_id=command_id)
    assert first.json() == again.json()  # type: ignore[attr-defined]
    assert room.types == ["documents.added"]
    assert files_of(room) == [first.json()["document"]]  # type: ignore[attr-defined]


def test_a_refused_upload_leaves_no_file(room: Room) -> None:
    desk = secretary(room)
    room.host().does("meeting.end")
    assert code_of(send(desk)) == Code.WRONG_STATE
    assert files_of(room) == []


def test_a_meeting_takes_a_hundred_documents(room: Room) -> None:
    desk = secretary(room)
    for _ in range(MAX_DOCUMENTS):
        last = ready(room, desk)
    assert code_of(send(desk)) == Code.MATERIALS_FULL
    desk.does("documents.recall", document=str(last.pk))
    assert send(desk).status_code == 200


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\boot.ini", "a" * 700 + ".pdf", "\u202efdp.exe"])
def test_a_file_name_decides_nothing(room: Room, name: str) -> None:
    document = uploads(secretary(room), name=name)
    assert files_of(room) == [str(document.pk)]
    assert not set(document.filename) & set("/\\\u202e")
    assert 0 < len(document.filename) <= 120


def test_pages_are_pictures_in_three_widths_with_their_text(room: Room) -> None:
    desk, li = secretary(room), room.member("李春分")
    document = drawn(uploads(desk, pdfs.pdf(2)))
    assert (document.state, document.pages, document.ready_pages) == (DocumentState.READY, 2, 2)
    for asked, width in ((100, 480), (481, 1080), (1080, 1080), (5000, 1920)):
        answer = page(li, document, 2, w=asked)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
        assert Image.open(io.BytesIO(answer.content)).size[0] == width
    text = browser(li).get(f"/api/documents/{room.meeting_id}/{document.pk}/pages/2/text").json()
    assert text == {"page": 2, "width": 595.0, "height": 842.0, "text": "Page 2"}


def test_pages_stay_in_private_caches_and_are_asked_for_each_time(room: Room) -> None:
    desk = secretary(room)
    document = drawn(uploads(desk, pdfs.pdf(1)))
    first = page(desk, document)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    address = f"/api/documents/{room.meeting_id}/{document.pk}/pages/1"
    again = browser(desk).get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    desk.does("documents.recall", document=str(document.pk))
    gone = browser(desk).get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (gone.status_code, code_of(gone)) == (409, Code.WRONG_STATE)


def test_people_who_wait_or_are_invited_read_the_material_and_people_shown_out_do_not(room: Room) -> None:
    document = drawn(uploads(secretary(room), pdfs.pdf(1)))
    li = room.member("李春分")
    for presence in Presence:
        Participant.objects.filter(pk=li.id).update(presence=presence)
        allowed = presence != Presence.REMOVED
        assert page(li, document).status_code == (200 if allowed else 403), presence


def test_knowing_the_address_of_a_page_opens_nothing(room: Room) -> None:
    document = drawn(uploads(secretary(room), pdfs.pdf(1)))
    address = f"/api/documents/{room.meeting_id}/{document.pk}"
    outsider = new_room().host("外人")
    for path in (f"{address}/pages/1", f"{address}/pages/1/text", f"{address}/file"):
        assert code_of(Client().get(path)) == Code.NOT_SIGNED_IN
        assert code_of(browser(outsider).get(path)) == Code.NOT_IN_MEETING
    through_the_own_meeting = f"/api/documents/{outsider.room.meeting_id}/{document.pk}/pages/1"
    assert code_of(browser(outsider).get(through_the_own_meeting)) == Code.NOT_FOUND


def test_pages_that_are_not_there_are_refused_by_name(room: Room) -> None:
    desk = secretary(room)
    document = uploads(desk, pdfs.pdf(2))
    assert code_of(page(desk, document)) == Code.DOCUMENT_NOT_READY
    drawn(document)
    assert code_of(page(desk, document, 0)) == Code.PAGE_OUT_OF_RANGE
    assert code_of(page(desk, document, 3)) == Code.PAGE_OUT_OF_RANGE
    storage.discard(document.pk)
    assert code_of(page(desk, document, 1)) == Code.NOT_FOUND


@pytest.mark.parametrize("role", list(Role))
def test_only_the_desk_downloads_the_file(room: Room, role: Role) -> None:
    document, somebody = uploads(secretary(room), pdfs.pdf(1), name="调研 报告.pdf"), room.person("某人", role)
    answer = browser(somebody).get(f"/api/documents/{room.meeting_id}/{document.pk}/file")
    if role not in {Role.HOST, Role.CO_HOST, Role.SECRETARY}:
        assert (answer.status_code, code_of(answer)) == (403, Code.NOT_ALLOWED)
        return
    assert answer.content == pdfs.pdf(1)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_recalled_file_is_not_downloaded_either(room: Room) -> None:
    desk = secretary(room)
    document = uploads(desk)
    desk.does("documents.recall", document=str(document.pk))
    answer = browser(desk).get(f"/api/documents/{room.meeting_id}/{document.pk}/file")
    assert code_of(answer) == Code.WRONG_STATE


def test_the_journal_does_not_say_where_files_lie(room: Room) -> None:
    document = uploads(secretary(room))
    entry = room.meeting.journal.get()
    assert document.sha256 not in entry.data
    assert set(json.loads(entry.data)["document"]) == {
        "id", "title", "filename", "bytes", "pages", "ready_pages", "state", "error", "uploader", "position",
    }  # fmt: skip
