"""Janus VideoRoom as Debian ships it, alone with its WebSocket door: no other plugin, no needless header extension.

Janus is the DTLS client in both directions: its handshake as server does not come to an end with aiortc as client.
"""

import asyncio
import itertools
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench.live import free_port
from tests.bench.sfu import description
from tests.bench.sfu.description import Line
from tests.bench.sfu.load import Load, Publisher
from tests.bench.sfu.peer import Remote
from tests.bench.sfu.picture import Sound
from tests.bench.sfu.processes import Process
from tests.bench.sfu.servers import Unavailable

ROOM = 1
START_S = 15.0
ANSWER_S = 20.0
_PARTS = ("plugins", "transports", "loggers", "events")
_KEPT = {"libjanus_videoroom.so", "libjanus_websockets.so"}

Words = dict[str, Any]


def library() -> Path:
    found = next(Path("/usr/lib").glob("*/janus/plugins/libjanus_videoroom.so"), None)
    if found is None or shutil.which("janus") is None:
        raise Unavailable("Janus is not installed: apt-get install --no-install-recommends janus")
    return found.parents[1]


def write_configuration(folder: Path, host: str, port: int, event_loops: int) -> None:
    base = library()
    rows = []
    for part in _PARTS:
        others = ",".join(sorted(each.name for each in (base / part).glob("*.so") if each.name not in _KEPT))
        rows.append(f'{part}: {{ disable = "{others}" }}')
    loops = f"event_loops = {event_loops}" if event_loops else ""
    (folder / "janus.jcfg").write_text(f"""
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{base}/plugins"
    transports_folder = "{base}/transports"
    loggers_folder = "{base}/loggers"
    events_folder = "{base}/events"
    debug_level = 1
    session_timeout = 0
    {loops}
}}
nat: {{ ice_enforce_list = "{host}" }}
{chr(10).join(rows)}
""")
    (folder / "janus.transport.websockets.jcfg").write_text(f"""
general: {{ json = "compact" ws = true ws_port = {port} ws_ip = "127.0.0.1" wss = false }}
""")


class Janus:
    """See the module; `event_loops` 0 leaves the default, a thread for each handle."""

    def __init__(self, load: Load, *, event_loops: int = 0) -> None:
        library()
        self.name = f"janus event_loops={event_loops}" if event_loops else "janus"
        self._load = load
        self._folder = Path(tempfile.mkdtemp(prefix="gongshang-bench-janus-"))
        self._port = free_port()
        write_configuration(self._folder, load.host, self._port, event_loops)
        self._process = Process(["janus", "--configs-folder", str(self._folder)])
        self._door = Door(f"http://127.0.0.1:{self._port}")
        self._feeds: list[int] = []
        self.processes: Sequence[Process] = [self._process]

    async def start(self) -> None:
        await self._door.open(self._process)
        handle = await self._door.attach()
        room = {
            "request": "create", "room": ROOM, "publishers": 50, "audiocodec": "opus", "videocodec": "vp8",
            "audiolevel_ext": False, "videoorient_ext": False, "playoutdelay_ext": False,
            "transport_wide_cc_ext": False, "bitrate": 4_000_000,
        }  # fmt: skip
        await self._door.ask(handle, room)

    async def publish(self, *, sound: bool) -> Publisher:
        feed = len(self._feeds) + 1
        handle = await self._door.attach()
        await self._door.ask(handle, {"request": "join", "ptype": "publisher", "room": ROOM, "id": feed})
        publisher = self._load.publisher(sound=Sound(with_level=False) if sound else None)
        lines = [Line(kind="video", direction="sendonly", ssrc=publisher.picture.ssrc)]
        if publisher.sound is not None:
            lines.insert(0, Line(kind="audio", direction="sendonly", ssrc=publisher.sound.ssrc))
        offer = description.offer(publisher.peer, lines, setup="passive")
        answer = await self._door.ask(handle, {"request": "publish"}, {"type": "offer", "sdp": offer})
        remote = Remote.read(answer["jsep"]["sdp"])
        await publisher.peer.connect(remote, controlling=True, dtls="server")
        await self._door.until_up(handle)
        self._feeds.append(feed)
        return publisher

    async def subscribe(self, *, watches: bool) -> None:
        handle = await self._door.attach()
        streams = [{"feed": feed} for feed in self._feeds]
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams}
        offer = (await self._door.ask(handle, join))["jsep"]["sdp"]
        peer = self._load.subscriber(watches=watches).peer
        answer = description.answer(peer, offer, setup="passive")
        connecting = asyncio.create_task(peer.connect(Remote.read(offer), controlling=False, dtls="server"))
        await self._door.ask(handle, {"request": "start"}, {"type": "answer", "sdp": answer})
        await connecting
        await self._door.until_up(handle)

    async def ready(self) -> None:
        return

    async def stop(self) -> None:
        await self._door.close()
        self._process.stop()
        shutil.rmtree(self._folder)


class Door:
    """Janus's API: one session over one WebSocket."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http: aiohttp.ClientSession | None = None
        self._line: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._session = 0
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Words]] = {}
        self._up: dict[int, asyncio.Event] = {}

    async def open(self, process: Process) -> None:
        self._http = aiohttp.ClientSession()
        async with asyncio.timeout(START_S):
            while self._line is None:
                try:
                    self._line = await self._http.ws_connect(self._url, protocols=["janus-protocol"])
                except aiohttp.ClientError:
                    if not process.alive:
                        raise Unavailable("Janus ended at once") from None
                    await asyncio.sleep(0.05)
        self._reading = asyncio.create_task(self._read())
        self._session = (await self._say({"janus": "create"}))["data"]["id"]

    async def attach(self) -> int:
        words = {"janus": "attach", "plugin": "janus.plugin.videoroom", "session_id": self._session}
        handle = int((await self._say(words))["data"]["id"])
        self._up[handle] = asyncio.Event()
        return handle

    async def until_up(self, handle: int) -> None:
        """Its handshake is done on Janus's side too; before that nobody can subscribe to it."""
        async with asyncio.timeout(ANSWER_S):
            await self._up[handle].wait()

    async def ask(self, handle: int, body: Words, jsep: Words | None = None) -> Words:
        """A request to the plugin; its answer, not the acknowledgement."""
        words: Words = {"janus": "message", "session_id": self._session, "handle_id": handle, "body": body}
        if jsep is not None:
            words["jsep"] = jsep
        answer = await self._say(words)
        data = answer.get("plugindata", {}).get("data", {})
        if "error" in data:
            raise RuntimeError(str(data["error"]))
        return answer

    async def _say(self, words: Words) -> Words:
        assert self._line is not None
        number = f"{next(self._numbers)}-{secrets.token_hex(4)}"
        self._waiting[number] = answer = asyncio.get_running_loop().create_future()
        await self._line.send_json({**words, "transaction": number})
        async with asyncio.timeout(ANSWER_S):
            result: Words = await answer
        return result

    async def _read(self) -> None:
        assert self._line is not None
        async for frame in self._line:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                break
            words: Words = frame.json()
            if words["janus"] == "webrtcup":
                self._up[words["sender"]].set()
            if words["janus"] == "ack":
                continue
            waiting = self._waiting.pop(words.get("transaction", ""), None)
            if waiting is None or waiting.done():
                continue
            if words["janus"] == "error":
                waiting.set_exception(RuntimeError(str(words["error"])))
            else:
                waiting.set_result(words)

    async def close(self) -> None:
        if self._line is not None:
            await self._line.close()
        if self._http is not None:
            await self._http.close()
        if self._reading is not None:
            await self._reading
