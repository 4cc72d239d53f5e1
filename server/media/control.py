"""The control door of a worker: an aiohttp WebSocket with a bearer token. Decode, call the plane, answer.

Requests carry an `id` and are answered in order; events go to every control connection. A connection that does not
read is closed: it will come back and push everything again.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import BaseModel, TypeAdapter

from server.media.endpoint import Rights
from server.media.messages import (
    CloseRoom,
    Drain,
    Draining,
    Hello,
    Join,
    Leave,
    Probe,
    Problem,
    Request,
    Sending,
    SetRights,
    SetStage,
    Spread,
    View,
)
from server.media.plane import Declined, MediaPlane
from server.media.room import Layout

logger = logging.getLogger(__name__)

MAX_FRAME = 1_000_000
_BACKLOG = 1000
_requests: TypeAdapter[Any] = TypeAdapter(Request)


class ControlServer:
    """See the module."""

    def __init__(self, *, plane: MediaPlane, token: str, worker: str, drain: Callable[[], None]) -> None:
        self._plane = plane
        self._drain = drain
        self._expected = f"Bearer {token}"
        self._worker = worker
        self._lines: dict[web.WebSocketResponse, tuple[asyncio.Queue[str], asyncio.Task[None]]] = {}
        plane.tell = self.tell

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/control", self._serve)
        application.on_shutdown.append(self._hang_up)
        return application

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), self._expected.encode()):
            return web.json_response({"code": "UNAUTHORIZED"}, status=401)
        line = web.WebSocketResponse(max_msg_size=MAX_FRAME, heartbeat=10)
        await line.prepare(request)
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=_BACKLOG)
        queue.put_nowait(
            Hello(
                worker=self._worker,
                epoch=self._plane.epoch,
                udp=self._plane.port.number,
                pipe=self._plane.neighbours.links.place,
            ).model_dump_json()
        )
        if self._plane.draining:
            queue.put_nowait(Draining().model_dump_json())
        writer = asyncio.create_task(self._write(line, queue))
        self._lines[line] = (queue, writer)
        try:
            async for frame in line:
                if frame.type is WSMsgType.TEXT:
                    await queue.put(json.dumps(await self._answer(frame.data)))
        finally:
            del self._lines[line]
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return line

    async def _write(self, line: web.WebSocketResponse, queue: asyncio.Queue[str]) -> None:
        with suppress(ConnectionError):
            while not queue.full():
                await line.send_str(await queue.get())
            await line.close(code=1013)

    def tell(self, event: BaseModel) -> None:
        """An event, to every control connection."""
        text = event.model_dump_json()
        for queue, _ in self._lines.values():
            if not queue.full():  # a full one is closed by its writer
                queue.put_nowait(text)

    async def _answer(self, text: str) -> dict[str, object]:
        number: object = None
        try:
            raw = json.loads(text)
            number = raw.pop("id", None)
            request = _requests.validate_python(raw)
        except (ValueError, AttributeError, TypeError, RecursionError):
            return {"id": number, "ok": False, "code": Problem.BAD_REQUEST}
        try:
            return {"id": number, "ok": True, **await self._do(request)}
        except Declined as declined:
            return {"id": number, "ok": False, "code": declined.problem}
        except Exception:
            # One peer's strange description must not cut the line that carries everybody's rights.
            logger.exception("control request failed")
            return {"id": number, "ok": False, "code": Problem.BROKEN}

    async def _do(self, request: Any) -> dict[str, object]:
        plane = self._plane
        match request:
            case Join():
                answer = plane.join(
                    room=request.room,
                    endpoint=request.endpoint,
                    connection=request.connection,
                    sdp_offer=request.sdp,
                )
                return {"sdp": answer}
            case Leave():
                plane.leave(room=request.room, endpoint=request.endpoint)
                return {}
            case SetRights():
                rights = {
                    name: Rights(audio=each.audio, camera=each.camera, screen=each.screen)
                    for name, each in request.endpoints.items()
                }
                present = None if request.present is None else frozenset(request.present)
                applied = plane.rights(room=request.room, seq=request.seq, rights=rights, present=present)
                return {"applied": applied}
            case SetStage():
                return {
                    "applied": plane.stage(room=request.room, seq=request.seq, big=request.big, order=request.order)
                }
            case Spread():
                return {"applied": plane.spread(room=request.room, seq=request.seq, workers=request.workers)}
            case View():
                shown = Layout(big=request.big, thumbs=request.thumbs, thumb=request.thumb, page=request.page)
                plane.view(room=request.room, endpoint=request.endpoint, layout=shown)
                return {}
            case Sending():
                plane.sending(
                    room=request.room, endpoint=request.endpoint, camera=request.camera, screen=request.screen
                )
                return {}
            case Probe():
                return {"sdp": plane.probe(sdp_offer=request.sdp)}
            case Drain():
                self._drain()
                return {}
            case CloseRoom():
                await plane.close_room(room=request.room)
                return {}
            case _:
                return plane.stats()

    async def _hang_up(self, _: web.Application) -> None:
        for line in list(self._lines):
            await line.close(code=1001)
