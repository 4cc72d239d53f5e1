"""A worker process, aiortc peers that count the packets they receive, and a UDP relay with scripted loss.

Peers are real WebRTC clients. What the tests look at is taken before the decoder, so that a small machine can run them.
"""

import asyncio
import contextlib
import json
import math
import os
import re
import signal
import struct
import subprocess
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import aioice.ice
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from server.media.client import MediaClient
from server.media.messages import Event

ROOT = Path(__file__).parents[3]
TOKEN = "a-token-only-for-tests-0123456789"

aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]  # aioice leaves out loopback


class Worker:
    """`python -m server.media` as the supervisor starts it."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "media-0",
        udp_host: str = "127.0.0.1",
        announce: str = "127.0.0.1",
        log: Path | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._place = ["--udp-host", udp_host, "--announce", announce]
        self.token_file = folder / "token"
        self.token_file.write_text(TOKEN)
        self.pipes = folder.parent / "pipes"
        self.control_port = self.udp_port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "server.media", *self._place]
        command += ["--udp-port", str(self.udp_port), "--control-port", str(self.control_port)]
        command += ["--token-file", str(self.token_file), "--worker", self.name, "--pipe-folder", str(self.pipes)]
        with self.log.open("ab") if self.log else contextlib.nullcontext() as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self.udp_port, self.control_port = ready["udp_port"], ready["control_port"]

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """As the machine would: no goodbye."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(5)

    def ask_to_end(self) -> None:
        """SIGTERM: it drains first."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Until it has ended by itself."""
        assert self._process is not None
        return self._process.wait(20)

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(by)
        code = self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


class Gateway:
    """What the web process does with the control client, as far as tests need it."""

    def __init__(self, worker: Worker, room: str) -> None:
        self.room = room
        self.events: list[Any] = []
        self.epochs: list[str] = []
        self.rights: dict[str, dict[str, bool]] = {}
        self.stage: tuple[str | None, list[str]] = (None, [])
        self.seq = 0
        self._news = asyncio.Event()
        self.client = MediaClient(
            url=f"http://127.0.0.1:{worker.control_port}/control",
            token=TOKEN,
            on_event=self._on_event,
            on_connected=self._on_connected,
        )

    async def _on_connected(self, epoch: str) -> None:
        self.epochs.append(epoch)
        if self.seq:
            await self._push()
        self._news.set()

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    async def start(self) -> None:
        await self.client.start()
        async with asyncio.timeout(10):
            await self.client.wait_connected()

    async def allow(self, **rights: str) -> None:
        """`allow(li="audio camera")`; who is not named has no rights."""
        self.rights = {name: dict.fromkeys(words.split(), True) for name, words in rights.items()}
        self.seq += 1
        await self._push()

    async def show(self, big: str | None, *order: str) -> None:
        self.stage = (big, list(order))
        self.seq += 1
        await self._push()

    async def _push(self) -> None:
        await self.client.request("rights", room=self.room, seq=self.seq, endpoints=self.rights)
        await self.client.request("stage", room=self.room, seq=self.seq, big=self.stage[0], order=self.stage[1])

    async def join(self, endpoint: str, connection: str, sdp: str) -> str:
        answer = await self.client.request("join", room=self.room, endpoint=endpoint, connection=connection, sdp=sdp)
        return str(answer["sdp"])

    async def until(self, wanted: Callable[[Any], bool], seconds: float = 10) -> Any:
        """The first event, old or new, that fits."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events:
                    if wanted(event):
                        return event
                self._news.clear()
                await self._news.wait()

    async def until_restarted(self) -> None:
        """The worker is back and knows the rights again."""
        async with asyncio.timeout(15):
            while len(self.epochs) < 2:
                self._news.clear()
                await self._news.wait()

    def slots(self, endpoint: str) -> dict[str, Any]:
        found = [event.slots for event in self.events if event.ev == "slots" and event.endpoint == endpoint]
        return found[-1] if found else {}

    async def close(self) -> None:
        await self.client.close()


class Tone(AudioStreamTrack):
    """A sine that can be silenced."""

    def __init__(self, hertz: int = 440, volume: float = 0.3) -> None:
        super().__init__()
        self._at = 0
        self._wave = array("h", (int(32767 * volume * math.sin(2 * math.pi * hertz * i / 48000)) for i in range(48000)))
        self.silent = False

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(0)
        frame = AudioFrame(format="s16", layout="mono", samples=960)
        start = self._at % 48000
        samples = array("h", bytes(1920)) if self.silent else self._wave[start : start + 960]
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate = 48000
        frame.pts = self._at
        frame.time_base = Fraction(1, 48000)
        self._at += 960
        loop = asyncio.get_running_loop()
        if self._at == 960:
            self._since = loop.time()
        await asyncio.sleep(max(0, self._since + self._at / 48000 - loop.time()))
        return frame


class Picture(VideoStreamTrack):
    """A small moving picture of one colour."""

    def __init__(self, shade: int = 100, width: int = 160, height: int = 96, fps: int = 12) -> None:
        super().__init__()
        self._shade, self._size, self._fps, self._count = shade, (width, height), fps, 0

    async def recv(self) -> VideoFrame:
        await asyncio.sleep(1 / self._fps)
        width, height = self._size
        frame = VideoFrame(width, height, "yuv420p")
        colour = (self._shade + self._count % 40, self._shade, 255 - self._shade)
        for plane, value in zip(frame.planes, colour, strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        self._count += 1
        frame.pts = self._count * 90000 // self._fps
        frame.time_base = Fraction(1, 90000)
        return frame


@dataclass
class Stream:
    """Packets that came on one SSRC."""

    seqs: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)

    def since(self, moment: float) -> int:
        return sum(1 for at in self.times if at > moment)


class Peer:
    """One endpoint: sends what it has tracks for, receives the rest of the slots."""

    def __init__(
        self,
        name: str,
        gateway: Gateway,
        *,
        audio: MediaStreamTrack | None = None,
        camera: MediaStreamTrack | None = None,
        thumbs: int = 1,
        relay: "Relay | None" = None,
    ) -> None:
        self.name = name
        self.gateway = gateway
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.connection = os.urandom(4).hex()
        self.streams: dict[int, Stream] = {}
        self.slot_ssrc: dict[str, int] = {}
        self._relay = relay
        pc = self.pc
        pc.addTransceiver(audio if audio is not None else "audio", direction="sendonly" if audio else "inactive")
        pc.addTransceiver(camera if camera is not None else "video", direction="sendonly" if camera else "inactive")
        pc.addTransceiver("video", direction="inactive")
        for _ in range(3):
            pc.addTransceiver("audio", direction="recvonly")
        for _ in range(1 + thumbs):
            pc.addTransceiver("video", direction="recvonly")

    async def join(self) -> "Peer":
        await self.pc.setLocalDescription(await self.pc.createOffer())
        sdp = await self.gateway.join(self.name, self.connection, self.pc.localDescription.sdp)
        for name, ssrc in re.findall(r"a=msid:(\S+) \S+\r\n(?:a=ssrc-group:FID.*\r\n)?a=ssrc:(\d+) cname", sdp):
            self.slot_ssrc[name] = int(ssrc)
        if self._relay is not None:
            sdp = re.sub(r"(a=candidate:\d+ 1 udp \d+ \S+) \d+", rf"\1 {self._relay.port}", sdp)
        await self.pc.setRemoteDescription(RTCSessionDescription(sdp=spread_candidates(sdp), type="answer"))
        transport = self.pc.getTransceivers()[0].receiver.transport
        original = transport._handle_rtp_data

        async def tap(data: bytes, arrival_time_ms: int) -> None:
            self._note(data)
            await original(data, arrival_time_ms=arrival_time_ms)

        transport._handle_rtp_data = tap  # type: ignore[method-assign]
        await self.gateway.until(lambda event: event.ev == "connected" and event.connection == self.connection)
        return self

    def _note(self, data: bytes) -> None:
        first, _, seq, stamp, ssrc = struct.unpack_from("!BBHII", data)
        stream = self.streams.setdefault(ssrc, Stream())
        stream.seqs.append(seq)
        stream.stamps.append(stamp)
        stream.times.append(asyncio.get_running_loop().time())
        stream.sources.append(struct.unpack_from("!I", data, 12)[0] if first & 15 else 0)
        stream.payloads.append(data[24:])

    def slot(self, name: str) -> Stream:
        return self.streams.setdefault(self.slot_ssrc[name], Stream())

    async def hears(self, slot: str, packets: int, seconds: float = 10) -> None:
        """Wait until so many more packets came in a slot."""
        start = len(self.slot(slot).seqs)
        async with asyncio.timeout(seconds):
            while len(self.slot(slot).seqs) < start + packets:  # noqa: ASYNC110 - counters have no event
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        await self.pc.close()


def spread_candidates(sdp: str) -> str:
    """aiortc takes candidates of the last m-line of a bundle; the standard, and our answer, name them in the first."""
    candidates = "".join(f"{row}\r\n" for row in sdp.split("\r\n") if row.startswith(("a=candidate", "a=end-of")))
    head, *lines = re.split(r"(?=^m=)", sdp.replace(candidates, ""), flags=re.MULTILINE)
    return head + "".join(line + candidates for line in lines)


class Relay(asyncio.DatagramProtocol):
    """Between one client and the worker; `drop(data, up)` decides what is lost."""

    def __init__(self, worker_port: int) -> None:
        self._worker = ("127.0.0.1", worker_port)
        self._client: tuple[str, int] | None = None
        self.drop: Callable[[bytes, bool], bool] = lambda data, up: False
        self.dropped = 0
        self.port = 0
        self.transport: asyncio.DatagramTransport

    @classmethod
    async def open(cls, worker_port: int) -> "Relay":
        relay = cls(worker_port)
        loop = asyncio.get_running_loop()
        relay.transport, _ = await loop.create_datagram_endpoint(lambda: relay, local_addr=("127.0.0.1", 0))
        relay.port = relay.transport.get_extra_info("sockname")[1]
        return relay

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        up = address != self._worker
        if up:
            self._client = address
        if self.drop(data, up):
            self.dropped += 1
            return
        target = self._worker if up else self._client
        if target is not None:
            with contextlib.suppress(OSError):
                self.transport.sendto(data, target)

    def close(self) -> None:
        self.transport.close()
