"""Words for stories about materials: people upload files over HTTP, and the helper process really draws them."""

import uuid

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import Client

from meetings.documents import rendering
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.live.roles import Role
from server.core.errors import Code, Refused
from tests.integration.documents import pdfs
from tests.story import Room, Somebody

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def refused(code: Code) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, check=lambda refusal: refusal.code is code)


def browser(somebody: Somebody) -> Client:
    """A browser in which somebody is signed in."""
    person = somebody.row.person
    assert person is not None
    account = getattr(person, "account", None) or somebody.room.account(somebody, f"u{somebody.id.hex[:12]}")
    client = Client()
    client.force_login(account, backend=MODEL_BACKEND)
    return client


def send(
    somebody: Somebody, data: bytes = b"", *, name: str = "调研报告.pdf", title: str = "", command_id: str | None = None
) -> HttpResponse:
    """Upload a file as a browser does. The body is written by hand: Django's test client would clean the name."""
    fields = {"title": title} | ({"id": command_id} if command_id else {})
    body = b"".join(
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    )
    disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    body += f"--edge\r\n{disposition}\r\nContent-Type: application/pdf\r\n\r\n".encode()
    body += (data or pdfs.pdf()) + b"\r\n--edge--\r\n"
    address = f"/api/documents/{somebody.room.meeting_id}"
    return browser(somebody).post(address, body, content_type="multipart/form-data; boundary=edge")  # type: ignore[return-value]


def uploads(somebody: Somebody, data: bytes = b"", **names: str) -> MeetingDocument:
    """Upload a file; the document waits to be drawn."""
    answer = send(somebody, data, **names)
    assert answer.status_code == 200, answer.content
    return MeetingDocument.objects.get(pk=answer.json()["document"])  # type: ignore[attr-defined]


def draw_everything() -> int:
    """What the rendering task of a web process does."""
    return async_to_sync(rendering.work_off)()


def drawn(document: MeetingDocument) -> MeetingDocument:
    """The document after everything that waited was drawn."""
    draw_everything()
    document.refresh_from_db()
    return document


def ready(room: Room, uploader: Somebody, *, pages: int = 3) -> MeetingDocument:
    """A document as if drawn, for stories in which nobody looks at a picture."""
    return MeetingDocument.objects.create(
        meeting_id=room.meeting_id,
        title="关于加快我市新能源充电桩建设的调研报告",
        filename="report.pdf",
        sha256="0" * 64,
        bytes=1,
        pages=pages,
        ready_pages=pages,
        state=DocumentState.READY,
        uploader_id=uploader.id,
        position=MeetingDocument.objects.filter(meeting_id=room.meeting_id).count() + 1,
    )


def has_the_floor(room: Room, somebody: Somebody, host: Somebody) -> None:
    host.does("floor.call", participant=str(somebody.id))


def secretary(room: Room, name: str = "兰芷汀") -> Somebody:
    return room.person(name, Role.SECRETARY)


def some_id() -> str:
    return str(uuid.uuid4())
