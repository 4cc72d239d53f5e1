"""Words of the control API between the web process and a media worker: requests, events, error codes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Epoch = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]


class Problem(StrEnum):
    """Why a request was refused."""

    BAD_REQUEST = "BAD_REQUEST"
    BAD_OFFER = "BAD_OFFER"
    ROOM_FULL = "ROOM_FULL"
    DRAINING = "DRAINING"
    UNKNOWN_ENDPOINT = "UNKNOWN_ENDPOINT"
    NOT_PRESENT = "NOT_PRESENT"
    BROKEN = "BROKEN"
    BUSY = "BUSY"


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


class Spread(_Message):
    """Which workers carry the room, by their epochs, its home first. Only for workers that say the same `pipe`."""

    op: Literal["spread"]
    room: Name
    seq: int
    workers: list[Epoch] = Field(max_length=64)


class View(_Message):
    """What a page shows now. Heights are device pixels (CSS pixels times devicePixelRatio); 0 is not shown at all."""

    op: Literal["view"]
    room: Name
    endpoint: Name
    big: int = Field(default=720, ge=0, le=4320)
    thumbs: int = Field(ge=0, le=64)
    thumb: int = Field(default=180, ge=0, le=4320)
    page: int = Field(default=0, ge=0, le=1000)
    """Which page of small pictures, from 0; one behind the last shows the last."""


class Sending(_Message):
    """What a page sends, by its own word. Encodings that nobody watches are paused: their silence says nothing."""

    op: Literal["sending"]
    room: Name
    endpoint: Name
    camera: bool
    screen: bool


class Drain(_Message):
    """Take nobody new. Who is here stays until the web process has moved them."""

    op: Literal["drain"]


class Probe(_Message):
    """A browser wants to measure its way here: answer with a mirror that lives a minute (`probe.py`)."""

    op: Literal["probe"]
    sdp: str


class Stats(_Message):
    op: Literal["stats"]


class CloseRoom(_Message):
    op: Literal["close_room"]
    room: Name


Request = Annotated[
    Join | Leave | SetRights | SetStage | Spread | View | Sending | Drain | Probe | Stats | CloseRoom,
    Field(discriminator="op"),
]


class Hello(_Message):
    """First on every control connection. A new `epoch` is a new process that knows nothing."""

    ev: Literal["hello"] = "hello"
    worker: str
    epoch: str
    udp: int
    pipe: str = ""
    """Workers that say the same can carry a room together; empty: this one cannot."""


class SlotsChanged(_Message):
    ev: Literal["slots"] = "slots"
    room: str
    endpoint: str
    slots: dict[str, str | bool | None]
    pages: int = 1
    """How many pages of small pictures there are for this viewer."""


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


class Watched(_Message):
    """Which encodings of an endpoint anybody watches: the others need not be made. Biggest first; empty is none."""

    ev: Literal["watched"] = "watched"
    room: str
    endpoint: str
    camera: list[str]
    screen: bool


class QualityLevel(StrEnum):
    """How well media reaches an endpoint, or comes from it."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class QualityReason(StrEnum):
    """What limits it."""

    NONE = "none"
    DOWNLINK_LOSS = "downlink_loss"
    DOWNLINK_BANDWIDTH = "downlink_bandwidth"
    UPLINK_LOSS = "uplink_loss"
    UPLINK_BANDWIDTH = "uplink_bandwidth"
    UPLINK_SILENT = "uplink_silent"
    """It should send and nothing arrives."""


class Quality(_Message):
    """Told when it changes, per endpoint."""

    ev: Literal["quality"] = "quality"
    room: str
    endpoint: str
    level: QualityLevel
    reason: QualityReason
    audio_only: bool
    """Not even the smallest picture fits this viewer's link: sound goes on alone."""


class Load(_Message):
    """Every two seconds: how busy this worker is."""

    ev: Literal["load"] = "load"
    endpoints: int
    cpu: float
    """Of one core, 0 to 1."""


class Draining(_Message):
    """This worker takes nobody new and will end: give its rooms another home. Told once, and after every hello."""

    ev: Literal["draining"] = "draining"


Event = Annotated[
    Hello | SlotsChanged | Connected | Disconnected | Speaking | Watched | Quality | Load | Draining,
    Field(discriminator="ev"),
]
