"""What goes through a pipe: packets under a small head, and words. Pure; rubbish is no frame.

A packet is plain RTP. Its `number` is the one that the owner's layer has given it, without gaps for padding. Streams
and layers are numbers that the sender has chosen for this link.
"""

import struct
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from server.media.messages import Epoch, Name
from server.media.sdp import MAX_RIDS, Codec, Use

HEAD = struct.Struct("!BxHIq")
PACKET, WORD = 1, 2
LARGEST = 16_384
MAX_NUMBERS = 64
MAX_LAYER = 0xFFFF

Rid = Annotated[str, StringConstraints(max_length=16)]
Stream = Annotated[int, Field(ge=1, le=0xFFFFFFFF)]
LayerNumber = Annotated[int, Field(ge=0, le=MAX_LAYER)]


class _Word(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hello(_Word):
    """The first word of both sides."""

    op: Literal["hello"] = "hello"
    epoch: Epoch


class Enter(_Word):
    """From now on I want to know who of this room is with you."""

    op: Literal["enter"] = "enter"
    room: Name


class Exit(_Word):
    """I have no such room any more: forget what we had in common in it."""

    op: Literal["exit"] = "exit"
    room: Name


class Track(_Word):
    """A microphone, a camera or a screen, as its owner's offer described it. `level` is the extension of the level."""

    stream: Stream
    use: Literal[Use.MIC, Use.CAMERA, Use.SCREEN]
    codec: Codec
    pt: int = Field(ge=0, le=127)
    rids: tuple[Rid, ...] = Field(default=(), max_length=MAX_RIDS)
    level: int = Field(default=0, ge=0, le=255)
    live: bool = False


class Present(_Word):
    """Somebody is connected with me, since that moment of the clock that all processes of a machine share."""

    op: Literal["present"] = "present"
    room: Name
    endpoint: Name
    since: float
    tracks: tuple[Track, ...] = Field(default=(), max_length=3)


class Absent(_Word):
    """And is no more."""

    op: Literal["absent"] = "absent"
    room: Name
    endpoint: Name


class Live(_Word):
    """Whether the track sends."""

    op: Literal["live"] = "live"
    stream: Stream
    live: bool


class Begin(_Word):
    """Packets of this encoding come now, under this number; what came of it before is out of date."""

    op: Literal["begin"] = "begin"
    stream: Stream
    layer: LayerNumber
    rid: Rid


class Clock(_Word):
    """The publisher's last sender report of a layer, and how far its clock is from ours."""

    op: Literal["clock"] = "clock"
    stream: Stream
    layer: LayerNumber
    ntp: float
    rtp: int = Field(ge=0, le=0xFFFFFFFF)
    offset: float


class Ask(_Word):
    """My viewers wish these encodings of a picture, 0 is the biggest."""

    op: Literal["ask"] = "ask"
    stream: Stream
    encodings: tuple[Annotated[int, Field(ge=0, lt=MAX_RIDS)], ...] = Field(max_length=MAX_RIDS)


class Key(_Word):
    """A viewer of mine needs a key frame."""

    op: Literal["key"] = "key"
    stream: Stream
    layer: LayerNumber


class Again(_Word):
    """These packets have not come."""

    op: Literal["again"] = "again"
    stream: Stream
    layer: LayerNumber
    numbers: tuple[int, ...] = Field(max_length=MAX_NUMBERS)


class Loud(_Word):
    """Whose voices are heard in this room: the first worker of a room decides it for all."""

    op: Literal["loud"] = "loud"
    room: Name
    endpoints: tuple[Name, ...] = Field(max_length=16)


Word = Hello | Enter | Exit | Present | Absent | Live | Begin | Clock | Ask | Key | Again | Loud
_words: TypeAdapter[Any] = TypeAdapter(Annotated[Word, Field(discriminator="op")])


def packed(word: Word) -> bytes:
    """The datagram of a word."""
    return bytes([WORD]) + word.model_dump_json().encode()


def unpacked(data: bytes) -> Word | None:
    """The word in a datagram; None when there is none that we know."""
    if data[:1] != bytes([WORD]):
        return None
    try:
        word: Word = _words.validate_json(data[1:])
    except (ValidationError, RecursionError):
        return None
    return word
