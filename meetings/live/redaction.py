"""Redaction for the law: a person's data goes, the proof that something was there stays.

The personal fields of an entry are emptied, its digest and link are kept, and a later `journal.redacted` entry says
so; the checker accepts an emptied entry only with that confession.
"""

import json
from collections.abc import Iterator

from pydantic import Field

from meetings.live import checker
from meetings.live.commands import Command, handles
from meetings.live.events import EVENTS, Event
from meetings.live.models import JournalEntry
from meetings.live.roles import Audience
from meetings.live.scene import Scene
from server.core.errors import Code, Refused


class Redact(Command, name="journal.redact"):
    """Empty the personal fields of one journal entry."""

    entry: int
    reason: str = Field(max_length=500)


class Redacted(Event, type="journal.redacted", audience=Audience.STAFF):
    """The personal fields of `entry` were emptied."""

    entry: int
    reason: str


@handles(Redact)
def redact(cmd: Redact, scene: Scene) -> Iterator[Event]:
    """Empty what the event type declares as personal; refuse entries that have nothing personal."""
    if not cmd.reason.strip():
        raise Refused(Code.REASON_REQUIRED)
    entry = JournalEntry.objects.filter(meeting=scene.meeting, seq=cmd.entry).first()
    event = EVENTS.get(entry.type) if entry else None
    if entry is None or event is None or not event.personal or entry.redacted:
        raise Refused(Code.NOT_FOUND, what="entry")
    data = json.loads(entry.data)
    entry.data = checker.canonical({key: None if key in event.personal else value for key, value in data.items()})
    entry.redacted = True
    entry.save(update_fields=["data", "redacted"])
    yield Redacted(entry=cmd.entry, reason=cmd.reason)
