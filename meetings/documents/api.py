"""Files over HTTP: uploading, looking at pages, and the desk's download.

Every request finds its seat anew: knowing an id opens nothing. Pictures may lie in the viewer's own cache but are
asked for each time (`no-cache`), so that a recalled document is gone with the next look.
"""

import json
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header, parse_etags
from ninja import File, Form, Router, Schema, UploadedFile

from meetings.documents import render, storage
from meetings.documents.commands import Add, Upload
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.documents.quota import DESK
from meetings.documents.rendering import desk
from meetings.live import permissions
from meetings.live.api import seat_of
from meetings.live.execute import execute
from meetings.live.roles import Role
from server.core import ids
from server.core.errors import Code, Refused
from server.core.rates import Rate

router = Router(tags=["documents"])

UPLOADS = Rate("upload", most=120, seconds=300)
"""For each participant, whatever becomes of the file: what is taken is limited by `quota`."""


class Limits(Schema):
    """What may be uploaded, told before somebody tries."""

    max_bytes: int
    max_pages: int
    accept: str
    may_add: bool


class AddedOut(Schema):
    """The document that was added, and where the journal stands."""

    document: UUID
    seq: int


class PageText(Schema):
    """A page's text and its size in points."""

    page: int
    width: float
    height: float
    text: str


@router.get("/{uuid:meeting_id}", response=Limits)
def limits(request: HttpRequest, meeting_id: UUID) -> Limits:
    """What the one who asks may upload here."""
    me = seat_of(request, meeting_id)
    return Limits(
        max_bytes=settings.MAX_DOCUMENT_BYTES,
        max_pages=render.MAX_PAGES,
        accept="application/pdf",
        may_add=Add.name in permissions.commands_of(Role(me.role)),
    )


@router.post("/{uuid:meeting_id}", response=AddedOut)
def upload(
    request: HttpRequest,
    meeting_id: UUID,
    file: File[UploadedFile],
    title: Form[str] = "",
    id: Form[UUID | None] = None,  # noqa: A002 - the word on the wire
) -> AddedOut:
    """Store a PDF and put it among the materials. With `id`, sending it again adds nothing twice."""
    me = seat_of(request, meeting_id)
    if me.role not in permissions.TABLE[Add.name]:
        raise Refused(Code.NOT_ALLOWED, command=Add.name)
    UPLOADS.take(me.pk)
    if file.size is None or file.size > settings.MAX_DOCUMENT_BYTES:
        raise Refused(Code.TOO_LARGE, max_bytes=settings.MAX_DOCUMENT_BYTES)
    if not storage.looks_like_pdf(file.read(storage.SNIFFED)):
        raise Refused(Code.NOT_A_PDF)
    file.seek(0)
    filename = storage.clean_name(file.name or "", fallback="document.pdf")
    document = ids.new()
    stored = Upload(
        document=document,
        meeting=meeting_id,
        participant=me.pk,
        filename=filename,
        sha256=storage.keep(document, file.chunks()),
        bytes=file.size,
    )
    kept = False
    try:
        named = storage.clean_name(title, fallback=filename.removesuffix(".pdf").removesuffix(".PDF") or filename)
        command = Add(upload=stored.token(), title=named)
        answer = execute(meeting_id=meeting_id, actor=me.pk, command_id=str(id or ids.new()), command=command)
        added = UUID((answer.result or {})["document"])
        kept = added == document
    finally:
        if not kept:
            storage.discard(document)
    desk.wake()
    return AddedOut(document=added, seq=answer.seq)


@router.get("/{uuid:meeting_id}/{uuid:document_id}/pages/{int:page}")
def page_image(
    request: HttpRequest, meeting_id: UUID, document_id: UUID, page: int, w: int = render.WIDTHS[1]
) -> HttpResponse:
    """A page's picture, at least `w` pixels wide if we have it."""
    row = _readable(request, meeting_id, document_id)
    path = storage.image(row.pk, _page(row, page), w)
    etag = f'"{row.sha256[:20]}-{path.stem}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _private(HttpResponse(status=304), etag)
    return _private(HttpResponse(_bytes(path), content_type="image/webp"), etag)


@router.get("/{uuid:meeting_id}/{uuid:document_id}/pages/{int:page}/text", response=PageText)
def page_text(request: HttpRequest, meeting_id: UUID, document_id: UUID, page: int) -> PageText:
    """A page's text, for screen readers."""
    row = _readable(request, meeting_id, document_id)
    return PageText.model_validate(json.loads(_bytes(storage.text(row.pk, _page(row, page)))))


@router.get("/{uuid:meeting_id}/{uuid:document_id}/file")
def original(request: HttpRequest, meeting_id: UUID, document_id: UUID) -> HttpResponse:
    """The file as it came, for the desk only; always a download, never shown by the browser as a page of ours."""
    row = _readable(request, meeting_id, document_id, roles=DESK)
    response = HttpResponse(_bytes(storage.original(row.pk)), content_type="application/octet-stream")
    name = row.filename if row.filename.lower().endswith(".pdf") else f"{row.filename}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _private(response, f'"{row.sha256}"')


def _readable(
    request: HttpRequest, meeting_id: UUID, document_id: UUID, *, roles: frozenset[Role] = frozenset(Role)
) -> MeetingDocument:
    """The only way to a document's files: a seat in its meeting, a role that may, and not recalled."""
    me = seat_of(request, meeting_id)
    if me.role not in roles:
        raise Refused(Code.NOT_ALLOWED)
    row = MeetingDocument.objects.filter(meeting_id=meeting_id, pk=document_id).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, what="document")
    if row.state == DocumentState.RECALLED:
        raise Refused(Code.WRONG_STATE, state=row.state)
    return row


def _page(row: MeetingDocument, page: int) -> int:
    if row.state == DocumentState.FAILED:
        raise Refused(Code.WRONG_STATE, state=row.state)
    if page < 1 or (row.pages and page > row.pages):
        raise Refused(Code.PAGE_OUT_OF_RANGE, pages=row.pages)
    if page > row.ready_pages:
        raise Refused(Code.DOCUMENT_NOT_READY, ready=row.ready_pages)
    return page


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        # The row is there and the file is not: a restored database without its files.
        raise Refused(Code.NOT_FOUND, what="file") from None


def _private(response: HttpResponse, etag: str) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
