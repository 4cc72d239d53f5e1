"""Events: facts of a meeting, typed and versioned.

An event declares its `type`, its version `v`, who may read it and which of its fields are personal. It is written once
and upcast on read. Events carry whole changed objects, so that a client's reducer is an upsert.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from meetings.live.roles import Audience

if TYPE_CHECKING:
    from meetings.live.scene import Scene

Data = dict[str, Any]


class Event(BaseModel):
    """Base of all events. Subclass with `type=`; `v` rises with every change of the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ClassVar[str]
    v: ClassVar[int] = 1
    audience: ClassVar[Audience] = Audience.EVERYONE
    personal: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(
        cls,
        *,
        type: str,  # noqa: A002 - the word on the wire
        v: int = 1,
        audience: Audience = Audience.EVERYONE,
        personal: frozenset[str] | set[str] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if type in EVENTS:
            raise RuntimeError(f"two events are called {type}")
        unknown = set(personal) - set(cls.__annotations__)
        if unknown:
            raise RuntimeError(f"{type} has no fields {sorted(unknown)}")
        cls.type = type
        cls.v = v
        cls.audience = audience
        cls.personal = frozenset(personal)
        EVENTS[type] = cls


E = TypeVar("E", bound=Event)

EVENTS: dict[str, type[Event]] = {}
REACTIONS: dict[type[Event], "list[Callable[[Any, Scene], Iterator[Event]]]"] = {}
UPCASTS: dict[tuple[str, int], Callable[[Data], Data]] = {}


def reacts_to(
    event: type[E],
) -> "Callable[[Callable[[E, Scene], Iterator[Event]]], Callable[[E, Scene], Iterator[Event]]]":
    """Register what a later slice does, in the same transaction, when an earlier slice tells this event."""

    def register(reaction: "Callable[[E, Scene], Iterator[Event]]") -> "Callable[[E, Scene], Iterator[Event]]":
        REACTIONS.setdefault(event, []).append(reaction)
        return reaction

    return register


def upcasts(type_: str, v: int) -> Callable[[Callable[[Data], Data]], Callable[[Data], Data]]:
    """Register how data of version `v` becomes data of version `v + 1`."""

    def register(upcast: Callable[[Data], Data]) -> Callable[[Data], Data]:
        UPCASTS[type_, v] = upcast
        return upcast

    return register


def current(type_: str, v: int, data: Data) -> tuple[int, Data]:
    """Data as the present version of its event type has it."""
    while upcast := UPCASTS.get((type_, v)):
        data, v = upcast(data), v + 1
    return v, data
