"""The documents part of the snapshot."""

from pydantic import BaseModel

from meetings.documents.events import DocumentView, PresentingView, document_view, presenting_view
from meetings.documents.models import MeetingDocument, Presenting
from meetings.live.models import Meeting
from meetings.live.roles import Audience
from meetings.live.snapshots import snapshot


class DocumentsState(BaseModel):
    """The materials in their order, and the page that everybody is shown."""

    documents: list[DocumentView]
    presenting: PresentingView | None


@snapshot("documents", DocumentsState)
def documents_snapshot(meeting: Meeting, audience: Audience) -> DocumentsState:
    """The same for everybody; a late joiner lands on the current page."""
    shown = Presenting.objects.filter(meeting=meeting).first()
    return DocumentsState(
        documents=[document_view(row) for row in MeetingDocument.objects.filter(meeting=meeting)],
        presenting=presenting_view(shown) if shown else None,
    )
