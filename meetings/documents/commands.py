"""Adding materials, showing a page to everybody, and taking a document back.

The desk presents at any time, others only while they have the floor. Files come over HTTP (`api`); `documents.add`
takes up what was stored there. What the rendering found out comes in through `processed`.
"""

from collections.abc import Iterator
from uuid import UUID

from django.core import signing
from django.db.models import Max
from pydantic import BaseModel, Field, ValidationError

from meetings.documents import events
from meetings.documents.events import document_view, presenting_view
from meetings.documents.models import DocumentState, MeetingDocument, Presenting
from meetings.documents.quota import DESK, require_room_for
from meetings.floor.events import SpeechFinished
from meetings.floor.models import Speech
from meetings.live.commands import Command, handles
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingCancelled, MeetingEnded
from meetings.live.models import Participant
from meetings.live.roles import MeetingState
from meetings.live.scene import Scene
from server.core.errors import Code, Refused

MAX_DOCUMENTS = 100
BEFORE_THE_END = (
    MeetingState.DRAFT,
    MeetingState.NOTIFIED,
    MeetingState.LOBBY,
    MeetingState.LIVE,
    MeetingState.PAUSED,
)
_SALT = "gongshang.upload"


class Upload(BaseModel):
    """A file that the server has stored: what `documents.add` may take up, by whom and where."""

    document: UUID
    meeting: UUID
    participant: UUID
    filename: str
    sha256: str
    bytes: int

    def token(self) -> str:
        """Our word for it: nobody adds a file that was not uploaded, or somebody else's."""
        return signing.dumps(self.model_dump(mode="json"), salt=_SALT)

    @classmethod
    def of(cls, token: str) -> "Upload":
        """The upload behind a token; refuses what we did not sign."""
        try:
            return cls.model_validate(signing.loads(token, salt=_SALT, max_age=3600))
        except (signing.BadSignature, ValidationError):
            raise Refused(Code.NOT_FOUND, what="upload") from None


class Add(Command, name="documents.add"):
    """Put an uploaded file among the materials."""

    upload: str = Field(max_length=2000)
    title: str = Field(min_length=1, max_length=120)


class Present(Command, name="documents.present"):
    """Show a page of a document to everybody."""

    document: UUID
    page: int = Field(default=1, ge=1)


class Turn(Command, name="documents.turn"):
    """Show another page of what is shown. With `document`: only if that one is still shown."""

    page: int = Field(ge=1)
    document: UUID | None = None


class Stop(Command, name="documents.stop"):
    """Show no document any more."""


class Recall(Command, name="documents.recall"):
    """收回: take a document back from everybody."""

    document: UUID


@handles(Add)
def add(cmd: Add, scene: Scene) -> Iterator[Event]:
    """The file waits to be rendered."""
    scene.require_state(*BEFORE_THE_END)
    upload = Upload.of(cmd.upload)
    if upload.meeting != scene.meeting.pk or upload.participant != scene.me.pk:
        raise Refused(Code.NOT_FOUND, what="upload")
    there = MeetingDocument.objects.filter(meeting=scene.meeting)
    if there.filter(pk=upload.document).exists():
        raise Refused(Code.BAD_REQUEST, fields=["upload"])
    if there.exclude(state__in=(DocumentState.FAILED, DocumentState.RECALLED)).count() >= MAX_DOCUMENTS:
        raise Refused(Code.MATERIALS_FULL, limit=MAX_DOCUMENTS)
    require_room_for(upload.bytes, uploader=scene.me)
    last = there.aggregate(last=Max("position"))["last"] or 0
    row = MeetingDocument.objects.create(
        id=upload.document,
        meeting=scene.meeting,
        title=cmd.title.strip(),
        filename=upload.filename,
        sha256=upload.sha256,
        bytes=upload.bytes,
        uploader=scene.me,
        position=last + 1,
    )
    scene.result["document"] = str(row.pk)
    yield events.Added(document=document_view(row))


@handles(Present)
def present(cmd: Present, scene: Scene) -> Iterator[Event]:
    """What was shown before makes room. Showing what is shown already, by the same person, changes nothing."""
    _require_turn_to_show(scene)
    document = _document(cmd.document, scene)
    _require_page(document, cmd.page)
    shown = Presenting.objects.filter(meeting=scene.meeting).first()
    if shown and (shown.document_id, shown.page, shown.presenter_id) == (document.pk, cmd.page, scene.me.pk):
        return
    shown, _ = Presenting.objects.update_or_create(
        meeting=scene.meeting,
        defaults={"document": document, "page": cmd.page, "presenter": scene.me, "started_at": scene.now},
    )
    yield events.Presented(presenting=presenting_view(shown))


@handles(Turn)
def turn(cmd: Turn, scene: Scene) -> Iterator[Event]:
    """The desk, or whoever has the floor, also when somebody else put the document up."""
    _require_turn_to_show(scene)
    shown = _shown(scene)
    if cmd.document is not None and cmd.document != shown.document_id:
        raise Refused(Code.WRONG_STATE, state="OTHER_DOCUMENT")
    _require_page(shown.document, cmd.page)
    if shown.page == cmd.page:
        return
    shown.page = cmd.page
    shown.save(update_fields=["page"])
    yield events.Turned(presenting=presenting_view(shown))


@handles(Stop)
def stop(cmd: Stop, scene: Scene) -> Iterator[Event]:
    """The desk, or the presenter."""
    shown = _shown(scene)
    if scene.me.role not in DESK and shown.presenter_id != scene.me.pk:
        raise Refused(Code.NOT_ALLOWED)
    yield from _stop(scene)


@handles(Recall)
def recall(cmd: Recall, scene: Scene) -> Iterator[Event]:
    """The desk takes back anything, others what they uploaded, also after the meeting (会后收回)."""
    row = _document(cmd.document, scene)
    if scene.me.role not in DESK and row.uploader_id != scene.me.pk:
        raise Refused(Code.NOT_ALLOWED)
    if row.state == DocumentState.RECALLED:
        return
    row.state, row.worker, row.leased_until = DocumentState.RECALLED, "", None
    row.save(update_fields=["state", "worker", "leased_until"])
    if Presenting.objects.filter(meeting=scene.meeting, document=row).exists():
        yield from _stop(scene)
    yield events.Recalled(document=document_view(row))


@reacts_to(MeetingEnded)
def stop_at_the_end(event: MeetingEnded, scene: Scene) -> Iterator[Event]:
    """散会 takes the document off the screens."""
    yield from _stop(scene)


@reacts_to(MeetingCancelled)
def stop_when_called_off(event: MeetingCancelled, scene: Scene) -> Iterator[Event]:
    """So does a meeting that is called off while people wait."""
    yield from _stop(scene)


@reacts_to(SpeechFinished)
def stop_with_the_speech(event: SpeechFinished, scene: Scene) -> Iterator[Event]:
    """What the speaker showed goes with the speech; what the desk shows stays."""
    shown = Presenting.objects.filter(meeting=scene.meeting).select_related("presenter").first()
    if shown and str(shown.presenter_id) == event.speech.participant and shown.presenter.role not in DESK:
        yield from _stop(scene)


def may_show(meeting_state: str, me: Participant) -> bool:
    """The desk until the end, others while they have the floor."""
    if me.role in DESK:
        return meeting_state in BEFORE_THE_END
    return meeting_state == MeetingState.LIVE and Speech.objects.filter(participant=me, slot__isnull=False).exists()


def _require_turn_to_show(scene: Scene) -> None:
    scene.require_state(*BEFORE_THE_END)
    if not may_show(scene.meeting.state, scene.me):
        raise Refused(Code.NOT_SPEAKING)


def _document(document: UUID, scene: Scene) -> MeetingDocument:
    row = MeetingDocument.objects.filter(meeting=scene.meeting, pk=document).first()
    if row is None:
        raise Refused(Code.NOT_FOUND, what="document")
    return row


def _require_page(document: MeetingDocument, page: int) -> None:
    """A page can be shown as soon as it is drawn, before the last one is."""
    if document.state in (DocumentState.FAILED, DocumentState.RECALLED):
        raise Refused(Code.WRONG_STATE, state=document.state)
    if document.pages and page > document.pages:
        raise Refused(Code.PAGE_OUT_OF_RANGE, pages=document.pages)
    if page > document.ready_pages:
        raise Refused(Code.DOCUMENT_NOT_READY, ready=document.ready_pages)


def _shown(scene: Scene) -> Presenting:
    shown = Presenting.objects.filter(meeting=scene.meeting).select_related("document").first()
    if shown is None:
        raise Refused(Code.WRONG_STATE, state="NOTHING_SHOWN")
    return shown


def _stop(scene: Scene) -> Iterator[Event]:
    deleted, _ = Presenting.objects.filter(meeting=scene.meeting).delete()
    if deleted:
        yield events.Stopped()
