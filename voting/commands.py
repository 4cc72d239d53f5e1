"""Preparing, opening, closing and voiding a poll: changes of the meeting, made under its lock.

A ballot is not among them: see `casting`. One poll at a time is open in a meeting, and none is opened twice.
"""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from django.db.models import Max
from pydantic import Field, StringConstraints

from meetings.live.commands import Command, handles
from meetings.live.events import Event, reacts_to
from meetings.live.lifecycle import MeetingEnded
from meetings.live.models import Participant
from meetings.live.permissions import TABLE
from meetings.live.roles import AttendanceKind, MeetingState, Presence
from meetings.live.scene import Scene
from server.core.errors import Code, Refused
from voting import closing, config, events
from voting.events import poll_view
from voting.models import Eligible, Poll, PollKind, PollMode, PollState, Tally
from voting.presets import OPTIONS, RULE, Template

Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]

BEFORE_THE_END = (
    MeetingState.DRAFT, MeetingState.NOTIFIED, MeetingState.LOBBY, MeetingState.LIVE, MeetingState.PAUSED
)  # fmt: skip


class Prepare(Command, name="voting.prepare"):
    """Make a question ready: with a template's options or with own ones."""

    question: Question
    template: Template | None = None
    options: list[Option] = Field(default_factory=list, max_length=10)
    mode: PollMode = PollMode.SECRET
    kind: PollKind = PollKind.SINGLE
    max_choices: int = Field(default=1, ge=1, le=10)


class Open(Command, name="voting.open"):
    """Ask: those members who are inside now may answer."""

    poll: UUID


class Close(Command, name="voting.close"):
    """Take no further answers and tell the result."""

    poll: UUID


class Void(Command, name="voting.void"):
    """Call an open poll off, with a reason; a prepared one is thrown away."""

    poll: UUID
    reason: Reason = ""


@handles(Prepare)
def prepare(cmd: Prepare, scene: Scene) -> Iterator[Event]:
    """→ READY."""
    scene.require_state(*BEFORE_THE_END)
    options = _options(cmd)
    single = cmd.kind == PollKind.SINGLE
    if (single and cmd.max_choices != 1) or cmd.max_choices > len(options):
        raise Refused(Code.BAD_REQUEST, fields=["max_choices"])
    polls = Poll.objects.filter(meeting=scene.meeting)
    poll = Poll.objects.create(
        meeting=scene.meeting,
        number=(polls.aggregate(latest=Max("number"))["latest"] or 0) + 1,
        question=cmd.question,
        options=options,
        mode=cmd.mode,
        kind=cmd.kind,
        max_choices=cmd.max_choices,
        rule=RULE,
    )
    scene.result["poll"] = str(poll.pk)
    yield events.PollPrepared(poll=poll_view(poll))


@handles(Open)
def open_poll(cmd: Open, scene: Scene) -> Iterator[Event]:
    """READY → OPEN; who may answer is fixed now."""
    scene.require_state(MeetingState.LIVE)
    poll = _poll(cmd.poll, scene)
    if poll.state != PollState.READY:
        raise Refused(Code.WRONG_STATE, poll=poll.state)
    if Poll.objects.filter(meeting=scene.meeting, state=PollState.OPEN).exists():
        raise Refused(Code.POLL_OPEN_ALREADY)
    asked = list(
        Participant.objects.filter(
            meeting=scene.meeting,
            attendance_kind=AttendanceKind.MEMBER,
            presence=Presence.PRESENT,
            role__in=TABLE["voting.cast"],
        ).values_list("pk", flat=True)
    )
    if not asked:
        raise Refused(Code.NOBODY_ELIGIBLE)
    Eligible.objects.bulk_create([Eligible(poll=poll, participant_id=participant) for participant in asked])
    if poll.mode == PollMode.SECRET:
        Tally.objects.bulk_create([Tally(poll=poll, option=option) for option in range(len(poll.options))])
    poll.state = PollState.OPEN
    poll.opened_at = scene.now
    poll.eligible_count = len(asked)
    poll.electorate = config.electorate(str(participant) for participant in asked)
    poll.config = config.digest(poll)
    poll.save(update_fields=["state", "opened_at", "eligible_count", "electorate", "config"])
    yield events.PollOpened(poll=poll_view(poll))


@handles(Close)
def close_poll(cmd: Close, scene: Scene) -> Iterator[Event]:
    """OPEN → CLOSED."""
    yield from closing.close(_open_poll(cmd.poll, scene), scene)


@handles(Void)
def void_poll(cmd: Void, scene: Scene) -> Iterator[Event]:
    """OPEN → VOID, with a reason; a poll that was only READY leaves no trace but in the staff's journal."""
    poll = _poll(cmd.poll, scene)
    if poll.state == PollState.READY:
        poll.delete()
        yield events.PollDiscarded(poll=str(cmd.poll))
        return
    if not cmd.reason:
        raise Refused(Code.REASON_REQUIRED)
    yield from closing.void(_open_poll(cmd.poll, scene), scene, cmd.reason)


@reacts_to(MeetingEnded)
def close_what_is_open(event: MeetingEnded, scene: Scene) -> Iterator[Event]:
    """散会 closes the open poll: who has answered is counted."""
    for poll in Poll.objects.select_for_update().filter(meeting=scene.meeting, state=PollState.OPEN):
        yield from closing.close(poll, scene)


def _options(cmd: Prepare) -> list[str]:
    options = list(OPTIONS[cmd.template]) if cmd.template else list(cmd.options)
    if bool(cmd.template) == bool(cmd.options) or not 2 <= len(set(options)) == len(options):
        raise Refused(Code.BAD_REQUEST, fields=["options"])
    return options


def _poll(poll_id: UUID, scene: Scene) -> Poll:
    """A poll of this meeting, locked: the meeting is locked already, and that is the order."""
    poll = Poll.objects.select_for_update().filter(meeting=scene.meeting, pk=poll_id).first()
    if poll is None:
        raise Refused(Code.NOT_FOUND, what="poll")
    return poll


def _open_poll(poll_id: UUID, scene: Scene) -> Poll:
    poll = _poll(poll_id, scene)
    if poll.state == PollState.READY:
        raise Refused(Code.WRONG_STATE, poll=poll.state)
    if poll.state != PollState.OPEN:
        raise Refused(Code.POLL_CLOSED)
    return poll
