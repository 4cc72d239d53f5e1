"""Signing in and out, and the password.

Sessions are Django's; the lock-out after five failures is django-axes. The initial password works for one thing only:
choosing another.
"""

from datetime import timedelta
from math import ceil
from uuid import UUID

from axes.exceptions import AxesBackendPermissionDenied
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.views.decorators.csrf import ensure_csrf_cookie
from ninja import Field, Router, Schema, Status
from ninja.decorators import decorate_view

from server.accounts.guard import holding
from server.accounts.models import Account, OrganizationRole
from server.accounts.sign_ins import end_of_all, end_of_session
from server.core.addresses import address_of
from server.core.errors import Code, Refused
from server.core.rates import Rate

router = Router(tags=["accounts"])

SIGN_INS = Rate("sign-in", most=120, seconds=300)
"""For each address. A venue of fifty people shares one, and some of them need a second try."""
PASSWORD_CHANGES = Rate("change-password", most=10, seconds=900)
"""For each account: whoever finds a computer unlocked does not get to guess the password there."""


class Credentials(Schema):
    """What a person types to sign in."""

    username: str = Field(max_length=150)
    password: str = Field(max_length=1000)


class NewPassword(Schema):
    """The present password and the wanted one."""

    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class OrganizationOut(Schema):
    """The organisation as the top bar shows it."""

    name: str
    brand: str


class AccountOut(Schema):
    """The signed-in account."""

    id: str
    username: str
    person: str
    name: str
    title: str
    unit: str | None
    roles: list[str]
    organization: OrganizationOut
    must_change_password: bool
    is_demo: bool


class SignedIn(Schema):
    """Answer to a successful sign-in and to `me`."""

    account: AccountOut


def describe(account: Account) -> SignedIn:
    """The account as its own browser may see it."""
    person = account.person
    organization = person.organization
    return SignedIn(
        account=AccountOut(
            id=str(account.pk),
            username=account.username,
            person=str(person.pk),
            name=person.name,
            title=person.title,
            unit=person.unit.name if person.unit else None,
            roles=sorted(account.roles()),
            organization=OrganizationOut(name=organization.name, brand=organization.brand),
            must_change_password=account.must_change_password,
            is_demo=organization.is_demo,
        )
    )


@router.get("/csrf", response={204: None})
@decorate_view(ensure_csrf_cookie)
def csrf(request: HttpRequest) -> Status[None]:
    """Set the CSRF cookie for a page that has not got one."""
    return Status(204, None)


@router.post("/sign-in", response=SignedIn)
def sign_in(request: HttpRequest, credentials: Credentials) -> SignedIn:
    """Sign in. Five failures lock the name for fifteen minutes (`LOCKED_OUT`, fact `minutes`)."""
    SIGN_INS.take(address_of(request))
    named = {"username": credentials.username}
    try:
        account = authenticate(request, username=credentials.username, password=credentials.password)
    except AxesBackendPermissionDenied:
        account = None
    if not isinstance(account, Account):
        if not AxesProxyHandler.is_allowed(request, named):
            cool_off = get_cool_off(request) or timedelta(0)
            raise Refused(Code.LOCKED_OUT, minutes=ceil(cool_off.total_seconds() / 60))
        raise Refused(Code.WRONG_CREDENTIALS)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    return describe(account)


@router.post("/sign-out", response={204: None})
def sign_out(request: HttpRequest) -> Status[None]:
    """End the session."""
    key = request.session.session_key
    logout(request)
    end_of_session(key)
    return Status(204, None)


@router.get("/me", response=SignedIn)
def me(request: HttpRequest) -> SignedIn:
    """Who is signed in; 401 when nobody is. Works with an initial password, so that the page can ask for a new one."""
    if not isinstance(request.user, Account):
        raise Refused(Code.NOT_SIGNED_IN)
    return describe(request.user)


@router.post("/change-password", response=SignedIn)
def change_password(request: HttpRequest, body: NewPassword) -> SignedIn:
    """Replace the password; all other sessions of the account end."""
    account = request.user
    if not isinstance(account, Account):
        raise Refused(Code.NOT_SIGNED_IN)
    PASSWORD_CHANGES.take(account.pk)
    if not account.check_password(body.old):
        raise Refused(Code.WRONG_CREDENTIALS)
    try:
        validate_password(body.new, account)
    except ValidationError as weak:
        raise Refused(Code.PASSWORD_TOO_WEAK, reasons=[str(error.code) for error in weak.error_list]) from weak
    if body.new == body.old:
        raise Refused(Code.PASSWORD_TOO_WEAK, reasons=["password_unchanged"])
    account.set_password(body.new)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    update_session_auth_hash(request, account)
    end_of_all(account)
    return describe(account)


@router.post("/{account_id}/close", response={204: None})
def close(request: HttpRequest, account_id: UUID) -> Status[None]:
    """Close an account of the own organisation, by the security administrator: whoever is signed in is so no more."""
    me = holding(request, OrganizationRole.SECURITY_ADMIN)
    account = Account.objects.filter(pk=account_id, person__organization=me.person.organization_id).first()
    if account is None:
        raise Refused(Code.NOT_FOUND, what="account")
    if account == me:  # nobody locks the last one out by accident
        raise Refused(Code.NOT_ALLOWED)
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_of_all(account)
    return Status(204, None)
