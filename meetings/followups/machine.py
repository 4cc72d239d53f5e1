"""The life of a task, 提-交-办-督-评 (domain 2.7). Pure.

An action is an order with the states it may start from; where it leads may depend on what was said (a reply's class,
an evaluation). Who may give it is asked in `access`.
"""

from datetime import date, timedelta
from enum import StrEnum


class TaskState(StrEnum):
    """States of a task. DROPPED and CLAIMABLE are known to the machine of domain 2.7."""

    SUGGESTED = "SUGGESTED"
    ASSIGNED = "ASSIGNED"
    RETURNED = "RETURNED"
    IN_PROGRESS = "IN_PROGRESS"
    REPLIED = "REPLIED"
    EVALUATING = "EVALUATING"
    TRACKING = "TRACKING"
    REHANDLING = "REHANDLING"
    CLOSED = "CLOSED"
    DROPPED = "DROPPED"
    CLAIMABLE = "CLAIMABLE"


class Action(StrEnum):
    """Orders that people give on a task."""

    SUGGEST = "suggest"
    DROP = "drop"
    ASSIGN = "assign"
    ACCEPT = "accept"
    RETURN = "return"
    CONTACT = "contact"
    REPLY = "reply"
    ASK_MORE = "ask_more"
    ACCEPT_REPLY = "accept_reply"
    EVALUATE = "evaluate"
    LOOK_BACK = "look_back"


class ResultClass(StrEnum):
    """A 已解决或基本解决, B 正在解决或已列入计划, C 因条件限制暂不能解决, D 留作参考."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Rating(StrEnum):
    """满意 / 基本满意 / 不满意."""

    SATISFIED = "SATISFIED"
    MOSTLY = "MOSTLY"
    DISSATISFIED = "DISSATISFIED"


class ContactStage(StrEnum):
    """办前 / 办中 / 办后."""

    BEFORE = "BEFORE"
    DURING = "DURING"
    AFTER = "AFTER"


class Urgency(StrEnum):
    """How the deadline stands."""

    NONE = "NONE"
    DUE_SOON = "DUE_SOON"
    OVERDUE = "OVERDUE"
    LONG_OVERDUE = "LONG_OVERDUE"


S = TaskState

ORIGINS: dict[Action, tuple[TaskState, ...]] = {
    Action.SUGGEST: (),
    Action.DROP: (S.SUGGESTED,),
    Action.ASSIGN: (S.SUGGESTED, S.RETURNED),
    Action.ACCEPT: (S.ASSIGNED,),
    Action.RETURN: (S.ASSIGNED,),
    Action.CONTACT: (S.IN_PROGRESS, S.REHANDLING),
    Action.REPLY: (S.IN_PROGRESS, S.REHANDLING),
    Action.ASK_MORE: (S.REPLIED,),
    Action.ACCEPT_REPLY: (S.REPLIED,),
    Action.EVALUATE: (S.EVALUATING,),
    Action.LOOK_BACK: (S.TRACKING, S.CLOSED),
}
NEXT: dict[Action, TaskState] = {
    Action.DROP: S.DROPPED,
    Action.ASSIGN: S.ASSIGNED,
    Action.ACCEPT: S.IN_PROGRESS,
    Action.RETURN: S.RETURNED,
    Action.REPLY: S.REPLIED,
    Action.ASK_MORE: S.IN_PROGRESS,
    Action.ACCEPT_REPLY: S.EVALUATING,
}
"""Where an action leads when that does not depend on what was said."""

CLOCK_RUNS = frozenset({S.ASSIGNED, S.IN_PROGRESS, S.REHANDLING})
"""States in which the lead unit is late when the due date has passed."""

REHANDLE_DAYS = 30
LOOK_BACK_DAYS = 182
SOON_DAYS = 7
RED_DAYS = 15


def after_evaluation(*, result: Rating, result_class: ResultClass) -> TaskState:
    """不满意 is handled again; what is promised (B, C) is tracked; the rest is closed."""
    if result is Rating.DISSATISFIED:
        return S.REHANDLING
    return S.TRACKING if result_class in (ResultClass.B, ResultClass.C) else S.CLOSED


def needs_reason(*, attitude: Rating, result: Rating) -> bool:
    """Whoever is not satisfied, with either, says why."""
    return Rating.DISSATISFIED in (attitude, result)


def urgency(*, state: TaskState, due: date | None, today: date) -> Urgency:
    """Due within 7 days, overdue (yellow), overdue by more than 15 days (red)."""
    if due is None or state not in CLOCK_RUNS:
        return Urgency.NONE
    if today > due + timedelta(days=RED_DAYS):
        return Urgency.LONG_OVERDUE
    if today > due:
        return Urgency.OVERDUE
    return Urgency.DUE_SOON if today >= due - timedelta(days=SOON_DAYS) else Urgency.NONE


def possible(state: TaskState) -> list[Action]:
    """Actions that the state allows at all."""
    return [action for action, origins in ORIGINS.items() if state in origins]
