"""`manage.py verify_journal [MEETING]`: recompute the hash chains and name the first bad record."""

import json
import sys
from pathlib import Path
from shutil import copy
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from meetings.live import checker, journal
from meetings.live.models import JournalEntry, Meeting


class Command(BaseCommand):
    """Verify the journals of all meetings, or of one; `--export` also writes a bundle with its checker."""

    help = "Recompute the hash chain of each meeting's journal and name the first bad record."

    def add_arguments(self, parser: CommandParser) -> None:
        """One meeting (default: all), and a folder for the bundle."""
        parser.add_argument("meeting", nargs="?", help="id of one meeting; default: all")
        parser.add_argument("--export", type=Path, help="folder for a bundle and the stand-alone checker")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with 1 if any chain is broken."""
        meetings = Meeting.objects.order_by("scheduled_start", "id")
        if options["meeting"]:
            meetings = meetings.filter(pk=options["meeting"])
        broken = 0
        for meeting in meetings:
            fault = journal.verify(meeting)
            broken += fault is not None
            verdict = f"BAD: {fault}" if fault else f"OK, {meeting.seq} records, head {meeting.head}"
            self.stdout.write(f"{meeting.pk} {meeting.title}: {verdict}")
            if options["export"]:
                export(meeting, options["export"])
        if broken:
            sys.exit(1)


def export(meeting: Meeting, folder: Path) -> None:
    """Write the meeting's journal as one JSON file, with the checker beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = ("seq", "at", "type", "v", "actor", "data", "redacted", "digest", "link")
    entries = list(JournalEntry.objects.filter(meeting=meeting).order_by("seq").values(*fields))
    bundle = {
        "meeting": str(meeting.pk),
        "title": meeting.title,
        "length": meeting.seq,
        "head": meeting.head,
        "entries": entries,
    }
    (folder / f"{meeting.pk}.json").write_text(json.dumps(bundle, ensure_ascii=False, indent=1), encoding="utf-8")
    copy(checker.__file__, folder / "checker.py")
