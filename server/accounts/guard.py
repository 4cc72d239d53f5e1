"""Who is asking: the few gates every HTTP endpoint goes through."""

from django.http import HttpRequest

from server.accounts.models import Account, OrganizationRole
from server.core.errors import Code, Refused


def signed_in(request: HttpRequest) -> Account:
    """The account behind the request; refuses strangers and accounts whose initial password still stands."""
    user = request.user
    if not isinstance(user, Account) or not user.is_active:
        raise Refused(Code.NOT_SIGNED_IN)
    if user.must_change_password:
        raise Refused(Code.PASSWORD_CHANGE_REQUIRED)
    return user


def holding(request: HttpRequest, *roles: OrganizationRole) -> Account:
    """The account behind the request if it holds one of the offices."""
    account = signed_in(request)
    if not account.roles() & set(roles):
        raise Refused(Code.NOT_ALLOWED)
    return account
