"""Text that cannot be kept: PostgreSQL takes no NUL, and half of a surrogate pair is no character in UTF-8.

Whatever brings text in asks here once, before anybody looks at it: the socket for each frame (`consumer`), the API for
each body, form and query (`server.api`). Session keys from cookies have their own rule (`accounts.sessions`).
"""

import re

from server.core.errors import Code, Refused

_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def can_be_kept(value: object) -> bool:
    """Whether all text in a JSON value, keys included, can be stored and sent."""
    waiting = [value]  # not by recursion: a value may be nested deeper than Python's stack
    while waiting:
        match waiting.pop():
            case str(text) if _UNKEPT.search(text):
                return False
            case dict(fields):
                waiting += [*fields, *fields.values()]
            case list(items):
                waiting += items
    return True


def require_kept(value: object) -> None:
    """Refuse a JSON value with text in it that cannot be stored."""
    if not can_be_kept(value):
        raise Refused(Code.BAD_TEXT)
