"""What happened to the materials and to the page that is shown."""

from pydantic import BaseModel

from meetings.documents.models import DocumentState, MeetingDocument, Presenting
from meetings.live.events import Event
from server.core import clock
from server.core.errors import Code

TITLED = frozenset({"document"})
"""Titles and file names are written by people and may name people."""


class DocumentView(BaseModel):
    """A document as everybody sees it. `uploader` is a participant's id; `error` says why it could not be read."""

    id: str
    title: str
    filename: str
    bytes: int
    pages: int
    ready_pages: int
    state: DocumentState
    error: Code | None
    uploader: str
    position: int


class PresentingView(BaseModel):
    """The page that everybody is shown, and by whom."""

    document: str
    page: int
    presenter: str
    started_at: str


def document_view(row: MeetingDocument) -> DocumentView:
    """One document."""
    return DocumentView(
        id=str(row.pk),
        title=row.title,
        filename=row.filename,
        bytes=row.bytes,
        pages=row.pages,
        ready_pages=row.ready_pages,
        state=DocumentState(row.state),
        error=Code(row.error) if row.error else None,
        uploader=str(row.uploader_id),
        position=row.position,
    )


def presenting_view(row: Presenting) -> PresentingView:
    """What is shown."""
    return PresentingView(
        document=str(row.document_id),
        page=row.page,
        presenter=str(row.presenter_id),
        started_at=clock.iso(row.started_at),
    )


class Added(Event, type="documents.added", personal=TITLED):
    """Somebody uploaded a document; it is being prepared."""

    document: DocumentView


class PagesReady(Event, type="documents.pages_ready", personal=TITLED):
    """The first `ready_pages` pages can be looked at; told for the first page and then now and again."""

    document: DocumentView


class Ready(Event, type="documents.ready", personal=TITLED):
    """All pages can be looked at."""

    document: DocumentView


class Failed(Event, type="documents.failed", personal=TITLED):
    """The file cannot be shown; `document.error` says why."""

    document: DocumentView


class Recalled(Event, type="documents.recalled", personal=TITLED):
    """收回: nobody may look at the document any more."""

    document: DocumentView


class Presented(Event, type="documents.presented"):
    """A document is shown to everybody."""

    presenting: PresentingView


class Turned(Event, type="documents.turned"):
    """Everybody is shown another page."""

    presenting: PresentingView


class Stopped(Event, type="documents.stopped"):
    """No document is shown any more."""
