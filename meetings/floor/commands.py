"""The orders of the queue and the floor. `asking`, `calling` and `reactions` carry them out.

One person at a time has the floor, two to four while the host has opened a dialogue. Nobody is heard here: the right to
send sound follows in `stage`.
"""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from meetings.floor.models import RequestKind
from meetings.floor.order import Preset
from meetings.live.commands import Command


class Open(Command, name="floor.open"):
    """Take requests from now on."""


class Close(Command, name="floor.close"):
    """Take no further requests."""


class SetRule(Command, name="floor.set_rule"):
    """Choose by which rule requests are put in order, and whether the public may ask."""

    preset: Preset
    scheduled_first: bool = True
    public_may_ask: bool = True


class Request(Command, name="floor.request"):
    """Ask for the floor; a venue's clerk asks for a person in the venue, the desk for anybody (`participant`)."""

    kind: RequestKind = RequestKind.IMPROMPTU
    topic: str = Field(default="", max_length=200)
    on_behalf_of: str = Field(default="", max_length=50)
    participant: UUID | None = None
    to: UUID | None = None
    answers: UUID | None = None


class Route(Command, name="floor.route"):
    """Put a question to a department (or, without one, to nobody in particular)."""

    request: UUID
    to: UUID | None = None


class Settled(StrEnum):
    """How a question was settled: 已回应 / 会后书面答复."""

    ANSWERED = "ANSWERED"
    IN_WRITING = "IN_WRITING"


class SettleQuestion(Command, name="floor.settle_question"):
    """A question was answered, or will be in writing: the desk, or the department it was put to."""

    request: UUID
    how: Settled


class Withdraw(Command, name="floor.withdraw"):
    """Take one's own request back."""

    request: UUID


class Move(Command, name="floor.move"):
    """Put a request before another one (without one: at the end), with the reason for it."""

    request: UUID
    before: UUID | None = None
    reason: str = Field(max_length=200)


class Summon(Command, name="floor.summon"):
    """点名: call somebody (the next) up to the microphone, a second time when they do not answer."""

    request: UUID | None = None


class AnswerCall(Command, name="floor.answer"):
    """应答: whoever was called is there. They have the floor at once if it is free."""

    request: UUID


class Call(Command, name="floor.call"):
    """请发言: give the floor to a request, to a person without one, or to the next. Whoever speaks is finished."""

    request: UUID | None = None
    participant: UUID | None = None
    answers: UUID | None = None
    limit_seconds: int | None = Field(default=None, ge=10, le=7200)


class Speak(Command, name="floor.speak"):
    """Leaders and hosts speak without queueing; a speech that is going on is interrupted and keeps its time."""


class Dialogue(Command, name="floor.dialogue"):
    """Open the microphones of two to four people at once; whoever else speaks is finished."""

    participants: list[UUID] = Field(min_length=2, max_length=4)


class Skip(Command, name="floor.skip"):
    """过号: whoever was called does not answer, or a request is passed over."""

    request: UUID


class Requeue(Command, name="floor.requeue"):
    """Queue again, once, at the end, after having been passed over."""

    request: UUID


class ToWritten(Command, name="floor.to_written"):
    """转书面: the request becomes a written speech."""

    request: UUID


class Extend(Command, name="floor.extend"):
    """Give the one who speaks more time."""

    seconds: int = Field(ge=10, le=3600)
    participant: UUID | None = None


class Interrupt(Command, name="floor.interrupt"):
    """Stop the clock of a speech: the line is down. What is left of the time is kept."""

    participant: UUID | None = None


class Resume(Command, name="floor.resume"):
    """Let an interrupted speech go on with the time it had left."""

    participant: UUID | None = None


class Finish(Command, name="floor.finish"):
    """End the speech (the host: all that are open): the host, the one who speaks, or their venue's clerk."""

    participant: UUID | None = None
