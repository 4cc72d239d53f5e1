"""Who may do what with minutes (domain 2.5): by office in the organisation, and by role in the meeting.

Before the issue: the secretaries' office and the meeting's secretaries and recorders write; the host looks at it and
may return it. After it: everybody of the organisation and everybody on the roster reads.
"""

from enum import StrEnum
from uuid import UUID

from meetings.live.models import Participant
from meetings.live.roles import Role
from meetings.minutes.models import Minutes, MinutesState
from server.accounts.models import Account, OrganizationRole
from server.core.errors import Code, Refused


class May(StrEnum):
    """What somebody may do."""

    READ = "read"
    EDIT = "edit"
    SUBMIT = "submit"
    RETURN = "return"
    ISSUE = "issue"


WRITERS = frozenset({Role.SECRETARY, Role.RECORDER})
REVIEWERS = frozenset({Role.HOST, Role.CO_HOST})


def rights(account: Account, minutes: Minutes) -> frozenset[May]:
    """What the account may do with these minutes in general; the state is asked in `services`."""
    role = Participant.objects.filter(meeting_id=minutes.meeting_id, person_id=account.person_id).values_list(
        "role", flat=True
    )
    return rights_of(
        own_organization=account.person.organization_id == minutes.organization_id,
        offices=account.roles(),
        role=Role(role[0]) if role else None,
        frozen=minutes.is_frozen,
    )


def rights_of(
    *, own_organization: bool, offices: set[OrganizationRole], role: Role | None, frozen: bool
) -> frozenset[May]:
    """The table behind `rights`. Pure."""
    if own_organization and OrganizationRole.SECRETARY in offices:
        return frozenset(May)
    if role in WRITERS:
        return frozenset({May.READ, May.EDIT, May.SUBMIT})
    if role in REVIEWERS:
        return frozenset({May.READ, May.RETURN})
    if frozen and (own_organization or role is not None):
        return frozenset({May.READ})
    return frozenset()


def may_draft(account: Account, *, organization_id: UUID, meeting_id: UUID) -> bool:
    """Whether the account may have the minutes of a meeting drafted."""
    office = account.person.organization_id == organization_id and OrganizationRole.SECRETARY in account.roles()
    roles = [role.value for role in WRITERS]
    return (
        office
        or Participant.objects.filter(meeting_id=meeting_id, person_id=account.person_id, role__in=roles).exists()
    )


def require(account: Account, minutes: Minutes, right: May) -> None:
    """Refuse unless the account has the right. Minutes that one may not even read are as good as absent."""
    have = rights(account, minutes)
    if May.READ not in have:
        raise Refused(Code.NOT_FOUND, what="minutes")
    if right not in have:
        raise Refused(Code.NOT_ALLOWED)


def actions(account: Account, minutes: Minutes) -> list[May]:
    """What the account may do now, for the page's buttons."""
    now = {
        MinutesState.DRAFTING: {May.EDIT, May.SUBMIT},
        MinutesState.REVIEWING: {May.RETURN, May.ISSUE},
    }.get(MinutesState(minutes.state), set())
    return sorted(rights(account, minutes) & now)
