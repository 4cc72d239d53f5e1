"""The life of a consultation: eight steps, and the moves between their states (domain 2.7). Pure.

A state belongs to one of the eight steps; a move is an order with the states it may start from. Whether a gate is
passed is asked elsewhere (`gates`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """States of a consultation."""

    DRAFT = "DRAFT"
    PLANNING = "PLANNING"
    INVESTIGATING = "INVESTIGATING"
    PARTICIPANTS = "PARTICIPANTS"
    SCHEDULED = "SCHEDULED"
    DELIBERATING = "DELIBERATING"
    REPORTING = "REPORTING"
    IMPLEMENTING = "IMPLEMENTING"
    EVALUATING = "EVALUATING"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    MERGED = "MERGED"
    DECLINED = "DECLINED"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"


class Step(StrEnum):
    """八步: the eight steps in order."""

    TOPIC = "TOPIC"
    PLAN = "PLAN"
    INVESTIGATION = "INVESTIGATION"
    PARTICIPANTS = "PARTICIPANTS"
    DELIBERATION = "DELIBERATION"
    REPORT = "REPORT"
    IMPLEMENTATION = "IMPLEMENTATION"
    EVALUATION = "EVALUATION"


class Progress(StrEnum):
    """Where one step stands."""

    DONE = "DONE"
    CURRENT = "CURRENT"
    PENDING = "PENDING"


class Move(StrEnum):
    """Orders that move a consultation on."""

    SELECT = "select"
    DECLINE = "decline"
    APPROVE_PLAN = "approve_plan"
    CONFIRM_PARTICIPANTS = "confirm_participants"
    PUBLISH_NOTICE = "publish_notice"
    DELIBERATE = "deliberate"
    FINISH_MEETINGS = "finish_meetings"
    SUBMIT = "submit"
    CLOSE_NO_TASK = "close_no_task"
    ALL_TASKS_REPLIED = "all_tasks_replied"
    REOPEN_TASK = "reopen_task"
    CLOSE = "close"
    ARCHIVE = "archive"
    SUSPEND = "suspend"
    CANCEL = "cancel"


S = Status

BEFORE_DELIBERATION = (S.DRAFT, S.PLANNING, S.INVESTIGATING, S.PARTICIPANTS, S.SCHEDULED)

MOVES: dict[Move, tuple[tuple[Status, ...], Status]] = {
    Move.SELECT: ((S.DRAFT,), S.PLANNING),
    Move.DECLINE: ((S.DRAFT,), S.DECLINED),
    Move.APPROVE_PLAN: ((S.PLANNING,), S.INVESTIGATING),
    Move.CONFIRM_PARTICIPANTS: ((S.INVESTIGATING,), S.PARTICIPANTS),
    Move.PUBLISH_NOTICE: ((S.PARTICIPANTS,), S.SCHEDULED),
    Move.DELIBERATE: (BEFORE_DELIBERATION, S.DELIBERATING),
    Move.FINISH_MEETINGS: ((S.DELIBERATING,), S.REPORTING),
    Move.SUBMIT: ((S.REPORTING,), S.IMPLEMENTING),
    Move.CLOSE_NO_TASK: ((S.REPORTING,), S.EVALUATING),
    Move.ALL_TASKS_REPLIED: ((S.IMPLEMENTING,), S.EVALUATING),
    Move.REOPEN_TASK: ((S.EVALUATING,), S.IMPLEMENTING),
    Move.CLOSE: ((S.EVALUATING,), S.CLOSED),
    Move.ARCHIVE: ((S.CLOSED,), S.ARCHIVED),
    Move.SUSPEND: (BEFORE_DELIBERATION, S.SUSPENDED),
    Move.CANCEL: ((*BEFORE_DELIBERATION, S.SUSPENDED), S.CANCELLED),
}
BY_THE_SYSTEM = frozenset({Move.DELIBERATE})
"""Moves that no person orders: the first meeting starts."""
NEED_REASON = frozenset({Move.DECLINE, Move.SUSPEND, Move.CANCEL, Move.CLOSE_NO_TASK})

STEP_OF: dict[Status, Step] = {
    S.DRAFT: Step.TOPIC,
    S.PLANNING: Step.PLAN,
    S.INVESTIGATING: Step.INVESTIGATION,
    S.PARTICIPANTS: Step.PARTICIPANTS,
    S.SCHEDULED: Step.DELIBERATION,
    S.DELIBERATING: Step.DELIBERATION,
    S.REPORTING: Step.REPORT,
    S.IMPLEMENTING: Step.IMPLEMENTATION,
    S.EVALUATING: Step.EVALUATION,
}
FINISHED = (S.CLOSED, S.ARCHIVED)


@dataclass(frozen=True)
class StepState:
    """One of the eight steps and where it stands."""

    step: Step
    progress: Progress


def steps(status: Status) -> list[StepState]:
    """The stepper: done, under way, to come. A consultation that stopped has no current step."""
    if status in FINISHED:
        return [StepState(step, Progress.DONE) for step in Step]
    here = STEP_OF.get(status)
    order = list(Step)
    at = order.index(here) if here else -1
    return [
        StepState(step, Progress.DONE if no < at else Progress.CURRENT if no == at else Progress.PENDING)
        for no, step in enumerate(order)
    ]


def moves_from(status: Status) -> list[Move]:
    """What a person may order now."""
    return [move for move, (origins, _) in MOVES.items() if status in origins and move not in BY_THE_SYSTEM]
