"""What a participant may see beyond their audience: told to them alone (the own place in the queue, say).

An own part is read from rows, for many participants at once, and is whole each time. It is not in the journal and
not in the snapshot: the feed tells it to every new socket, and again to whoever it differs for when the journal has
grown by an event that may have changed it. A client puts it in the place of the one before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

S = TypeVar("S", bound=BaseModel)
Reader = Callable[[UUID, set[UUID]], dict[UUID, S]]


@dataclass(frozen=True)
class Part:
    """A slice's own part: its shape, what those are told who have nothing, and which events may change it."""

    state: type[BaseModel]
    nothing: str
    read: Callable[[UUID, set[UUID]], dict[UUID, BaseModel]]
    changed_by: tuple[str, ...]


PARTS: dict[str, Part] = {}


def own(slice_name: str, nothing: S, *, changed_by: tuple[str, ...]) -> Callable[[Reader[S]], Reader[S]]:
    """Register how a slice's own part is read for the participants given; those left out have `nothing`."""

    def register(reader: Reader[S]) -> Reader[S]:
        PARTS[slice_name] = Part(
            state=type(nothing),
            nothing=nothing.model_dump_json(),
            read=reader,  # type: ignore[arg-type]
            changed_by=changed_by,
        )
        return reader

    return register


def may_change(types: Iterable[str]) -> bool:
    """May events of these types have changed what somebody alone is told?"""
    prefixes = tuple(prefix for part in PARTS.values() for prefix in part.changed_by)
    return any(type_.startswith(prefixes) for type_ in types)


def read(meeting_id: UUID, participants: set[UUID]) -> dict[UUID, str]:
    """JSON of all own parts for each of the participants."""
    found = {name: part.read(meeting_id, participants) for name, part in PARTS.items()}
    return {
        participant: "{" + ",".join(f'"{name}":{_text(found[name].get(participant), name)}' for name in PARTS) + "}"
        for participant in participants
    }


def _text(state: BaseModel | None, name: str) -> str:
    return state.model_dump_json() if state is not None else PARTS[name].nothing
