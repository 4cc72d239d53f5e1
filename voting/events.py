"""What happened to a poll. No event says who answered, and none says a count before the poll is closed."""

from pydantic import BaseModel

from meetings.live.events import Event
from meetings.live.roles import Audience
from server.core import clock
from voting.models import Poll, PollKind, PollMode, PollState


class ResultView(BaseModel):
    """A result: one count per option. `head` is the chain's link before the event that told it, for all to keep."""

    counts: list[int]
    eligible: int
    participated: int
    config: str
    head: str


class PollView(BaseModel):
    """A poll as people see it. `config` is the digest of what was fixed at opening; `result` is null until closing."""

    id: str
    number: int
    question: str
    options: list[str]
    mode: PollMode
    kind: PollKind
    max_choices: int
    rule: str
    state: PollState
    eligible: int | None
    electorate: str | None
    config: str | None
    opened_at: str | None
    closed_at: str | None
    void_reason: str | None
    result: ResultView | None


def poll_view(poll: Poll) -> PollView:
    """One poll. The counts of a disputed one are not told: they are what is in dispute."""
    told = poll.state == PollState.CLOSED and poll.result is not None
    return PollView(
        id=str(poll.pk),
        number=poll.number,
        question=poll.question,
        options=poll.options,
        mode=PollMode(poll.mode),
        kind=PollKind(poll.kind),
        max_choices=poll.max_choices,
        rule=poll.rule,
        state=PollState(poll.state),
        eligible=poll.eligible_count,
        electorate=poll.electorate or None,
        config=poll.config or None,
        opened_at=poll.opened_at and clock.iso(poll.opened_at),
        closed_at=poll.closed_at and clock.iso(poll.closed_at),
        void_reason=poll.void_reason or None,
        result=ResultView.model_validate(poll.result) if told else None,
    )


class PollPrepared(Event, type="voting.prepared", audience=Audience.STAFF):
    """A question is ready to be asked; only the staff know."""

    poll: PollView


class PollDiscarded(Event, type="voting.discarded", audience=Audience.STAFF):
    """A prepared question was thrown away before anybody was asked."""

    poll: str


class PollOpened(Event, type="voting.opened"):
    """Answers are taken. Who may answer is fixed; told are their number and a digest."""

    poll: PollView


class PollClosed(Event, type="voting.closed"):
    """No further answers are taken, and this is the result."""

    poll: PollView


class PollDisputed(Event, type="voting.disputed"):
    """The poll is closed, but the answers counted do not agree with the people who took part: there is no result."""

    poll: PollView
    participated: int
    counted: int


class PollVoided(Event, type="voting.voided"):
    """The poll was called off while open; what had been answered is gone."""

    poll: PollView
