"""The one consumer: decode, call, send.

A connection is nobody until its `hello` has found a seat; after that every frame is authorised by (person, meeting,
role) in `execute`. Malformed, oversized and too many frames get a code and, when it goes on, the door.
"""

import asyncio
import contextlib
import json
import logging
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer

from meetings.live import access, commands, hosting, media_port, permissions, snapshots
from meetings.live.execute import execute
from meetings.live.feed import Subscriber, events_frame, hub
from meetings.live.limits import Bucket
from meetings.live.roles import PROGRAM_ROLES, Audience, Role, audience_of
from meetings.live.threads import run
from server.accounts.sign_ins import sign_in_of
from server.core import clock, ids
from server.core.errors import Code, Refused
from server.core.text import can_be_kept, require_kept

log = logging.getLogger(__name__)

PROTOCOL = 1
HELLO_SECONDS = 10
SEATS = ("person", "companion", "venue", "program")
MAX_FRAME = 16_000
MAX_MEDIA_FRAME = 300_000
CLOSE = {
    Code.NOT_SIGNED_IN: 4001,
    Code.PASSWORD_CHANGE_REQUIRED: 4001,
    Code.NOT_ALLOWED: 4003,
    Code.NOT_IN_MEETING: 4003,
    Code.BAD_ORIGIN: 4003,
    Code.NOT_FOUND: 4004,
    Code.BAD_PROTOCOL: 4010,
    Code.TOO_LARGE: 4009,
    Code.BAD_FRAME: 4009,
    Code.INTERNAL: 1013,
}
HELLO_LATE = 4011
TOO_MANY = 4029


class LiveConsumer(AsyncWebsocketConsumer):
    """One WebSocket of one participant."""

    channel_layer_alias = "none"  # the hub listens for the whole process

    async def connect(self) -> None:
        """Accept and wait for the hello; who it is will be known then."""
        self.seat: media_port.Seat | None = None
        self.subscriber: Subscriber | None = None
        self.bucket = Bucket(per_second=20, burst=80)
        self.strikes = 0
        await self.accept()
        self.patience = asyncio.create_task(self._wait_for_hello(), name="hello")

    async def disconnect(self, code: int) -> None:
        """Leave the feed; the seat, the place in the queue and the floor stay."""
        await self._stop_waiting()
        if self.seat and self.subscriber:
            await hub.leave(self.seat.meeting, self.subscriber)
            await media_port.port().closed(self.seat)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame from the client."""
        frame_id = None
        try:
            if not self.bucket.take():
                await self.close(TOO_MANY)
                return
            frame = decode(text_data)
            frame_id = id_of(frame)
            require_kept(frame)
            await self._on(frame)
        except Refused as refused:
            await self._refuse(refused, frame_id)
        except Exception:
            log.exception("frame")
            await self._refuse(Refused(Code.INTERNAL), frame_id)

    async def _on(self, frame: dict[str, Any]) -> None:
        kind = frame.get("t")
        if kind == "hello" and self.seat is None:
            await self._hello(frame)
        elif self.seat is None or self.subscriber is None:
            raise Refused(Code.BAD_FRAME)
        elif kind == "do":
            await self._do(frame, self.seat)
        elif kind == "seen" and isinstance(frame.get("mark"), str):
            self.subscriber.has_seen(frame["mark"])
        elif kind == "media":
            await media_port.port().frame(self.seat, frame)
        else:
            raise Refused(Code.BAD_FRAME)

    async def _hello(self, frame: dict[str, Any]) -> None:
        await self._stop_waiting()
        if frame.get("protocol") != PROTOCOL:
            raise Refused(Code.BAD_PROTOCOL, protocol=PROTOCOL)
        since, as_ = frame.get("since"), frame.get("seat", "person")
        good_since = since is None or (isinstance(since, int) and since >= 0)
        if not good_since or as_ not in SEATS:
            raise Refused(Code.BAD_FRAME)
        meeting_id = uuid_in(frame, "meeting")
        who = {"user": self.scope["user"], "session": self.scope["session"]}
        me = await run(access.participant_of, **who, meeting_id=meeting_id)
        program = as_ == "program"
        if program and me.role not in PROGRAM_ROLES:
            raise Refused(Code.NOT_ALLOWED)
        # A hall looks at it: whoever has opened it, it shows what everybody may see.
        audience = Audience.EVERYONE if program else audience_of(me.role)
        role = hosting.effective_role(me, me.meeting.acting_host_id)
        catchup = await run(snapshots.catch_up, meeting_id, audience, since=since)
        welcome = {
            "t": "welcome",
            "protocol": PROTOCOL,
            "at": clock.iso(clock.now()),
            "seq": catchup.seq,
            "me": {
                "participant": str(me.pk),
                "name": me.name,
                "role": me.role,
                "audience": audience.value,
                "seat": as_,
                "can": [] if program else permissions.commands_of(Role(me.role), role),
            },
        }
        tail = events_frame(catchup.tail, audience).removeprefix('{"t":"events",')
        head = json.dumps(welcome, ensure_ascii=False, separators=(",", ":"))[:-1]
        await self.send(f'{head},"snapshot":{catchup.snapshot or "null"},{tail}')
        self.seat = media_port.Seat(
            connection=str(ids.new()), meeting=meeting_id, participant=me.pk, seat=as_, send=self._send_frame
        )
        self.subscriber = Subscriber(
            participant=me.pk, role=role, audience=audience, sign_in=sign_in_of(**who),
            send=self.send, close=self.close, seq=catchup.seq, screen=program,
        )  # fmt: skip
        await hub.join(meeting_id, self.subscriber)

    async def _do(self, frame: dict[str, Any], seat: media_port.Seat) -> None:
        if seat.seat == "program":  # it stands unattended in a hall
            raise Refused(Code.NOT_ALLOWED)
        command_id = str(uuid_in(frame, "id"))
        command = commands.parse(frame.get("command"))
        answer = await run(
            execute, meeting_id=seat.meeting, actor=seat.participant, command_id=command_id, command=command
        )
        await self._send_frame({"t": "done", "id": command_id, "seq": answer.seq, "result": answer.result})

    async def _refuse(self, refused: Refused, frame_id: str | None) -> None:
        await self._send_frame({"t": "refused", "id": frame_id, "code": refused.code.value, "facts": refused.facts})
        self.strikes += refused.code in (Code.BAD_FRAME, Code.TOO_LARGE)
        if self.seat is None or self.strikes > 20:
            await self.close(CLOSE.get(refused.code, 4009))

    async def _send_frame(self, frame: dict[str, Any]) -> None:
        with contextlib.suppress(Exception):  # the socket may be gone by now
            await self.send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def _wait_for_hello(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        await self.close(HELLO_LATE)

    async def _stop_waiting(self) -> None:
        self.patience.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.patience


def decode(text: str | None) -> dict[str, Any]:
    """The JSON object in a text frame, within its size limit."""
    if text is None:
        raise Refused(Code.BAD_FRAME)
    if len(text) > MAX_MEDIA_FRAME:
        raise Refused(Code.TOO_LARGE)
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(Code.BAD_FRAME) from None
    if not isinstance(frame, dict):
        raise Refused(Code.BAD_FRAME)
    if len(text) > MAX_FRAME and frame.get("t") != "media":
        raise Refused(Code.TOO_LARGE)
    return frame


def id_of(frame: dict[str, Any]) -> str | None:
    """The identifier that the answer carries too, when it is one that can be sent."""
    given = frame.get("id")
    return given if isinstance(given, str) and can_be_kept(given) else None


def uuid_in(frame: dict[str, Any], key: str) -> UUID:
    """The identifier in a frame."""
    try:
        return UUID(frame[key])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Refused(Code.BAD_FRAME) from None
