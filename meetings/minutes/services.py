"""Changes to minutes before they are issued: drafting, writing in blocks, the steps of review.

Every change locks the minutes' row first, so that nothing slips in while they are being frozen. Issuing itself is a
command of the meeting (`commands`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from meetings.live.models import Meeting
from meetings.live.roles import MeetingState
from meetings.minutes import facts
from meetings.minutes.blocks import LOCKED, Block, BlockKind, SuggestedTask
from meetings.minutes.draft import draft, minutes_title
from meetings.minutes.models import BlockRevision, Minutes, MinutesBlock, MinutesState, MinutesStep
from meetings.minutes.paper import Paper
from server.accounts.models import Person
from server.core import clock
from server.core.errors import Code, Refused

POSITIONS = {kind: no for no, kind in enumerate(BlockKind)}
DEFAULT_CC = ["各列席单位"]


def draft_minutes(meeting_id: UUID, *, by: Person) -> Minutes:
    """The minutes of an ended meeting: drafted on first call, found again afterwards."""
    with transaction.atomic():
        # The meeting's lock makes two secretaries who click at once get the same minutes.
        meeting = Meeting.objects.select_for_update().filter(pk=meeting_id).first()
        if meeting is None:
            raise Refused(Code.NOT_FOUND, what="meeting")
        found = Minutes.objects.filter(meeting=meeting).first()
        if found is not None:
            return found
        if meeting.state != MeetingState.ENDED:
            raise Refused(Code.WRONG_STATE, state=meeting.state)
        city = meeting.organization.name.removeprefix("政协").removesuffix("委员会")
        minutes = Minutes.objects.create(
            organization=meeting.organization,
            meeting=meeting,
            series=f"{meeting.organization.name}协商纪要",
            issuer=f"{meeting.organization.name}办公室",
            title=minutes_title(meeting.title),
            sent_to=[f"中共{city}委", f"{city}人民政府"],
            cc=DEFAULT_CC,
            created_at=clock.now(),
        )
        _lay_down(minutes, draft(facts.read(meeting)))
        MinutesStep.objects.create(minutes=minutes, kind="drafted", at=clock.now(), by=by)
        return minutes


def redraft(minutes_id: UUID) -> None:
    """Read the record again (opinions noted after the end): facts anew, human text untouched."""
    with transaction.atomic():
        minutes = _writable(minutes_id)
        _lay_down(minutes, draft(facts.read(minutes.meeting)))


@dataclass(frozen=True)
class Head:
    """What stands above and below the text, as people write it."""

    title: str
    series: str
    issuer: str
    sent_to: Sequence[str]
    cc: Sequence[str]
    copies: int


def write_head(minutes_id: UUID, head: Head, *, version: int) -> int:
    """Replace the head of the paper; refuses when somebody else did so meanwhile."""
    with transaction.atomic():
        minutes = _writable(minutes_id)
        if minutes.version != version:
            raise Refused(Code.EDIT_CONFLICT, version=minutes.version, theirs=minutes.title)
        Minutes.objects.filter(pk=minutes.pk).update(
            title=head.title,
            series=head.series,
            issuer=head.issuer,
            sent_to=list(head.sent_to),
            cc=list(head.cc),
            copies=head.copies,
            version=version + 1,
        )
    return version + 1


def write_block(
    minutes_id: UUID, kind: BlockKind, *, version: int, text: str, rows: Sequence[SuggestedTask], by: Person
) -> MinutesBlock:
    """Replace a block's text. In a conflict no words are lost: theirs are in the refusal, ours with the caller."""
    with transaction.atomic():
        minutes = _writable(minutes_id)
        if kind in LOCKED:
            raise Refused(Code.BLOCK_LOCKED, kind=kind.value)
        if rows and kind is not BlockKind.SUGGESTED_TASKS:
            raise Refused(Code.BAD_REQUEST, fields=["rows"])
        blocks = MinutesBlock.objects.filter(minutes=minutes, kind=kind)
        changed = blocks.filter(version=version).update(
            text=text,
            rows=[row.model_dump(mode="json") for row in rows],
            version=F("version") + 1,
            edited_by=by,
            edited_at=clock.now(),
        )
        block = blocks.select_related("edited_by").first()
        if block is None:
            raise Refused(Code.NOT_FOUND, what="block")
        if not changed:
            author = block.edited_by.name if block.edited_by else None
            raise Refused(Code.EDIT_CONFLICT, version=block.version, theirs=block.text, by=author)
        _remember(block)
        return block


def submit(minutes_id: UUID, *, by: Person) -> None:
    """DRAFTING → REVIEWING."""
    _step(minutes_id, origin=MinutesState.DRAFTING, to=MinutesState.REVIEWING, kind="submitted", by=by)


def give_back(minutes_id: UUID, *, by: Person, comment: str) -> None:
    """REVIEWING → DRAFTING, with what is to be done better."""
    if not comment.strip():
        raise Refused(Code.REASON_REQUIRED)
    _step(
        minutes_id, origin=MinutesState.REVIEWING, to=MinutesState.DRAFTING, kind="returned", by=by,
        comment=comment.strip(),
    )  # fmt: skip


def locked(minutes_id: UUID) -> Minutes:
    """The minutes, locked; refuses when they are frozen."""
    minutes = Minutes.objects.select_for_update().filter(pk=minutes_id).first()
    if minutes is None:
        raise Refused(Code.NOT_FOUND, what="minutes")
    if minutes.is_frozen:
        raise Refused(Code.MINUTES_FROZEN)
    return minutes


def paper_of(minutes: Minutes) -> Paper:
    """The paper: as it was frozen, or as the blocks make it now."""
    if minutes.is_frozen:
        return Paper.model_validate_json(minutes.snapshot)
    return Paper(
        id=str(minutes.pk),
        meeting=str(minutes.meeting_id),
        organization=minutes.organization.name,
        series=minutes.series,
        issuer=minutes.issuer,
        title=minutes.title,
        sent_to=minutes.sent_to,
        cc=minutes.cc,
        copies=minutes.copies,
        blocks=[block_of(row) for row in minutes.blocks.all()],
    )


def block_of(row: MinutesBlock) -> Block:
    """A row as a value."""
    return Block.model_validate(
        {
            "kind": row.kind,
            "heading": row.heading,
            "facts": row.facts,
            "text": row.text,
            "rows": row.rows,
            "sources": row.sources,
        }
    )


def _writable(minutes_id: UUID) -> Minutes:
    minutes = locked(minutes_id)
    if minutes.state != MinutesState.DRAFTING:
        raise Refused(Code.WRONG_STATE, state=minutes.state)
    return minutes


def _step(
    minutes_id: UUID, *, origin: MinutesState, to: MinutesState, kind: str, by: Person, comment: str = ""
) -> None:
    with transaction.atomic():
        minutes = locked(minutes_id)
        if minutes.state != origin:
            raise Refused(Code.WRONG_STATE, state=minutes.state)
        Minutes.objects.filter(pk=minutes.pk).update(state=to)
        MinutesStep.objects.create(minutes=minutes, kind=kind, at=clock.now(), by=by, comment=comment)


def _lay_down(minutes: Minutes, blocks: Sequence[Block]) -> None:
    """Write drafted blocks: facts always, text only where no human wrote."""
    there = {row.kind: row for row in MinutesBlock.objects.filter(minutes=minutes)}
    for block in blocks:
        drafted: dict[str, Any] = {
            "position": POSITIONS[block.kind],
            "heading": block.heading,
            "facts": [piece.model_dump(mode="json") for piece in block.facts],
            "sources": [source.model_dump(mode="json") for source in block.sources],
        }
        row = there.pop(block.kind, None)
        if row is None:
            _remember(MinutesBlock.objects.create(minutes=minutes, kind=block.kind, text=block.text, **drafted))
            continue
        if row.edited_by_id is None:
            drafted["text"] = block.text
        MinutesBlock.objects.filter(pk=row.pk).update(**drafted)
    MinutesBlock.objects.filter(minutes=minutes, kind__in=list(there), edited_by=None).delete()


def _remember(block: MinutesBlock) -> None:
    BlockRevision.objects.create(
        block=block,
        version=block.version,
        text=block.text,
        rows=block.rows,
        by=block.edited_by,
        at=block.edited_at or clock.now(),
    )
