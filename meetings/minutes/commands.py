"""Issuing minutes: the one change of the paper that the meeting's journal knows.

Nobody gives this command in a meeting; the office's endpoint has the server give it. Under the meeting's lock the
paper is frozen with its number, its hash and the chain's head, and the meeting is done.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import IntegrityError, transaction
from pydantic import Field

from meetings.live.commands import Command, handles
from meetings.live.events import Event
from meetings.live.lifecycle import MeetingView, meeting_view
from meetings.live.roles import MeetingState
from meetings.live.scene import Scene
from meetings.minutes import numbering, paper, words
from meetings.minutes.models import Minutes, MinutesState, MinutesStep
from meetings.minutes.services import locked, paper_of
from server.core.errors import Code, Refused


class RecordIssue(Command, name="minutes.record_issue"):
    """印发: freeze these minutes under a number (by default the next one). Only the server itself gives it."""

    minutes: UUID
    by: UUID
    number: int | None = Field(default=None, ge=1, le=9999)


class MinutesIssued(Event, type="minutes.issued", personal=frozenset({"issued_by"})):
    """The minutes are out. `head` is the chain's link that they were frozen with."""

    meeting: MeetingView
    minutes: str
    series: str
    issue_year: int
    issue_no: int
    sha256: str
    head: str
    issued_by: str


@handles(RecordIssue)
def record_issue(cmd: RecordIssue, scene: Scene) -> Iterator[Event]:
    """REVIEWING → ISSUED, and the meeting ENDED → DONE."""
    scene.require_state(MeetingState.ENDED)
    minutes = locked(cmd.minutes)
    if minutes.meeting_id != scene.meeting.pk:
        raise Refused(Code.NOT_FOUND, what="minutes")
    if minutes.state != MinutesState.REVIEWING:
        raise Refused(Code.WRONG_STATE, state=minutes.state)
    issued_on = scene.now.astimezone(words.CITY_TIME).date()
    number = cmd.number or numbering.next_number(minutes, issued_on.year)
    final = paper_of(minutes).model_copy(
        update={
            "issue_year": issued_on.year,
            "issue_no": number,
            "issued_on": issued_on,
            "head": scene.meeting.head,
            "head_seq": scene.meeting.seq,
        }
    )
    text = paper.canonical(final)
    sha256 = paper.digest(text)
    try:
        with transaction.atomic():
            Minutes.objects.filter(pk=minutes.pk).update(
                state=MinutesState.ISSUED,
                issue_year=issued_on.year,
                issue_no=number,
                issued_at=scene.now,
                issued_by_id=cmd.by,
                snapshot=text,
                sha256=sha256,
                head=scene.meeting.head,
                head_seq=scene.meeting.seq,
                search_text=paper.plain_text(final),
            )
    except IntegrityError:
        # The database keeps numbers unique: of two secretaries at once, one wins.
        raise Refused(Code.NUMBER_TAKEN, number=number, next=numbering.next_number(minutes, issued_on.year)) from None
    MinutesStep.objects.create(minutes=minutes, kind="issued", at=scene.now, by_id=cmd.by)
    head = scene.meeting.head
    scene.meeting.state = MeetingState.DONE
    scene.meeting.save(update_fields=["state"])
    scene.result.update(issue_year=issued_on.year, issue_no=number, sha256=sha256)
    yield MinutesIssued(
        meeting=meeting_view(scene.meeting),
        minutes=str(minutes.pk),
        series=minutes.series,
        issue_year=issued_on.year,
        issue_no=number,
        sha256=sha256,
        head=head,
        issued_by=str(cmd.by),
    )
