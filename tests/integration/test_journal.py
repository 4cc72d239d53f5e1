"""The chain: sound as written, and one changed byte is found and named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from meetings.live import journal
from meetings.live.models import JournalEntry
from meetings.live.roles import Role
from tests.story import Room, new_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    room = new_room("LOBBY")
    host = room.host()
    host.does("meeting.start")
    host.does("floor.open")
    room.member("李春分").does("floor.request", topic="增容")
    host.does("floor.call")
    host.does("meeting.end")
    return room


def test_the_chain_is_sound(room: Room) -> None:
    assert journal.verify(room.meeting) is None


@pytest.mark.parametrize("field", ["data", "at", "type", "actor", "digest", "link"])
def test_one_changed_byte_is_found_and_the_record_is_named(room: Room, field: str) -> None:
    entry = JournalEntry.objects.get(meeting=room.meeting, seq=3)
    value = getattr(entry, field)
    changed = value.replace("增容", "增客") if field == "data" else ("0" if value[0] != "0" else "1") + value[1:]
    assert changed != value
    JournalEntry.objects.filter(pk=entry.pk).update(**{field: changed})
    fault = journal.verify(room.meeting)
    assert fault is not None
    assert "record 3" in fault


def test_a_missing_record_is_named(room: Room) -> None:
    JournalEntry.objects.filter(meeting=room.meeting, seq=2).delete()
    assert journal.verify(room.meeting) == "record 2 is missing (found 3)"


def test_a_cut_tail_is_found(room: Room) -> None:
    JournalEntry.objects.filter(meeting=room.meeting).order_by("-seq")[0:1].get().__class__.objects.filter(
        meeting=room.meeting, seq=room.meeting.seq
    ).delete()
    fault = journal.verify(room.meeting)
    assert fault is not None
    assert "is missing" in fault


def test_redaction_keeps_the_chain_and_empties_the_person(room: Room) -> None:
    auditor = room.person("审计", Role.AUDITOR)
    auditor.does("journal.redact", entry=3, reason="本人申请")
    entry = JournalEntry.objects.get(meeting=room.meeting, seq=3)
    assert json.loads(entry.data)["request"] is None
    assert journal.verify(room.meeting) is None
    JournalEntry.objects.filter(meeting=room.meeting, type="journal.redacted").update(data='{"entry":9,"reason":"x"}')
    assert journal.verify(room.meeting) is not None


def test_entries_cannot_be_deleted_one_by_one(room: Room) -> None:
    with pytest.raises(TypeError):
        JournalEntry.objects.filter(meeting=room.meeting)[0].delete()


def test_the_command_and_the_exported_checker_agree(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_journal", "--export", str(tmp_path))
    assert "OK" in capsys.readouterr().out
    bundle = tmp_path / f"{room.meeting_id}.json"
    check = [sys.executable, str(tmp_path / "checker.py"), str(bundle)]
    assert subprocess.run(check, check=False, capture_output=True, text=True).stdout.startswith("OK")
    bundle.write_text(bundle.read_text("utf-8").replace("增容", "增客"), "utf-8")
    broken = subprocess.run(check, check=False, capture_output=True, text=True)
    assert broken.returncode == 1
    assert "record 3" in broken.stdout
    JournalEntry.objects.filter(meeting=room.meeting, seq=3).update(at="2026-05-21T06:30:00.001Z")
    with pytest.raises(SystemExit):
        call_command("verify_journal", str(room.meeting_id))
    assert "record 3" in capsys.readouterr().out
