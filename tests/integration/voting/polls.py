"""Words for stories about polls."""

from dataclasses import dataclass
from typing import Any

import pytest

from server.core.errors import Code, Refused
from tests.story import Room, Somebody
from voting.models import Poll


def refused(code: Code) -> "pytest.RaisesExc[Refused]":
    """A refusal with this code."""
    return pytest.raises(Refused, check=lambda refusal: refusal.code is code)


@dataclass
class Asked:
    """A poll in a room."""

    room: Room
    host: Somebody
    id: str

    @property
    def row(self) -> Poll:
        """The poll as it is now."""
        return Poll.objects.get(pk=self.id)

    def opens(self) -> "Asked":
        """The host asks."""
        self.host.does("voting.open", poll=self.id)
        return self

    def closes(self) -> dict[str, Any]:
        """The host closes it: the result."""
        self.host.does("voting.close", poll=self.id)
        return self.result

    @property
    def result(self) -> dict[str, Any]:
        """What was counted."""
        result = self.row.result
        assert isinstance(result, dict)
        return result

    def answered_by(self, somebody: Somebody, *choices: int, command_id: str | None = None) -> dict[str, Any] | None:
        """Somebody casts a ballot."""
        answer = somebody.does("voting.cast", poll=self.id, choices=list(choices), command_id=command_id)
        return answer.result


def prepared(room: Room, host: Somebody, **fields: Any) -> Asked:
    """A question that is ready."""
    asked = {"question": "对《三年行动建议方案》的总体评价", "template": "APPROVAL", **fields}
    if "options" in fields:
        del asked["template"]
    result = host.does("voting.prepare", **asked).result
    assert result
    return Asked(room, host, result["poll"])
