"""The permission table as a matrix: each role gives each command, from the same set-up.

What a role may give is not refused with NOT_ALLOWED by the table; what it may not give is, and nothing changes.
"""

import uuid
from typing import Any

import pytest

from meetings.live import commands, permissions
from meetings.live.commands import COMMANDS
from meetings.live.execute import execute
from meetings.live.models import JournalEntry
from meetings.live.permissions import TABLE
from meetings.live.roles import Presence, Role
from server.core.errors import Code, Refused
from tests.story import Room, new_room

pytestmark = pytest.mark.django_db

SAMPLES: dict[str, dict[str, Any]] = {
    "meeting.cancel": {"reason": "台风"},
    "journal.redact": {"entry": 1, "reason": "本人申请"},
    "people.invite": {"persons": [str(uuid.uuid4())], "role": "MEMBER"},
    "people.invite_guest": {"guest_name": "芦荻岸"},
    "people.uninvite": {"participant": str(uuid.uuid4())},
    "people.grant_leave": {"participant": str(uuid.uuid4())},
    "people.admit": {"participants": [str(uuid.uuid4())]},
    "people.remove": {"participant": str(uuid.uuid4())},
    "people.mute": {"participant": str(uuid.uuid4())},
    "people.unmute": {"participant": str(uuid.uuid4())},
    "agenda.set_items": {"items": []},
    "floor.withdraw": {"request": str(uuid.uuid4())},
    "floor.skip": {"request": str(uuid.uuid4())},
    "floor.to_written": {"request": str(uuid.uuid4())},
    "floor.extend": {"seconds": 60},
    "floor.dialogue": {"participants": [str(uuid.uuid4()), str(uuid.uuid4())]},
    "record.note_opinion": {"text": "公开变压器可开放容量"},
    "record.note_commitment": {"unit_name": "国网澄湾供电公司", "text": "完成勘测"},
}


@pytest.fixture
def room() -> Room:
    return new_room()


def sample(name: str) -> commands.Command:
    """A well-formed command of this name; built from the schema for those without an entry above."""
    fields = SAMPLES.get(name)
    if fields is None:
        fields = {key: _value(field) for key, field in COMMANDS[name].model_fields.items() if field.is_required()}
    return commands.parse({"type": name, **fields})


def _value(field: Any) -> Any:
    kind = field.annotation
    if kind is uuid.UUID:
        return str(uuid.uuid4())
    if kind is int:
        return 1
    if kind is str:
        return "x" * 8
    if isinstance(kind, type) and hasattr(kind, "__members__"):
        return next(iter(kind.__members__))
    if getattr(kind, "__origin__", None) is list:
        inner = kind.__args__[0]
        return [str(uuid.uuid4())] if inner is uuid.UUID else [0] if inner is int else ["甲", "乙"]
    raise AssertionError(f"no sample for {kind}: add one to SAMPLES")


def test_table_and_commands_are_the_same_set() -> None:
    assert set(TABLE) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_table_decides_for_every_role(room: Room, name: str) -> None:
    room.host("主持")
    for role in Role:
        actor = room.person(f"某{role}", role)
        command = sample(name)
        allowed = role in TABLE[name]
        if allowed:
            permissions.require(command, actor.row, room.meeting.state)
            continue
        before = JournalEntry.objects.count()
        with pytest.raises(Refused) as refusal:
            execute(meeting_id=room.meeting_id, actor=actor.id, command_id=str(uuid.uuid4()), command=command)
        assert refusal.value.code is Code.NOT_ALLOWED
        assert refusal.value.facts == {"command": name}
        assert JournalEntry.objects.count() == before


@pytest.mark.parametrize("name", sorted(TABLE))
def test_nobody_who_was_shown_out_may_do_anything(room: Room, name: str) -> None:
    for role in TABLE[name]:
        actor = room.person(f"某{role}", role)
        row = actor.row
        row.presence = Presence.REMOVED
        row.save(update_fields=["presence"])
        with pytest.raises(Refused) as refusal:
            execute(meeting_id=room.meeting_id, actor=actor.id, command_id=str(uuid.uuid4()), command=sample(name))
        assert refusal.value.code is Code.NOT_ALLOWED


def test_a_seat_in_one_meeting_opens_no_other(room: Room) -> None:
    stranger = new_room().host("别处主持")
    with pytest.raises(Refused) as refusal:
        execute(meeting_id=room.meeting_id, actor=stranger.id, command_id="x", command=sample("floor.open"))
    assert refusal.value.code is Code.NOT_IN_MEETING
