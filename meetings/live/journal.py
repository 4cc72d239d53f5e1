"""The journal: gapless, append-only, hash-chained.

Each entry stores `digest = SHA-256(canonical JSON of the entry)` and `link = SHA-256(previous link ‖ digest)`, both in
hexadecimal; the first entry follows 64 zeros. Appending happens under the meeting lock only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from meetings.live import checker
from meetings.live.events import EVENTS, UPCASTS, Event, current
from meetings.live.models import JournalEntry, Meeting
from meetings.live.roles import Audience, may_read
from meetings.live.scene import Scene
from server.core import clock


@dataclass(frozen=True)
class Told:
    """An entry ready for the wire. `audience` is empty for what was redacted: nobody reads it any more."""

    seq: int
    type: str
    audience: Audience | None
    full: str

    def text(self, reader: Audience) -> str:
        """JSON of the event, or the placeholder, as somebody of this audience may read it."""
        if self.audience is not None and may_read(reader, self.audience):
            return self.full
        return f'{{"seq":{self.seq},"type":"hidden"}}'


def append(scene: Scene, events: Sequence[Event]) -> None:
    """Write the events after the meeting's head and move the head. The caller holds the meeting lock."""
    meeting = scene.meeting
    at = clock.iso(scene.now)
    actor = str(scene.actor.pk) if scene.actor else ""
    entries = []
    for event in events:
        meeting.seq += 1
        data = event.model_dump(mode="json")
        digest = checker.digest(
            meeting=str(meeting.pk), seq=meeting.seq, at=at, type=event.type, v=event.v, actor=actor, data=data
        )
        meeting.head = checker.link(meeting.head, digest)
        entries.append(
            JournalEntry(
                meeting=meeting, seq=meeting.seq, at=at, type=event.type, v=event.v, audience=event.audience,
                actor=actor, data=checker.canonical(data), digest=digest, link=meeting.head,
            )
        )  # fmt: skip
    JournalEntry.objects.bulk_create(entries)
    meeting.save(update_fields=["seq", "head"])


def read(meeting_id: UUID, *, after: int, limit: int = 1000) -> list[Told]:
    """The entries after `seq`, oldest first."""
    rows = JournalEntry.objects.filter(meeting_id=meeting_id, seq__gt=after).order_by("seq")[:limit]
    return [tell(row) for row in rows]


def tell(entry: JournalEntry) -> Told:
    """An entry as the wire has it. Data is only parsed when an upcast is due."""
    v, data = entry.v, entry.data
    if (entry.type, v) in UPCASTS:
        v, fields = current(entry.type, v, json.loads(data))
        data = checker.canonical(fields)
    actor = f'"{entry.actor}"' if entry.actor else "null"
    full = f'{{"seq":{entry.seq},"at":"{entry.at}","type":"{entry.type}","v":{v},"actor":{actor},"data":{data}}}'
    audience = None if entry.redacted else Audience(entry.audience)
    return Told(seq=entry.seq, type=entry.type, audience=audience, full=full)


def typed(entry: JournalEntry) -> Event | None:
    """The entry as an event object; None for a type that no longer exists and for redacted entries."""
    event = EVENTS.get(entry.type)
    if event is None or entry.redacted:
        return None
    _, data = current(entry.type, entry.v, json.loads(entry.data))
    return event.model_validate(data)


def verify(meeting: Meeting) -> str | None:
    """What is wrong with the meeting's chain, in words that name the first bad record; None when nothing is."""
    rows = JournalEntry.objects.filter(meeting=meeting).order_by("seq")
    return checker.first_fault(
        meeting=str(meeting.pk),
        head=meeting.head,
        length=meeting.seq,
        entries=(
            {"seq": row.seq, "at": row.at, "type": row.type, "v": row.v, "actor": row.actor,
             "data": row.data, "redacted": row.redacted, "digest": row.digest, "link": row.link}
            for row in rows.iterator()
        ),
    )  # fmt: skip
