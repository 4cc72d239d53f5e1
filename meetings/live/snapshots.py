"""Snapshots: the state of a meeting as one audience may see it, slice by slice.

Read under the meeting lock, so that it belongs to exactly one `seq`, and kept per process by (meeting, audience): five
hundred reconnects cost one snapshot, the rest is the journal's tail.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from pydantic import BaseModel

from meetings.live import journal
from meetings.live.models import Meeting
from meetings.live.roles import Audience
from server.core.errors import Code, Refused

S = TypeVar("S", bound=BaseModel)
Reader = Callable[[Meeting, Audience], BaseModel]

SNAPSHOTS: dict[str, Reader] = {}
STATES: dict[str, type[BaseModel]] = {}

MAX_TAIL = 200
"""With more events than this behind it, a snapshot is read anew."""
MAX_KEPT = 200


def snapshot(slice_name: str, state: type[S]) -> Callable[[Callable[[Meeting, Audience], S]], Reader]:
    """Register how a slice's part of the snapshot is read; `state` is its shape on the wire."""

    def register(reader: Callable[[Meeting, Audience], S]) -> Reader:
        SNAPSHOTS[slice_name] = reader
        STATES[slice_name] = state
        return reader

    return register


@dataclass(frozen=True)
class Taken:
    """A snapshot's JSON and the `seq` it belongs to."""

    seq: int
    text: str


_kept: dict[tuple[UUID, Audience], Taken] = {}
_guards: dict[tuple[UUID, Audience], threading.Lock] = {}


def take(meeting_id: UUID, audience: Audience) -> Taken:
    """Read the whole state now, under the meeting lock."""
    with transaction.atomic():
        try:
            meeting = Meeting.objects.select_for_update().get(pk=meeting_id)
        except Meeting.DoesNotExist:
            raise Refused(Code.NOT_FOUND, what="meeting") from None
        parts = [f'"{name}":{read(meeting, audience).model_dump_json()}' for name, read in SNAPSHOTS.items()]
        return Taken(seq=meeting.seq, text="{" + ",".join(parts) + "}")


def kept(meeting_id: UUID, audience: Audience) -> Taken:
    """A recent snapshot: at most `MAX_TAIL` events old. One thread reads it, the others wait for that one."""
    key = (meeting_id, audience)
    # Before the guard: whoever holds it must not wait for a database connection that a waiting thread holds.
    head = Meeting.objects.filter(pk=meeting_id).values_list("seq", flat=True).first()
    with _guards.setdefault(key, threading.Lock()):
        found = _kept.get(key)
        if found is not None and head is not None and head <= found.seq + MAX_TAIL:
            return found
        taken = take(meeting_id, audience)
        while len(_kept) >= MAX_KEPT:
            oldest = next(iter(_kept))
            _kept.pop(oldest, None)
            _guards.pop(oldest, None)
        _kept[key] = taken
        return taken


def forget(meeting_id: UUID) -> None:
    """Drop what is kept of a meeting: something in it was redacted."""
    for audience in Audience:
        _kept.pop((meeting_id, audience), None)


@dataclass(frozen=True)
class Catchup:
    """What a client needs to be up to date: a snapshot (or none, when it has one) and the events after it."""

    snapshot: str | None
    tail: list[journal.Told]
    seq: int


def catch_up(meeting_id: UUID, audience: Audience, *, since: int | None) -> Catchup:
    """Bring a client from `since` (None: from nothing) to the journal's head."""
    if since is not None:
        head = Meeting.objects.filter(pk=meeting_id).values_list("seq", flat=True).first()
        if head is not None and 0 <= head - since <= MAX_TAIL:
            tail = journal.read(meeting_id, after=since)
            return Catchup(snapshot=None, tail=tail, seq=tail[-1].seq if tail else since)
    base = kept(meeting_id, audience)
    tail = journal.read(meeting_id, after=base.seq)
    return Catchup(snapshot=base.text, tail=tail, seq=tail[-1].seq if tail else base.seq)
