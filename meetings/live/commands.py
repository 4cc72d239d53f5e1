"""Commands: orders that people give in a meeting, and the functions that carry them out.

A command is a frozen pydantic model named as an order (`floor.request`). A handler refuses, changes rows and yields
events. Commands marked `direct` (ballots) are answered outside the meeting lock and leave no event.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from server.core.errors import Code, Refused

if TYPE_CHECKING:
    from meetings.live.events import Event
    from meetings.live.scene import Scene


class Command(BaseModel):
    """Base of all commands. Subclass with `name=` (and `direct=True` for a command outside the meeting lock)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    direct: ClassVar[bool] = False

    def __init_subclass__(cls, *, name: str, direct: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name in COMMANDS:
            raise RuntimeError(f"two commands are called {name}")
        cls.name = name
        cls.direct = direct
        COMMANDS[name] = cls


C = TypeVar("C", bound=Command)

COMMANDS: dict[str, type[Command]] = {}
HANDLERS: dict[type[Command], "Callable[[Any, Scene], Iterator[Event]]"] = {}
ANSWERERS: dict[type[Command], "Callable[[Any, Scene], BaseModel | None]"] = {}


def handles(
    command: type[C],
) -> "Callable[[Callable[[C, Scene], Iterator[Event]]], Callable[[C, Scene], Iterator[Event]]]":
    """Register the one handler of a command: it runs under the meeting lock, in the command's transaction."""

    def register(handler: "Callable[[C, Scene], Iterator[Event]]") -> "Callable[[C, Scene], Iterator[Event]]":
        HANDLERS[command] = handler
        return handler

    return register


def answers(
    command: type[C],
) -> "Callable[[Callable[[C, Scene], BaseModel | None]], Callable[[C, Scene], BaseModel | None]]":
    """Register the one function that answers a direct command."""

    def register(answer: "Callable[[C, Scene], BaseModel | None]") -> "Callable[[C, Scene], BaseModel | None]":
        ANSWERERS[command] = answer
        return answer

    return register


def parse(raw: object) -> Command:
    """The command in a frame: `{"type": "floor.request", …fields}`. Refuses what is unknown or malformed."""
    if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
        raise Refused(Code.BAD_FRAME)
    fields = dict(raw)
    command = COMMANDS.get(fields.pop("type"))
    if command is None:
        raise Refused(Code.UNKNOWN_COMMAND)
    try:
        return command.model_validate(fields)
    except ValidationError as error:
        where = sorted({".".join(str(part) for part in problem["loc"]) or "?" for problem in error.errors()})
        raise Refused(Code.BAD_REQUEST, fields=where[:10]) from error
