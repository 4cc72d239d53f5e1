"""Words of the control API between the web process and a media worker: requests, events, error codes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Problem(StrEnum):
    """Why a request was refused."""

    BAD_REQUEST = "BAD_REQUEST"
    BAD_OFFER = "BAD_OFFER"
    ROOM_FULL = "ROOM_FULL"
    UNKNOWN_ENDPOINT = "UNKNOWN_ENDPOINT"
    NOT_PRESENT = "NOT_PRESENT"
    BROKEN = "BROKEN"


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EndpointRights(_Message):
    audio: bool = False
    camera: bool = False
    screen: bool = False


class Join(_Message):
    op: Literal["join"]
    room: Name
    endpoint: Name
    connection: Name
    sdp: str


class Leave(_Message):
    op: Literal["leave"]
    room: Name
    endpoint: Name


class SetRights(_Message):
    op: Literal["rights"]
    room: Name
    seq: int
    endpoints: dict[Name, EndpointRights]
    present: list[Name] | None = None
    """Who may be in the room at all; whoever is not in the list is put out. None: everybody may."""


class SetStage(_Message):
    op: Literal["stage"]
    room: Name
    seq: int
    big: Name | None
    order: list[Name] = []


class View(_Message):
    op: Literal["view"]
    room: Name
    endpoint: Name
    thumbs: int = Field(ge=0, le=64)


class Stats(_Message):
    op: Literal["stats"]


class CloseRoom(_Message):
    op: Literal["close_room"]
    room: Name


Request = Annotated[Join | Leave | SetRights | SetStage | View | Stats | CloseRoom, Field(discriminator="op")]


class Hello(_Message):
    """First on every control connection. A new `epoch` is a new process that knows nothing."""

    ev: Literal["hello"] = "hello"
    worker: str
    epoch: str
    udp: int


class SlotsChanged(_Message):
    ev: Literal["slots"] = "slots"
    room: str
    endpoint: str
    slots: dict[str, str | bool | None]


class Connected(_Message):
    ev: Literal["connected"] = "connected"
    room: str
    endpoint: str
    connection: str


class Disconnected(_Message):
    ev: Literal["disconnected"] = "disconnected"
    room: str
    endpoint: str
    connection: str
    reason: str


class Speaking(_Message):
    ev: Literal["speaking"] = "speaking"
    room: str
    endpoints: list[str]


Event = Annotated[Hello | SlotsChanged | Connected | Disconnected | Speaking, Field(discriminator="ev")]
