"""Minutes over HTTP: draft, write, review, issue, export, and the archive."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from meetings.live.execute import execute
from meetings.live.models import Meeting
from meetings.live.roles import MeetingState
from meetings.minutes import access, numbering, search, services, words
from meetings.minutes.access import May
from meetings.minutes.blocks import LOCKED, Block, BlockKind, Piece, Source, SuggestedTask
from meetings.minutes.commands import RecordIssue
from meetings.minutes.models import FROZEN, Minutes, MinutesState
from meetings.minutes.wordfile import word_file
from meetings.minutes.wording import remarks
from server.accounts.guard import holding, signed_in
from server.accounts.models import Account, OrganizationRole
from server.core import clock, ids
from server.core.errors import Code, Refused

router = Router(tags=["minutes"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
MAX_TEXT = 20_000
PAGE = 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DraftIn(Schema):
    """Which meeting's minutes are wanted."""

    meeting: UUID


class BlockIn(Schema):
    """A block's text, written over the version that the writer had before the eyes."""

    version: int
    text: str = Field(default="", max_length=MAX_TEXT)
    rows: list[SuggestedTask] = Field(default=[], max_length=100)


class HeadIn(Schema):
    """The head and the foot of the paper."""

    version: int
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=250)]
    series: Line
    issuer: Line
    sent_to: list[Line] = Field(max_length=50)
    cc: list[Line] = Field(max_length=50)
    copies: int = Field(ge=1, le=9999)


class CommentIn(Schema):
    """Why it is returned."""

    comment: str = Field(default="", max_length=500)


class IssueIn(Schema):
    """The number to issue under; none takes the next."""

    number: int | None = Field(default=None, ge=1, le=9999)


class Drafted(Schema):
    """The minutes' id."""

    id: UUID


class Issued(Schema):
    """The number and the hash of what was issued."""

    issue_year: int
    issue_no: int
    sha256: str


class HeadSaved(Schema):
    """The head's version after the change."""

    version: int


class BlockOut(Schema):
    """A block with its version; `remarks` are suggestions on the wording."""

    kind: BlockKind
    heading: str
    locked: bool
    facts: list[Piece]
    text: str
    rows: list[SuggestedTask]
    sources: list[Source]
    version: int
    edited_by: str | None
    edited_at: datetime | None
    remarks: list[str]


class StepOut(Schema):
    """One step of the paper."""

    kind: str
    at: datetime
    by: str
    comment: str


class MinutesOut(Schema):
    """The whole paper and what I may do with it now."""

    id: UUID
    meeting: UUID
    meeting_title: str
    held_at: datetime
    organization: str
    state: MinutesState
    series: str
    issuer: str
    title: str
    sent_to: list[str]
    cc: list[str]
    copies: int
    version: int
    issue_year: int | None
    issue_no: int | None
    issued_at: datetime | None
    issued_by: str | None
    sha256: str
    head: str
    head_seq: int | None
    next_number: int | None
    blocks: list[BlockOut]
    steps: list[StepOut]
    actions: list[May]


class MinutesRow(Schema):
    """Minutes that are being worked on."""

    id: UUID
    meeting: UUID
    title: str
    state: MinutesState
    held_at: datetime
    created_at: datetime


class Waiting(Schema):
    """A meeting that has ended and has no minutes yet."""

    meeting: UUID
    title: str
    ended_at: datetime


class Desk(Schema):
    """What is on the secretaries' desk."""

    drafts: list[MinutesRow]
    waiting: list[Waiting]


class Found(Schema):
    """A hit in the archive; `marks` are [start, end) in `snippet`."""

    id: UUID
    meeting: UUID
    title: str
    series: str
    issue_year: int
    issue_no: int
    issued_at: datetime
    held_at: datetime
    snippet: str
    marks: list[tuple[int, int]]


class ArchivePage(Schema):
    """A page of the archive."""

    items: list[Found]
    total: int
    page: int
    pages: int


@router.get("/archive", response=ArchivePage)
def archive(request: HttpRequest, q: str = "", page: int = 1) -> ArchivePage:
    """Issued minutes that have all words of `q`, newest first."""
    account = signed_in(request)
    found = search.find(account.person, q[:200]).select_related("meeting")
    shown = Paginator(found, PAGE).get_page(max(page, 1))
    wanted = search.query_words(q[:200])
    items = []
    for row in shown:
        cut = search.snippet(row.search_text, wanted)
        items.append(
            Found(
                id=row.pk,
                meeting=row.meeting_id,
                title=row.title,
                series=row.series,
                issue_year=row.issue_year or 0,
                issue_no=row.issue_no or 0,
                issued_at=row.issued_at or row.created_at,
                held_at=row.meeting.started_at or row.meeting.scheduled_start,
                snippet=cut.text,
                marks=cut.marks,
            )
        )
    return ArchivePage(items=items, total=shown.paginator.count, page=shown.number, pages=shown.paginator.num_pages)


@router.get("/desk", response=Desk)
def desk(request: HttpRequest) -> Desk:
    """Minutes not yet issued and meetings without minutes, for the secretaries' office."""
    account = holding(request, OrganizationRole.SECRETARY)
    organization = account.person.organization_id
    open_states = [state.value for state in MinutesState if state not in FROZEN]
    drafts = Minutes.objects.filter(organization_id=organization, state__in=open_states).select_related("meeting")
    waiting = Meeting.objects.filter(organization_id=organization, state=MeetingState.ENDED, minutes=None)
    return Desk(
        drafts=[
            MinutesRow(
                id=row.pk,
                meeting=row.meeting_id,
                title=row.title,
                state=MinutesState(row.state),
                held_at=row.meeting.started_at or row.meeting.scheduled_start,
                created_at=row.created_at,
            )
            for row in drafts
        ],
        waiting=[
            Waiting(meeting=row.pk, title=row.title, ended_at=row.ended_at or row.scheduled_start) for row in waiting
        ],
    )


@router.post("/draft", response=Drafted)
def draft(request: HttpRequest, body: DraftIn) -> Drafted:
    """The minutes of an ended meeting: drafted now, or found when they exist."""
    account = signed_in(request)
    meeting = Meeting.objects.filter(pk=body.meeting).first()
    if meeting is None:
        raise Refused(Code.NOT_FOUND, what="meeting")
    if not access.may_draft(account, organization_id=meeting.organization_id, meeting_id=meeting.pk):
        raise Refused(Code.NOT_ALLOWED)
    return Drafted(id=services.draft_minutes(meeting.pk, by=account.person).pk)


@router.get("/of-meeting/{meeting_id}", response=Drafted)
def of_meeting(request: HttpRequest, meeting_id: UUID) -> Drafted:
    """The minutes of a meeting, for whoever may read them."""
    account = signed_in(request)
    minutes = Minutes.objects.filter(meeting_id=meeting_id).first()
    if minutes is None:
        raise Refused(Code.NOT_FOUND, what="minutes")
    access.require(account, minutes, May.READ)
    return Drafted(id=minutes.pk)


@router.get("/{minutes_id}", response=MinutesOut)
def read(request: HttpRequest, minutes_id: UUID) -> MinutesOut:
    """The whole paper."""
    account, minutes = _mine(request, minutes_id, May.READ)
    return _out(account, minutes)


@router.put("/{minutes_id}/blocks/{kind}", response=BlockOut)
def write(request: HttpRequest, minutes_id: UUID, kind: BlockKind, body: BlockIn) -> BlockOut:
    """Write in a block. `EDIT_CONFLICT` carries the text that somebody else wrote (`theirs`)."""
    account, minutes = _mine(request, minutes_id, May.EDIT)
    row = services.write_block(
        minutes.pk, kind, version=body.version, text=body.text, rows=body.rows, by=account.person
    )
    return _block(services.block_of(row), row.version, account.person.name, row.edited_at)


@router.patch("/{minutes_id}", response=HeadSaved)
def write_head(request: HttpRequest, minutes_id: UUID, body: HeadIn) -> HeadSaved:
    """Write the head and the foot."""
    _, minutes = _mine(request, minutes_id, May.EDIT)
    head = services.Head(**body.model_dump(exclude={"version"}))
    return HeadSaved(version=services.write_head(minutes.pk, head, version=body.version))


@router.post("/{minutes_id}/redraft", response=MinutesOut)
def redraft(request: HttpRequest, minutes_id: UUID) -> MinutesOut:
    """Pull the facts again; what people wrote stays."""
    account, minutes = _mine(request, minutes_id, May.EDIT)
    services.redraft(minutes.pk)
    return _out(account, _again(minutes))


@router.post("/{minutes_id}/submit", response={204: None})
def submit(request: HttpRequest, minutes_id: UUID) -> tuple[int, None]:
    """送核."""
    account, minutes = _mine(request, minutes_id, May.SUBMIT)
    services.submit(minutes.pk, by=account.person)
    return 204, None


@router.post("/{minutes_id}/return", response={204: None})
def give_back(request: HttpRequest, minutes_id: UUID, body: CommentIn) -> tuple[int, None]:
    """退回修改."""
    account, minutes = _mine(request, minutes_id, May.RETURN)
    services.give_back(minutes.pk, by=account.person, comment=body.comment)
    return 204, None


@router.post("/{minutes_id}/issue", response=Issued)
def issue(request: HttpRequest, minutes_id: UUID, body: IssueIn) -> Issued:
    """印发: number, freeze and hash; the meeting is done."""
    account, minutes = _mine(request, minutes_id, May.ISSUE)
    if minutes.is_frozen:
        raise Refused(Code.MINUTES_FROZEN)
    command = RecordIssue(minutes=minutes.pk, by=account.person_id, number=body.number)
    answer = execute(meeting_id=minutes.meeting_id, actor=None, command_id=str(ids.new()), command=command)
    return Issued.model_validate(answer.result)


@router.get("/{minutes_id}/docx")
def docx(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """The paper as a Word file in the 纪要 format of GB/T 9704."""
    _, minutes = _mine(request, minutes_id, May.READ)
    paper = services.paper_of(minutes)
    number = f"第{paper.issue_no}期 " if paper.issue_no else "（草稿）"
    name = quote(f"{number}{paper.title}.docx")
    response = HttpResponse(word_file(paper), content_type=WORD)
    response["Content-Disposition"] = f"attachment; filename=\"minutes.docx\"; filename*=UTF-8''{name}"
    return response


@router.get("/{minutes_id}/frozen")
def frozen(request: HttpRequest, minutes_id: UUID) -> HttpResponse:
    """The canonical JSON whose SHA-256 is the printed hash: anybody can compute it again."""
    _, minutes = _mine(request, minutes_id, May.READ)
    if not minutes.is_frozen:
        raise Refused(Code.WRONG_STATE, state=minutes.state)
    return HttpResponse(minutes.snapshot, content_type="application/json; charset=utf-8")


def _mine(request: HttpRequest, minutes_id: UUID, right: May) -> tuple[Account, Minutes]:
    account = signed_in(request)
    rows = Minutes.objects.select_related("organization", "meeting", "issued_by")
    minutes = rows.filter(pk=minutes_id).first()
    if minutes is None:
        raise Refused(Code.NOT_FOUND, what="minutes")
    access.require(account, minutes, right)
    return account, minutes


def _again(minutes: Minutes) -> Minutes:
    return Minutes.objects.select_related("organization", "meeting", "issued_by").get(pk=minutes.pk)


def _out(account: Account, minutes: Minutes) -> MinutesOut:
    year = clock.now().astimezone(words.CITY_TIME).year
    return MinutesOut(
        id=minutes.pk,
        meeting=minutes.meeting_id,
        meeting_title=minutes.meeting.title,
        held_at=minutes.meeting.started_at or minutes.meeting.scheduled_start,
        organization=minutes.organization.name,
        state=MinutesState(minutes.state),
        series=minutes.series,
        issuer=minutes.issuer,
        title=minutes.title,
        sent_to=minutes.sent_to,
        cc=minutes.cc,
        copies=minutes.copies,
        version=minutes.version,
        issue_year=minutes.issue_year,
        issue_no=minutes.issue_no,
        issued_at=minutes.issued_at,
        issued_by=minutes.issued_by.name if minutes.issued_by else None,
        sha256=minutes.sha256,
        head=minutes.head,
        head_seq=minutes.head_seq,
        next_number=None if minutes.is_frozen else numbering.next_number(minutes, year),
        blocks=_blocks(minutes),
        steps=[
            StepOut(kind=step.kind, at=step.at, by=step.by.name, comment=step.comment)
            for step in minutes.steps.select_related("by")
        ],
        actions=access.actions(account, minutes),
    )


def _blocks(minutes: Minutes) -> list[BlockOut]:
    if minutes.is_frozen:
        return [_block(block, 0, None, None) for block in services.paper_of(minutes).blocks]
    return [
        _block(services.block_of(row), row.version, row.edited_by.name if row.edited_by else None, row.edited_at)
        for row in minutes.blocks.select_related("edited_by")
    ]


def _block(block: Block, version: int, edited_by: str | None, edited_at: datetime | None) -> BlockOut:
    return BlockOut(
        kind=block.kind,
        heading=block.heading,
        locked=block.kind in LOCKED,
        facts=block.facts,
        text=block.text,
        rows=block.rows,
        sources=block.sources,
        version=version,
        edited_by=edited_by,
        edited_at=edited_at,
        remarks=remarks(block.text),
    )
