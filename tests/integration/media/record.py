"""Record what browsers send, for `tests/corpus/rtp` and `tests/corpus/sdp`.

    bin/isolated .venv/bin/python -m tests.integration.media.record [NAME...]

The media plane runs in this process, so that packets are seen as it decrypted them. Nobody watches the publisher: key
frames are asked for by hand, and more bandwidth is offered than its pictures need, so that it sends padding as well.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import web
from playwright.async_api import async_playwright

from server.media import clock
from server.media.endpoint import Endpoint, Rights
from server.media.plane import MediaPlane
from server.media.rtcp import is_rtcp
from server.media.rtp import Packet
from server.media.sdp import Use
from server.media.seam import Srtp
from tests.e2e.conftest import FLAGS
from tests.e2e.old_browser.chromium import old_chromium
from tests.unit.media.recorded import Recorded, write
from tests.unit.media.sdp_corpus import FOLDER as OFFERS

ADDRESS = "192.0.2.10"
REPEATS = 60
"""So many packets of an RTX stream are kept: browsers fill the line with them when they look for bandwidth."""
PAGE = """<!doctype html><title>record</title><script>
// A voice that is quiet for longer than the beeps of the fake device are.
function pauses() {
  const context = new AudioContext(), tone = context.createOscillator(), voice = context.createGain();
  const out = context.createMediaStreamDestination();
  for (let second = 0; second < 60; second += 2) {
    voice.gain.setValueAtTime(0.5, second);
    voice.gain.setValueAtTime(0, second + 0.7);
  }
  tone.connect(voice).connect(out);
  tone.start();
  return out.stream.getAudioTracks()[0];
}
async function send({ camera, h264, width, height, fps }) {
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate: fps } });
  const pc = window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.addTransceiver("audio", { direction: "sendonly" });
  const encodings = [[1200000, 1], [400000, 2], [120000, 4]].map(([maxBitrate, scaleResolutionDownBy], place) =>
    ({ rid: "hml"[place], maxBitrate, scaleResolutionDownBy }));
  pc.addTransceiver("video", { direction: "sendonly", sendEncodings: camera === "one" ? undefined : encodings });
  pc.addTransceiver("video", { direction: "sendonly" });
  for (let place = 0; place < 3; place++) pc.addTransceiver("audio", { direction: "recvonly" });
  for (let place = 0; place < 3; place++) pc.addTransceiver("video", { direction: "recvonly" });
  const lines = pc.getTransceivers();
  if (h264) for (const line of lines.filter((each) => each.receiver.track.kind === "video")) {
    line.setCodecPreferences(RTCRtpReceiver.getCapabilities("video").codecs
      .filter(({ mimeType }) => /h264|rtx/i.test(mimeType)));
  }
  lines[0].sender.replaceTrack(camera ? media.getAudioTracks()[0] : pauses());
  if (camera) lines[1].sender.replaceTrack(media.getVideoTracks()[0]);
  await pc.setLocalDescription(await pc.createOffer());
  const answer = await fetch("/join", { method: "POST", body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  return true;
}
</script>"""


@dataclass(frozen=True)
class Scene:
    """One recording, of which so many packets are kept."""

    browser: str
    camera: str = "simulcast"
    h264: bool = False
    width: int = 1280
    height: int = 720
    fps: int = 10
    packets: int = 450


SCENES = {
    "chromium-simulcast": Scene("chromium"),
    "chromium-h264": Scene("chromium", camera="one", h264=True, width=640, height=360, packets=250),
    "chromium-microphone": Scene("chromium", camera="", packets=250),
    "chromium-83": Scene("old"),
    "firefox-simulcast": Scene("firefox"),
}


class Recorder:
    """Takes one publisher in and writes down what it sends."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.offer = ""
        self.packets: list[Recorded] = []
        self.plane = MediaPlane(udp_host="0.0.0.0", udp_port=0, announce=[ADDRESS], forwarder="python")  # noqa: S104
        self.peer: Endpoint | None = None
        self._begin = 0.0
        self._packet = Packet()
        self._repeats: Counter[int] = Counter()

    async def join(self, request: web.Request) -> web.Response:
        self.offer = await request.text()
        self.plane.rights(room="r", seq=1, rights={"li": Rights(audio=True, camera=True)})
        answer = self.plane.join(room="r", endpoint="li", connection="one", sdp_offer=self.offer)
        peer = self.peer = self.plane._rooms["r"].endpoints["li"]
        if self.scene.camera:
            peer.ups[Use.CAMERA].asked_elsewhere[self] = frozenset({0, 1, 2})
        self._watch(peer)
        return web.Response(text=answer)

    def _watch(self, peer: Endpoint) -> None:
        original = peer.on_media

        def tap(data: bytes, now: float) -> None:
            srtp = peer.secure.srtp
            if srtp is not None and not isinstance(srtp, Noting):
                peer.secure.srtp = Noting(srtp, self._note)  # type: ignore[assignment]
            original(data, now)

        peer.on_media = tap  # type: ignore[method-assign]

    def _note(self, plain: bytes) -> None:
        now = clock.now()
        self._begin = self._begin or now
        if self._is_wanted(plain):
            self.packets.append(Recorded(now - self._begin, plain))

    def _is_wanted(self, plain: bytes) -> bool:
        packet = self._packet
        if not plain or is_rtcp(plain) or not packet.read(plain):
            return bool(plain)
        if self.peer is None or packet.pt != self.peer.ups[Use.CAMERA].rtx_pt:
            return True
        self._repeats[packet.ssrc] += 1
        return self._repeats[packet.ssrc] <= REPEATS

    async def run(self) -> None:
        """Until there are enough packets; every encoding is asked for a key frame now and then."""
        async with asyncio.timeout(120):
            asked = 0.0
            while len(self.packets) < self.scene.packets:
                await asyncio.sleep(0.02)
                if self.peer is not None and self.scene.camera and clock.now() - asked > 0.8:
                    asked = clock.now()
                    for layer in list(self.peer.ups[Use.CAMERA].layers.values()):
                        self.peer.publisher._ask_key(layer)

    def keep(self, name: str) -> None:
        write(name, self.packets[: self.scene.packets])
        text = re.sub(r"a=candidate.*\r\n", "", self.offer)
        (OFFERS / f"{name}.offer.sdp").write_text(text.replace("\r\n", "\n"))


class Noting:
    """SRTP that is overheard."""

    def __init__(self, srtp: Srtp, note: Callable[[bytes], None]) -> None:
        self._srtp, self._note = srtp, note

    def unprotect(self, data: bytes) -> bytes:
        plain = self._srtp.unprotect(data)
        self._note(plain)
        return plain

    def unprotect_rtcp(self, data: bytes) -> bytes:
        plain = self._srtp.unprotect_rtcp(data)
        self._note(plain)
        return plain


@asynccontextmanager
async def served(recorder: Recorder) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/", page)
    application.router.add_post("/join", recorder.join)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    running = asyncio.create_task(recorder.plane.run())
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await runner.cleanup()


async def page(_: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def record(name: str, scene: Scene) -> None:
    recorder = Recorder(scene)
    wish = {"camera": scene.camera, "h264": scene.h264, "width": scene.width, "height": scene.height, "fps": scene.fps}
    async with served(recorder) as address:
        if scene.browser == "old":
            await asyncio.to_thread(_old, address, recorder, asyncio.get_running_loop(), wish)
        else:
            async with async_playwright() as playwright:
                if scene.browser == "firefox":
                    browser = await playwright.firefox.launch(
                        channel="moz-firefox",
                        executable_path="/usr/bin/firefox-esr",
                        firefox_user_prefs={
                            "media.navigator.streams.fake": True,
                            "media.navigator.permission.disabled": True,
                            "media.peerconnection.ice.obfuscate_host_addresses": False,
                        },
                    )
                else:
                    browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
                tab = await browser.new_page()
                await tab.goto(address)
                await tab.evaluate("wish => send(wish)", wish)
                await recorder.run()
                await browser.close()
    recorder.keep(name)
    print(f"{name}: {len(recorder.packets)} packets, {recorder.packets[-1].at:.1f} s")  # noqa: T201


def _old(address: str, recorder: Recorder, loop: asyncio.AbstractEventLoop, wish: dict[str, object]) -> None:
    with old_chromium() as browser:
        tab = browser.page(address)
        tab.evaluate(f"send({wish!r})".replace("True", "true").replace("False", "false"))
        asyncio.run_coroutine_threadsafe(recorder.run(), loop).result()


async def main(wanted: list[str]) -> None:
    for name, scene in SCENES.items():
        if not wanted or name in wanted:
            await record(name, scene)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
