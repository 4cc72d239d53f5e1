"""A sign-in: one session, and the account in it as it was. What is held open for it (sockets) has to end with it.

Whoever ends sign-ins says so here, and later slices that registered hear of it after the commit. As a word may be lost,
`lasting` tells the truth to whoever asks from time to time.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from server.accounts.models import Account
from server.core import clock, ids

_listeners: "list[Callable[[Ended], None]]" = []


@dataclass(frozen=True)
class SignIn:
    """`proof` changes with the account's password; a guest's sign-in has no account."""

    session: str = field(repr=False)
    account: str = ""
    proof: str = field(default="", repr=False)


@dataclass(frozen=True)
class Ended:
    """Sign-ins that are no more: all of an account, or those in one session. Keys of sessions are told as digests."""

    account: str = ""
    session: str = ""

    def covers(self, sign_in: SignIn) -> bool:
        """Whether this one is among them."""
        if self.session:
            return ids.token_digest(sign_in.session) == self.session
        return bool(self.account) and sign_in.account == self.account


def sign_in_of(*, user: object, session: Mapping[str, Any]) -> SignIn:
    """The sign-in behind a connection."""
    key = getattr(session, "session_key", None) or ""
    if isinstance(user, Account):
        return SignIn(session=key, account=str(user.pk), proof=user.get_session_auth_hash())
    return SignIn(session=key)


def lasting(sign_ins: Collection[SignIn]) -> set[SignIn]:
    """Those that are still good: the session is there, the account open, its password the same."""
    keys = {each.session for each in sign_ins}
    sessions = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).values_list("session_key", flat=True)
    )
    accounts = Account.objects.filter(pk__in={each.account for each in sign_ins if each.account}, is_active=True)
    proofs = {str(account.pk): account.get_session_auth_hash() for account in accounts}
    return {
        each
        for each in sign_ins
        if each.session in sessions and (not each.account or proofs.get(each.account) == each.proof)
    }


def hears_of_ended_sign_ins(listener: Callable[[Ended], None]) -> Callable[[Ended], None]:
    """Register what is done when sign-ins end."""
    _listeners.append(listener)
    return listener


def end_of_session(key: str | None) -> None:
    """Somebody has signed out of this session."""
    if key:
        _tell(Ended(session=ids.token_digest(key)))


def end_of_all(account: Account) -> None:
    """The account was closed, or its password is another now."""
    _tell(Ended(account=str(account.pk)))


def _tell(ended: Ended) -> None:
    for listener in _listeners:
        transaction.on_commit(lambda listener=listener: listener(ended), robust=True)  # type: ignore[misc]
