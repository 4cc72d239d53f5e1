"""Start-up checks: what Django's `check` tells an administrator before the first user does."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from meetings.live.commands import ANSWERERS, COMMANDS, HANDLERS
from meetings.live.permissions import TABLE


@register()
def every_command_is_handled_and_permitted(**kwargs: Any) -> list[CheckMessage]:
    """Each command has exactly one handler and one row in the permission table, and the table has no other rows."""
    problems: list[CheckMessage] = [
        Error(f"command {name} has no handler", id="gongshang.E001")
        for name, command in COMMANDS.items()
        if command not in (ANSWERERS if command.direct else HANDLERS)
    ]
    problems += [
        Error(f"permission table and commands differ: {name}", id="gongshang.E002")
        for name in sorted(set(TABLE) ^ set(COMMANDS))
    ]
    return problems


@register()
def sqlite_begins_immediately(**kwargs: Any) -> list[CheckMessage]:
    """Without IMMEDIATE, concurrent commands on SQLite fail with "database is locked"."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and database["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        return [Error("SQLite needs transaction_mode IMMEDIATE", id="gongshang.E003")]
    return []
