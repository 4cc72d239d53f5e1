"""Who may do what with a task (domain 2.5): the secretaries suggest, the supervision office assigns, the lead unit
answers, the proposer evaluates. Nobody else."""

from django.db.models import Q, QuerySet

from meetings.followups.machine import Action, TaskState, possible
from meetings.followups.models import FollowUpTask
from server.accounts.models import Account, OrganizationRole
from server.core.errors import Code, Refused

O = OrganizationRole  # noqa: E741 - a table reads better with a short word

OVERSEERS = frozenset({O.SECRETARY, O.SUPERVISION_OFFICER, O.AUDITOR})
"""Offices that see all tasks of their organisation."""

BY_OFFICE: dict[Action, frozenset[OrganizationRole]] = {
    Action.SUGGEST: frozenset({O.SECRETARY}),
    Action.DROP: frozenset({O.SECRETARY}),
    Action.ASSIGN: frozenset({O.SUPERVISION_OFFICER}),
    Action.ACCEPT_REPLY: frozenset({O.SECRETARY}),
    Action.ASK_MORE: frozenset({O.SECRETARY}),
    Action.LOOK_BACK: frozenset({O.SECRETARY}),
}
BY_UNIT = frozenset({Action.ACCEPT, Action.RETURN, Action.CONTACT, Action.REPLY})
BY_PROPOSER = frozenset({Action.EVALUATE, Action.ASK_MORE})

WAITS_FOR_OFFICE: dict[OrganizationRole, tuple[TaskState, ...]] = {
    O.SUPERVISION_OFFICER: (TaskState.SUGGESTED, TaskState.RETURNED),
    O.SECRETARY: (TaskState.REPLIED,),
}
WAITS_FOR_UNIT = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.REHANDLING)


def visible_to(account: Account) -> "QuerySet[FollowUpTask]":
    """The tasks that the account may see at all."""
    person = account.person
    own = FollowUpTask.objects.filter(organization_id=person.organization_id)
    offices = account.roles()
    if offices & OVERSEERS:
        return own
    reach = Q(proposer_id=person.pk)
    if O.UNIT_HANDLER in offices and person.unit_id is not None:
        reach |= Q(lead_unit_id=person.unit_id) | Q(co_units=person.unit_id)
    return own.filter(reach).distinct()


def waiting_for(account: Account) -> "QuerySet[FollowUpTask]":
    """The tasks whose next step is this account's."""
    person, offices = account.person, account.roles()
    mine = Q(proposer_id=person.pk, state=TaskState.EVALUATING)
    for office, states in WAITS_FOR_OFFICE.items():
        if office in offices:
            mine |= Q(state__in=states)
    if O.UNIT_HANDLER in offices and person.unit_id is not None:
        mine |= Q(lead_unit_id=person.unit_id, state__in=WAITS_FOR_UNIT)
    return visible_to(account).filter(mine)


def allowed(account: Account, task: FollowUpTask) -> set[Action]:
    """The actions that are this account's, whatever the state."""
    person, offices = account.person, account.roles()
    if person.organization_id != task.organization_id:
        return set()
    actions = {action for action, by in BY_OFFICE.items() if offices & by}
    if O.UNIT_HANDLER in offices and task.lead_unit_id is not None and task.lead_unit_id == person.unit_id:
        actions |= BY_UNIT
    if task.proposer_id == person.pk:
        actions |= BY_PROPOSER
    return actions


def actions_now(account: Account, task: FollowUpTask) -> list[Action]:
    """What the account may do now, for the page's buttons."""
    mine = allowed(account, task)
    return [action for action in possible(TaskState(task.state)) if action in mine]


def require(account: Account, task: FollowUpTask, action: Action) -> None:
    """Refuse unless the action is this account's."""
    if action not in allowed(account, task):
        raise Refused(Code.NOT_ALLOWED)
