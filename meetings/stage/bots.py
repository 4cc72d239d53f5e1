"""People who are not there: aiortc clients that sit in a meeting, move, and speak when they have the floor.

A bot goes the way a browser goes: signs in over HTTP, opens `/ws/live`, checks in, offers media. It sends a coloured
picture with its name's first character and a voice-like tone; whether anybody hears it is decided by the server.
"""

import asyncio
import colorsys
import contextlib
import hashlib
import json
import logging
import math
import random
import re
import uuid
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import aiohttp
import aioice.ice
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, VideoFrame
from PIL import Image, ImageDraw, ImageFont

log = logging.getLogger(__name__)

WIDTH, HEIGHT, FPS = 320, 180, 10
RATE, FRAME = 48000, 960
NOTO = "/usr/share/fonts/opentype/noto/NotoSansCJK-"
FONTS = (f"{NOTO}Bold.ttc", f"{NOTO}Regular.ttc")


@dataclass(frozen=True, kw_only=True)
class BotAccount:
    """Who a bot is. `seat` is `person` or `venue`."""

    username: str
    password: str
    seat: str = "person"


class BotRefused(Exception):
    """The server does not want this bot; the text is the server's code."""


async def run_bots(
    base_url: str,
    meeting_id: str,
    accounts: Sequence[BotAccount],
    *,
    say: Callable[[str], None] = lambda text: None,
) -> None:
    """Keep one bot per account in the meeting until cancelled."""
    reach_loopback()
    async with asyncio.TaskGroup() as group:
        for account in accounts:
            group.create_task(Bot(base_url=base_url, meeting=meeting_id, account=account, say=say).run())
            await asyncio.sleep(0.3)  # decoders and handshakes one after the other


def reach_loopback() -> None:
    """aioice leaves 127.0.0.1 out; a demo on one machine needs nothing else."""
    original = aioice.ice.get_host_addresses
    if getattr(original, "with_loopback", False):
        return

    def with_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        found: list[str] = original(use_ipv4=use_ipv4, use_ipv6=use_ipv6)
        return ["127.0.0.1", *found]

    with_loopback.with_loopback = True  # type: ignore[attr-defined]
    aioice.ice.get_host_addresses = with_loopback


class Bot:
    """One participant. Comes back after every break until cancelled or refused for good."""

    FINAL = frozenset({4001, 4003, 4004, 4010})

    def __init__(self, *, base_url: str, meeting: str, account: BotAccount, say: Callable[[str], None]) -> None:
        self._base = base_url.rstrip("/")
        self._meeting = meeting
        self._account = account
        self._say = say
        self._name = account.username
        self._line: aiohttp.ClientWebSocketResponse | None = None
        self._media: BotMedia | None = None
        self._epoch: str | None = None

    async def run(self) -> None:
        delay = 0.5
        try:
            while True:
                try:
                    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
                        await self._sign_in(http)
                        delay = 0.5
                        await self._live(http)
                except BotRefused as refused:
                    self._say(f"{self._name}: {refused}")
                    return
                except (aiohttp.ClientError, OSError, TimeoutError) as error:
                    log.debug("%s: %s", self._name, error)
                await asyncio.sleep(delay * (0.5 + random.random()))  # noqa: S311 - jitter
                delay = min(delay * 2, 8.0)
        finally:
            await self._hang_up()

    async def _sign_in(self, http: aiohttp.ClientSession) -> None:
        async with http.get(f"{self._base}/api/accounts/csrf"):
            pass
        token = next((cookie.value for cookie in http.cookie_jar if cookie.key == "csrftoken"), "")
        headers = {"X-CSRFToken": token, "Origin": self._base, "Referer": f"{self._base}/"}
        credentials = {"username": self._account.username, "password": self._account.password}
        async with http.post(f"{self._base}/api/accounts/sign-in", json=credentials, headers=headers) as answer:
            if answer.status >= 500:
                raise aiohttp.ClientError(f"sign-in: {answer.status}")
            if answer.status != 200:
                raise BotRefused(str((await answer.json()).get("code")))

    async def _live(self, http: aiohttp.ClientSession) -> None:
        url = f"{self._base.replace('http', 'ws', 1)}/ws/live"
        async with http.ws_connect(url, origin=self._base, max_msg_size=8_000_000) as line:
            self._line = line
            hello = {"t": "hello", "protocol": 1, "meeting": self._meeting, "since": None, "seat": self._account.seat}
            await line.send_json(hello)
            async for message in line:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await self._on_frame(json.loads(message.data))
            self._line = None
            if line.close_code in self.FINAL:
                raise BotRefused(f"closed with {line.close_code}")

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._line is not None:
            await self._line.send_json(frame)

    async def _on_frame(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"t": "welcome", "me": me}:
                self._name = str(me["name"])
                check_in = {"type": "people.check_in"}
                await self._send({"t": "do", "id": str(uuid.uuid4()), "command": check_in})
                await self._offer()
            case {"t": "beat", "mark": mark}:
                await self._send({"t": "seen", "mark": mark})
                if self._media is None or not self._media.alive:
                    await self._offer()
            case {"t": "events", "events": events}:
                # Admitted, or the meeting began: now there may be a place for the picture.
                wanted = ("people.", "meeting.")
                if self._media is None and any(str(each.get("type")).startswith(wanted) for each in events):
                    await self._offer()
            case {"t": "refused", "code": code}:
                log.debug("%s: %s", self._name, code)
                if self._media is not None and not self._media.answered:
                    await self._hang_up()
            case {"t": "media"}:
                await self._on_media(frame)
            case _:
                pass

    async def _on_media(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"op": "answer", "sdp": str(sdp), "connection": connection}:
                self._epoch = frame.get("epoch")
                if self._media is not None and self._media.connection == connection:
                    await self._media.answer(sdp)
                    self._say(f"{self._name}: in")
            case {"op": "reset"}:
                await self._offer()
            case {"op": "rights"} if self._media is not None:
                self._media.voice.speaking = bool(frame.get("audio"))
            case {"op": "unavailable"}:
                await self._hang_up()  # the next beat tries again
            case _:
                pass

    async def _offer(self) -> None:
        await self._hang_up()
        self._media = BotMedia(self._name)
        sdp = await self._media.offer()
        await self._send({"t": "media", "op": "offer", "sdp": sdp, "connection": self._media.connection})

    async def _hang_up(self) -> None:
        media, self._media = self._media, None
        if media is not None:
            with contextlib.suppress(ConnectionError):
                await media.close()


class BotMedia:
    """One peer connection of a bot: it sends and receives nothing, so that many fit on one machine."""

    def __init__(self, name: str) -> None:
        self.connection = str(uuid.uuid4())
        self.answered = False
        self.voice = Voice(name)
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.pc.addTransceiver(self.voice, direction="sendonly")
        self.pc.addTransceiver(Face(name), direction="sendonly")

    @property
    def alive(self) -> bool:
        return self.pc.connectionState in ("new", "connecting", "connected")

    async def offer(self) -> str:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return str(self.pc.localDescription.sdp)

    async def answer(self, sdp: str) -> None:
        if not self.answered:
            self.answered = True
            await self.pc.setRemoteDescription(RTCSessionDescription(sdp=spread_candidates(sdp), type="answer"))

    async def close(self) -> None:
        await self.pc.close()


def spread_candidates(sdp: str) -> str:
    """aiortc takes the candidates of the last m-line of a bundle; the standard names them in the first."""
    rows = [row for row in sdp.split("\r\n") if row.startswith(("a=candidate", "a=end-of-candidates"))]
    candidates = "".join(f"{row}\r\n" for row in rows)
    head, *lines = re.split(r"(?=^m=)", sdp.replace(candidates, ""), flags=re.MULTILINE)
    return head + "".join(line + candidates for line in lines)


class _Paced(MediaStreamTrack):
    """Frames at their time, however long making them took."""

    def __init__(self) -> None:
        super().__init__()
        self._since = -1.0

    async def _until(self, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        if self._since < 0 or now - self._since - seconds > 1.0:
            self._since = now - seconds
        await asyncio.sleep(max(0.0, self._since + seconds - now))


class Voice(_Paced):
    """A hum with the rhythm of speech: syllables, words, pauses. Its pitch is the name's."""

    kind = "audio"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.speaking = False
        self._count = 0
        self._silence = bytes(FRAME * 2)
        self._words = speech(pitch=110 + number_of(name) % 140, seed=number_of(name))

    async def recv(self) -> AudioFrame:
        await self._until(self._count * FRAME / RATE)
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
        at = self._count * FRAME * 2 % len(self._words)
        frame.planes[0].update(self._words[at : at + FRAME * 2] if self.speaking else self._silence)
        frame.sample_rate = RATE
        frame.pts = self._count * FRAME
        frame.time_base = Fraction(1, RATE)
        self._count += 1
        return frame


def speech(*, pitch: int, seed: int, seconds: int = 6) -> bytes:
    """A loop of 16-bit samples: three harmonics under an envelope of about four syllables a second."""
    dice = random.Random(seed)  # noqa: S311 - a voice, no secret
    envelope: list[float] = []
    while len(envelope) < seconds * 50:
        syllable = dice.randrange(8, 15)
        envelope += [math.sin(math.pi * (i + 0.5) / syllable) for i in range(syllable)]
        envelope += [0.0] * (dice.randrange(10, 25) if dice.random() < 0.15 else dice.randrange(1, 4))
    wave = array("h")
    for i in range(seconds * RATE):
        turn = 2 * math.pi * pitch * i / RATE
        tone = math.sin(turn) + 0.5 * math.sin(2 * turn) + 0.3 * math.sin(5 * turn)
        wave.append(int(6000 * envelope[i * 50 // RATE] * tone))
    return wave.tobytes()


class Face(_Paced):
    """A colour and a character that belong to the name, and a ring that moves."""

    kind = "video"

    def __init__(self, name: str) -> None:
        super().__init__()
        self._count = 0
        red, green, blue = colorsys.hls_to_rgb(number_of(name) % 360 / 360, 0.35, 0.5)
        self._back = Image.new("RGB", (WIDTH, HEIGHT), (int(red * 255), int(green * 255), int(blue * 255)))
        draw = ImageDraw.Draw(self._back)
        draw.text((WIDTH / 2, HEIGHT / 2), name[:1], font=font(84), fill="white", anchor="mm")

    async def recv(self) -> VideoFrame:
        await self._until(self._count / FPS)
        picture = self._back.copy()
        angle = self._count * 2 * math.pi / 40
        x, y = WIDTH / 2 + math.cos(angle) * 68, HEIGHT / 2 + math.sin(angle) * 68
        ImageDraw.Draw(picture).ellipse((x - 10, y - 10, x + 10, y + 10), fill="white")
        frame: VideoFrame = VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
        frame.pts = self._count * 90000 // FPS
        frame.time_base = Fraction(1, 90000)
        self._count += 1
        return frame


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font with Chinese characters where there is one."""
    for path in FONTS:
        with contextlib.suppress(OSError):
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


def number_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
