"""LiveKit's server, built by Go outside the repository, spoken to in its own words over one connection per participant.

Its messages are protobuf; the few fields the crowd needs are written and read by hand, so nothing has to be installed.
Congestion control is off: the load has no loss, and its probes would be counted as media. `batch_io` was tried and
changes nothing here.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from tests.bench.live import free_port
from tests.bench.sfu import description
from tests.bench.sfu.description import Line
from tests.bench.sfu.load import Load, Publisher
from tests.bench.sfu.peer import Peer, Remote
from tests.bench.sfu.picture import Sound
from tests.bench.sfu.processes import Process
from tests.bench.sfu.servers import Unavailable

MODULE = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gongshang" / "livekit-1.13.5"
KEY, SECRET = "bench", "a-secret-for-the-bench-that-is-long-enough"
ROOM = "bench"
START_S = ANSWER_S = 15.0
PROTOCOL = 16

# Fields of SignalRequest and SignalResponse (livekit_rtc.proto).
_OFFER, _ADD_TRACK = 1, 4
_ANSWER, _TRICKLE, _PUBLISHED, _SECTIONS = 2, 4, 6, 25


def built() -> bool:
    return (CACHE / "server").exists()


def binary(*, build: bool) -> Path:
    """The server's program; built when it is not there, `build` is asked for and Go is installed."""
    program = CACHE / "server"
    if built():
        return program
    if not build:
        raise Unavailable("LiveKit's server is not built: LIVEKIT=1 builds it once, which takes some minutes")
    if shutil.which("go") is None:
        raise Unavailable("LiveKit's server cannot be built: Go is not installed")
    environment = {**os.environ, "GOBIN": str(CACHE), "CGO_ENABLED": "0"}
    done = subprocess.run(["go", "install", MODULE], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"LiveKit's server cannot be built: {done.stderr.strip()[-300:]}")
    return program


class LiveKit:
    """See the module, and `Server` in `servers.py`."""

    name = "livekit"

    def __init__(self, load: Load) -> None:
        program = binary(build=False)
        self._load = load
        self._folder = tempfile.TemporaryDirectory(prefix="gongshang-bench-livekit-")
        self._port = free_port()
        settings = {
            "port": self._port,
            "bind_addresses": ["127.0.0.1"],
            "keys": {KEY: SECRET},
            "logging": {"level": "error"},
            "rtc": {
                "udp_port": free_port(),
                "tcp_port": 0,
                "use_ice_lite": True,
                "node_ip": load.host,
                "congestion_control": {"enabled": False},
            },
        }
        file = Path(self._folder.name) / "livekit.yaml"
        file.write_text(json.dumps(settings))  # JSON is YAML
        self._process = Process([str(program), "--config", str(file)])
        self.processes: Sequence[Process] = [self._process]
        self._http: aiohttp.ClientSession | None = None
        self._participants: list[Participant] = []
        self._voices = self._pictures = 0

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with asyncio.timeout(START_S):
            while True:
                try:
                    async with self._http.get(f"http://127.0.0.1:{self._port}/"):
                        return
                except aiohttp.ClientError:
                    if not self._process.alive:
                        raise Unavailable("LiveKit's server ended at once") from None
                    await asyncio.sleep(0.05)

    async def publish(self, *, sound: bool) -> Publisher:
        publisher = self._load.publisher(sound=Sound(with_level=True) if sound else None)
        lines = [Line(kind="video", direction="sendonly", ssrc=publisher.picture.ssrc)]
        if publisher.sound is not None:
            lines.insert(0, Line(kind="audio", direction="sendonly", ssrc=publisher.sound.ssrc))
        participant = await self._enter(publisher.peer, subscribes=False)
        for place, line in enumerate(lines):
            await participant.add_track(line.kind, f"{line.kind}{place}")
        await participant.connect(lines)
        self._voices += sound
        self._pictures += 1
        return publisher

    async def subscribe(self, *, watches: bool) -> None:
        peer = self._load.subscriber(watches=watches).peer
        participant = await self._enter(peer, subscribes=True)
        lines = [Line(kind="audio", direction="recvonly")] * self._voices
        await participant.connect(lines + [Line(kind="video", direction="recvonly")] * self._pictures)

    async def _enter(self, peer: Peer, *, subscribes: bool) -> "Participant":
        assert self._http is not None
        participant = Participant(self._http, f"http://127.0.0.1:{self._port}/rtc/v1", peer)
        self._participants.append(participant)
        await participant.enter(f"participant-{len(self._participants)}", subscribes=subscribes)
        return participant

    async def ready(self) -> None:
        return

    async def stop(self) -> None:
        await asyncio.gather(*(each.leave() for each in self._participants))
        if self._http is not None:
            await self._http.close()
        self._process.stop()
        self._folder.cleanup()


class Participant:
    """One signalling line and its one peer connection."""

    def __init__(self, http: aiohttp.ClientSession, url: str, peer: Peer) -> None:
        self._http, self._url, self._peer = http, url, peer
        self._line: aiohttp.ClientWebSocketResponse | None = None
        self._lines: Sequence[Line] = ()
        self._offers = 0
        self._waits = self._again = False
        self._reading: asyncio.Task[None] | None = None
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._candidates: asyncio.Queue[str] = asyncio.Queue()
        self._published: asyncio.Queue[bytes] = asyncio.Queue()

    async def enter(self, identity: str, *, subscribes: bool) -> None:
        client = _number(3, PROTOCOL)
        settings = _number(1, subscribes) + _number(5, 0)
        request = _bytes(2, _bytes(1, client) + _bytes(2, settings))
        query = {"access_token": _token(identity), "join_request": base64.urlsafe_b64encode(request).decode()}
        self._line = await self._http.ws_connect(self._url, params=query, max_msg_size=0)
        self._reading = asyncio.create_task(self._read())

    async def add_track(self, kind: str, cid: str) -> None:
        video = kind == "video"
        words = _bytes(1, cid.encode()) + _number(3, video) + _number(8, 1 if video else 2) + _number(13, 1)
        if video:
            words += _number(4, 1280) + _number(5, 720)
        await self._say(_bytes(_ADD_TRACK, words))
        async with asyncio.timeout(ANSWER_S):
            await self._published.get()

    async def connect(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        await self._offer()
        async with asyncio.timeout(ANSWER_S):
            answer = await self._answers.get()
            while "a=candidate:" not in answer:
                answer += f"a={await self._candidates.get()}\r\n"
        dtls = "server" if "a=setup:active" in answer else "client"
        await self._peer.connect(Remote.read(answer), controlling=True, dtls=dtls)

    async def _offer(self) -> None:
        self._offers += 1
        self._waits, self._again = True, False
        sdp = description.offer(self._peer, self._lines, setup="actpass", version=self._offers)
        words = _bytes(1, b"offer") + _bytes(2, sdp.encode()) + _number(3, self._offers)
        await self._say(_bytes(_OFFER, words))

    async def _say(self, message: bytes) -> None:
        assert self._line is not None
        await self._line.send_bytes(message)

    async def _read(self) -> None:
        assert self._line is not None
        async for frame in self._line:
            if frame.type is not aiohttp.WSMsgType.BINARY:
                continue
            for field, value in _fields(frame.data):
                if field == _ANSWER:
                    self._answers.put_nowait(dict(_fields(value))[2].decode())
                    self._waits = False
                    if self._again:
                        await self._offer()
                elif field == _TRICKLE:
                    self._candidates.put_nowait(json.loads(dict(_fields(value))[1])["candidate"])
                elif field == _PUBLISHED:
                    self._published.put_nowait(value)
                elif field == _SECTIONS:
                    # Tracks were added since our offer: offer the same lines again, but one offer at a time.
                    self._again = True
                    if self._offers and not self._waits:
                        await self._offer()

    async def leave(self) -> None:
        if self._line is not None:
            await self._line.close()
        if self._reading is not None:
            await self._reading


def _token(identity: str) -> str:
    """A JWT that lets `identity` into the room."""

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    now = int(time.time())
    video = {"room": ROOM, "roomJoin": True, "canPublish": True, "canSubscribe": True}
    claims = {"iss": KEY, "sub": identity, "nbf": now - 5, "exp": now + 3600, "video": video}
    words = ".".join(part(json.dumps(each).encode()) for each in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{words}.{part(hmac.digest(SECRET.encode(), words.encode(), hashlib.sha256))}"


# --- protobuf, as far as it is needed -----------------------------------------------------------------------------


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """Fields that carry bytes; numbers are passed over."""
    found = []
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            varint()
        elif key & 7 == 2:
            size = varint()
            found.append((key >> 3, data[at : at + size]))
            at += size
        else:
            at += 8 if key & 7 == 1 else 4
    return found
