"""Fill a bench database: a live meeting with a host and many members, all signed in. Prints their cookies as JSON."""

import json
import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

from server.accounts.models import Account  # noqa: E402
from tests.story import Somebody, new_room  # noqa: E402


def cookie(account: Account) -> str:
    """A session as signing in would make it."""
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return f"gongshang_session={session.session_key}"


def account_of(who: Somebody, username: str) -> Account:
    """An account without a password: hashing hundreds of them would take minutes."""
    person = who.row.person
    assert person is not None
    return Account.objects.create(
        username=username, person=person, password=make_password(None), must_change_password=False
    )


with transaction.atomic():
    room = new_room()
    people = [room.host(), *(room.member(f"委员{number:03}") for number in range(int(sys.argv[1])))]
    cookies = [cookie(account_of(who, f"a{number}")) for number, who in enumerate(people)]
print(json.dumps({"meeting": str(room.meeting_id), "cookies": cookies}))
