"""What the rendering has found out becomes a fact of the meeting. Only the server itself gives this command."""

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from meetings.documents import events
from meetings.documents.events import document_view
from meetings.documents.models import DocumentState, MeetingDocument
from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.scene import Scene
from server.core.errors import Code


class Outcome(StrEnum):
    """How far the rendering has come."""

    PAGES = "PAGES"
    READY = "READY"
    FAILED = "FAILED"


class Processed(Command, name="documents.processed"):
    """Some pages are drawn, or all, or the file cannot be shown. `worker` holds the document's lease."""

    document: UUID
    worker: str
    outcome: Outcome
    pages: int = Field(default=0, ge=0)
    ready_pages: int = Field(default=0, ge=0)
    error: Code | None = None


@handles(Processed)
def processed(cmd: Processed, scene: Scene) -> Iterator[Event]:
    """Only from the worker that holds the lease: who was too slow, or drew what was recalled, is not heard."""
    row = MeetingDocument.objects.filter(
        meeting=scene.meeting, pk=cmd.document, state=DocumentState.PROCESSING, worker=cmd.worker
    ).first()
    if row is None:
        return
    row.pages = max(row.pages, cmd.pages)
    # A second attempt begins anew; pages that people may be looking at stay.
    row.ready_pages = max(row.ready_pages, cmd.ready_pages)
    if cmd.outcome is not Outcome.PAGES:
        row.state = DocumentState.READY if cmd.outcome is Outcome.READY else DocumentState.FAILED
        row.error = cmd.error.value if cmd.error else ""
        row.worker, row.leased_until = "", None
    row.save(update_fields=["pages", "ready_pages", "state", "error", "worker", "leased_until"])
    view = document_view(row)
    match cmd.outcome:
        case Outcome.PAGES:
            yield events.PagesReady(document=view)
        case Outcome.READY:
            yield events.Ready(document=view)
        case Outcome.FAILED:
            yield from _take_down(row)
            yield events.Failed(document=view)


def _take_down(row: MeetingDocument) -> Iterator[Event]:
    """A page of it may already be on the screens."""
    deleted, _ = row.presenting_set.all().delete()
    if deleted:
        yield events.Stopped()
