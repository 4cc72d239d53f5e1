"""How much one person may upload in one meeting.

Whatever was sent counts, also what was taken back since: it stays on the disk and in the record. What waits to be drawn
is limited too, so that nobody keeps the drawing busy for everybody else.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from meetings.documents.models import DocumentState, MeetingDocument
from meetings.live.models import Participant
from meetings.live.roles import Role
from server.core.errors import Code, Refused

DESK = frozenset({Role.HOST, Role.CO_HOST, Role.SECRETARY})


@dataclass(frozen=True)
class Quota:
    """Files and bytes in all, and files that may wait to be drawn at once."""

    files: int
    bytes: int
    waiting: int


AT_THE_DESK = Quota(files=200, bytes=2_000_000_000, waiting=20)
ELSEWHERE = Quota(files=30, bytes=300_000_000, waiting=5)


def quota_of(role: str) -> Quota:
    """The desk brings everybody's materials, others their own."""
    return AT_THE_DESK if role in DESK else ELSEWHERE


def require_room_for(more: int, *, uploader: Participant) -> None:
    """Refuse a file of `more` bytes that is one too many. The caller holds the meeting lock."""
    quota = quota_of(uploader.role)
    sent = MeetingDocument.objects.filter(meeting=uploader.meeting_id, uploader=uploader).aggregate(
        files=Count("pk"), bytes=Sum("bytes", default=0), waiting=Count("pk", filter=Q(state=DocumentState.PROCESSING))
    )
    if sent["files"] >= quota.files or sent["bytes"] + more > quota.bytes:
        raise Refused(Code.UPLOAD_QUOTA, files=quota.files, megabytes=quota.bytes // 1_000_000)
    if sent["waiting"] >= quota.waiting:
        raise Refused(Code.UPLOADS_WAITING, limit=quota.waiting)
