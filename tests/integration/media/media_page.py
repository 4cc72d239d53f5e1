"""A page around the real media engine, and a stand-in for the web process that carries its frames to the worker.

The engine is bundled from the TypeScript of the product; only the room around it is missing.
"""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from playwright.async_api import Page

from server.media.client import MediaUnavailable
from server.media.messages import Quality, SlotsChanged, Watched
from tests.integration.media.media_harness import ROOT, Gateway

FRONTEND = ROOT / "frontend"
PAGE = """<!doctype html><meta charset="utf-8"><title>media</title>
<video id="big" autoplay muted playsinline></video><video id="t0" autoplay muted playsinline></video>
<script type="module">
import { createMediaEngine } from "/engine.js";
const Original = window.RTCPeerConnection;
window.peers = [];
window.stuck = false;
window.RTCPeerConnection = class extends Original {
  constructor(...words) { super(...words); window.peers.push(this); }
  async getStats(...words) {
    const rows = [...(await super.getStats(...words)).values()];
    return rows.map((row) => (window.stuck && "framesDecoded" in row ? { ...row, framesDecoded: 1000 } : row));
  }
};
const name = new URLSearchParams(location.search).get("name");
const listeners = new Set(), welcomes = new Set();
let socket = null;
function connect() {
  const fresh = new WebSocket(`ws://${location.host}/line?name=${name}`);
  fresh.onopen = () => { socket = fresh; for (const each of welcomes) each(); };
  fresh.onmessage = ({ data }) => { for (const each of listeners) each(JSON.parse(data)); };
  fresh.onclose = () => { socket = null; setTimeout(connect, 200); };
}
connect();
const line = {
  send(frame) { if (!socket) return false; socket.send(JSON.stringify(frame)); return true; },
  onFrame(listener) { listeners.add(listener); return () => listeners.delete(listener); },
  onWelcome(listener) { welcomes.add(listener); if (socket) listener(); return () => welcomes.delete(listener); },
};
const engine = window.engine = createMediaEngine(line, { thumbs: 2 });
window.states = [];
engine.on("state", ({ state, reason }) => window.states.push(reason ? `${state}:${reason}` : state));
for (const slot of ["big", "t0"]) document.getElementById(slot).srcObject = engine.stream(slot);
window.slot = async (wanted) => (await engine.stats()).slots.find((each) => each.slot === wanted);
window.ready = true;
</script>"""


async def until(page: Page, condition: str, seconds: float = 10) -> None:
    """Wait until an expression of the page, which may be a promise, is true. (`wait_for_function` takes a promise
    itself for true.)"""
    async with asyncio.timeout(seconds):
        await page.evaluate(
            f"(async () => {{ while (!(await ({condition}))) await new Promise((done) => setTimeout(done, 100)); }})()"
        )


def bundle(target: Path) -> Path:
    """The engine as one module."""
    command = [str(FRONTEND / "node_modules/.bin/rolldown"), "src/media/index.ts", "--format", "esm"]
    command += ["--tsconfig", "tsconfig.json", "--file", str(target)]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
    return target


class Site:
    """Serves the page and is its line to the worker. It tells every page that it may send everything."""

    def __init__(self, gateway: Gateway, engine: Path) -> None:
        self.gateway = gateway
        self._engine = engine
        self._lines: dict[str, web.WebSocketResponse] = {}
        self._runner: web.AppRunner | None = None
        self._teller: asyncio.Task[None] | None = None
        self.address = ""
        self.offers: dict[str, list[str]] = {}
        self.answers: dict[str, list[str]] = {}
        self.reports: dict[str, list[dict[str, Any]]] = {}

    async def open(self) -> None:
        application = web.Application()
        application.router.add_get("/", self._page)
        application.router.add_get("/engine.js", self._script)
        application.router.add_get("/line", self._line)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._teller = asyncio.create_task(self._tell_events())

    async def close(self) -> None:
        assert self._runner is not None
        assert self._teller is not None
        self._teller.cancel()
        await asyncio.gather(self._teller, return_exceptions=True)
        for line in list(self._lines.values()):
            await line.close()
        await self._runner.cleanup()

    async def tell(self, name: str, frame: dict[str, Any]) -> None:
        line = self._lines.get(name)
        if line is not None:
            await line.send_json(frame)

    async def tell_all(self, frame: dict[str, Any]) -> None:
        for name in list(self._lines):
            await self.tell(name, frame)

    async def _tell_events(self) -> None:
        """What the worker says to a page."""
        told = 0
        while True:
            for event in self.gateway.events[told:]:
                told += 1
                if isinstance(event, SlotsChanged | Watched | Quality):
                    words = event.model_dump(mode="json", exclude={"ev", "room", "endpoint"})
                    await self.tell(event.endpoint, {"op": event.ev, **words})
            await asyncio.sleep(0.02)

    async def _page(self, _: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def _script(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(self._engine, headers={"Content-Type": "text/javascript"})

    async def _line(self, request: web.Request) -> web.WebSocketResponse:
        name = request.query["name"]
        line = web.WebSocketResponse(max_msg_size=1_000_000)
        await line.prepare(request)
        self._lines[name] = line
        async for message in line:
            if message.type is WSMsgType.TEXT:
                await self._on_frame(name, json.loads(message.data))
        if self._lines.get(name) is line:
            del self._lines[name]
        return line

    async def _on_frame(self, name: str, frame: dict[str, Any]) -> None:
        """As `stage/gateway.py` does it."""
        client, room = self.gateway.client, self.gateway.room
        match frame["op"]:
            case "enter":
                await self.tell(name, {"op": "engine", "engine": "sfu", "ice_servers": [], "expires_s": 600})
            case "offer":
                self.offers.setdefault(name, []).append(frame["sdp"])
                try:
                    answer = await self.gateway.join(name, frame["connection"], frame["sdp"])
                except MediaUnavailable:
                    await self.tell(name, {"op": "unavailable"})
                    return
                self.answers.setdefault(name, []).append(answer)
                await self.tell(name, {"op": "answer", "sdp": answer, "connection": frame["connection"]})
                await self.tell(name, {"op": "rights", "audio": True, "camera": True, "screen": True})
                await self.tell(name, {"op": "slots", "slots": self.gateway.slots(name)})
            case "view":
                wish = {key: value for key, value in frame.items() if key != "op"}
                await client.request("view", room=room, endpoint=name, **wish)
            case "sending":
                on = {"camera": frame["camera"], "screen": frame["screen"]}
                await client.request("sending", room=room, endpoint=name, **on)
            case "report":
                self.reports.setdefault(name, []).append(frame)
            case "leave":
                await client.request("leave", room=room, endpoint=name)
