"""Sessions as Django keeps them. A cookie that cannot hold one of our keys is no session and is not looked for."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

_KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(DatabaseSessionStore):
    """A cookie may bring any text, NUL included, which PostgreSQL would not even look for."""

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and _KEY.fullmatch(key) is not None
