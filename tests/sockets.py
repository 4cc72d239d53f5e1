"""A client of /ws/live for tests: the real ASGI application, without a network in between."""

import asyncio
import json
import uuid
from types import TracebackType
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from server.accounts.models import Account
from server.asgi import application

Frame = dict[str, Any]


class LiveClient:
    """Speaks protocol 1 and keeps every frame it was sent."""

    def __init__(self, *, cookie: str, meeting: object, since: int | None = None, seat: str = "person") -> None:
        headers = [(b"origin", b"http://localhost"), (b"cookie", cookie.encode())]
        self.socket = WebsocketCommunicator(application, "/ws/live", headers=headers)
        self.meeting = str(meeting)
        self.since = since
        self.seat = seat
        self.welcome: Frame = {}
        self.frames: list[Frame] = []

    async def __aenter__(self) -> "LiveClient":
        connected, _ = await self.socket.connect()
        assert connected
        await self.send(t="hello", protocol=1, meeting=self.meeting, since=self.since, seat=self.seat)
        self.welcome = await self.until("welcome")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.disconnect()

    async def send(self, **frame: Any) -> None:
        """Send a frame."""
        await self.socket.send_to(text_data=json.dumps(frame))

    async def receive(self) -> Frame:
        """The next frame."""
        frame: Frame = await self.socket.receive_json_from(timeout=5)
        self.frames.append(frame)
        return frame

    async def until(self, kind: str, **facts: Any) -> Frame:
        """Read on until a frame of this kind with these facts."""
        async with asyncio.timeout(10):
            while True:
                frame = await self.receive()
                if frame["t"] == kind and facts.items() <= frame.items():
                    return frame

    async def do(self, type_: str, *, id: str | None = None, **fields: Any) -> Frame:  # noqa: A002 - the wire's word
        """Give a command and wait for its answer."""
        command_id = id or str(uuid.uuid4())
        await self.send(t="do", id=command_id, command={"type": type_, **fields})
        async with asyncio.timeout(10):
            while True:
                frame = await self.receive()
                if frame["t"] in ("done", "refused") and frame["id"] == command_id:
                    return frame

    async def events_until(self, seq: int) -> list[Frame]:
        """All events told so far, read on until `seq` is reached."""
        while not (told := self.told) or told[-1]["seq"] < seq:
            await self.until("events")
        return self.told

    @property
    def told(self) -> list[Frame]:
        """Every event this client was told, welcome included."""
        return [event for frame in self.frames for event in frame.get("events", [])]


@sync_to_async
def cookie_of(account: Account) -> str:
    """A session cookie of a signed-in account."""
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return f"gongshang_session={client.cookies['gongshang_session'].value}"
