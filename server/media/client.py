"""The web process's side of the control door. Reconnects for ever; the caller pushes everything again on `hello`.

`request` either returns the worker's answer or raises: `MediaUnavailable` when nobody answered in time,
`MediaRefused` with the worker's code.
"""

import asyncio
import itertools
import json
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
from pydantic import TypeAdapter, ValidationError

from server.media.messages import Event, Hello

log = logging.getLogger(__name__)

AnyEvent = Any
_events: TypeAdapter[Any] = TypeAdapter(Event)

HANDSHAKE = 3.0
"""Seconds for a connection to come about: a worker that is stopped accepts in the kernel and never answers."""
HEARTBEAT = 3.0
BACKLOG = 10_000
"""Events waiting for the caller; with more the line is closed and begun anew, as after any loss."""


class MediaUnavailable(Exception):
    """No worker answered."""


class MediaRefused(Exception):
    """The worker said no."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MediaClient:
    """One control connection, kept alive.

    `on_event` gets the models of `messages.py` in order; it must not block. `on_connected(epoch)` is awaited after
    every (re)connect, before events are delivered: push rights and stage there. `on_lost()` tells that nobody is there;
    then `on_failed(refused)` after every vain attempt: refused means that nothing listens there, a process is dead.
    """

    def __init__(
        self,
        *,
        url: str,
        token: str,
        on_event: Callable[[AnyEvent], Awaitable[None] | None] = lambda event: None,
        on_connected: Callable[[str], Awaitable[None]] | None = None,
        on_lost: Callable[[], None] = lambda: None,
        on_failed: Callable[[bool], None] = lambda refused: None,
        timeout: float = 5.0,
    ) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._on_event = on_event
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._on_failed = on_failed
        self._timeout = timeout
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._line: aiohttp.ClientWebSocketResponse | None = None
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.hello: Hello | None = None

    @property
    def connected(self) -> bool:
        return self._line is not None

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_connected())

    async def wait_connected(self) -> None:
        """Until the worker has said hello and `on_connected` is through; put your own timeout around it."""
        await self._up.wait()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def request(self, op: str, **fields: Any) -> dict[str, Any]:
        """Ask the worker; see the module for what is raised."""
        line = self._line
        if line is None:
            raise MediaUnavailable("not connected")
        number = next(self._numbers)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            async with asyncio.timeout(self._timeout):
                await line.send_str(json.dumps({"id": number, "op": op, **fields}))
                answer = await future
        except (TimeoutError, ConnectionError) as error:
            raise MediaUnavailable(op) from error
        finally:
            self._waiting.pop(number, None)
        if not answer.get("ok"):
            raise MediaRefused(str(answer.get("code")))
        return answer

    async def _keep_connected(self) -> None:
        delay = 0.1
        async with aiohttp.ClientSession() as session:
            while True:
                line = await self._connect(session)
                if line is not None:
                    delay = 0.1
                    async with line:
                        with suppress(aiohttp.ClientError, OSError, TimeoutError):
                            await self._listen(line)
                await asyncio.sleep(delay * (0.5 + random.random()))  # noqa: S311 - jitter
                delay = min(delay * 2, 0.5)

    async def _connect(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse | None:
        try:
            async with asyncio.timeout(HANDSHAKE):
                return await session.ws_connect(
                    self._url, headers=self._headers, heartbeat=HEARTBEAT, max_msg_size=4_000_000
                )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
            self._on_failed(isinstance(cause, ConnectionRefusedError))
            return None

    async def _listen(self, line: aiohttp.ClientWebSocketResponse) -> None:
        # Events wait in their own queue: the caller's `on_connected` makes requests, whose answers must be read.
        queue: asyncio.Queue[AnyEvent] = asyncio.Queue(BACKLOG)
        teller = asyncio.create_task(self._deliver(queue, line))
        try:
            async for frame in line:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    continue
                message = json.loads(frame.data)
                if "ev" not in message:
                    future = self._waiting.get(message.get("id"))
                    if future is not None and not future.done():
                        future.set_result(message)
                    continue
                with suppress(ValidationError):  # a newer worker may know more events
                    event = _events.validate_python(message)
                    if isinstance(event, Hello):
                        self.hello = event
                        self._line = line
                    if queue.full():
                        break
                    queue.put_nowait(event)
        finally:
            self._line = None
            self._up.clear()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError("control connection lost"))
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)
            self._on_lost()

    async def _deliver(self, queue: asyncio.Queue[AnyEvent], line: aiohttp.ClientWebSocketResponse) -> None:
        try:
            while True:
                event = await queue.get()
                if isinstance(event, Hello):
                    if self._on_connected is not None:
                        with suppress(MediaUnavailable):
                            await self._on_connected(event.epoch)
                    self._up.set()
                told = self._on_event(event)
                if told is not None:
                    await told
        except Exception:
            # The listener failed (a busy database): begin again with a new line rather than go deaf.
            log.exception("media events")
            await line.close()
