"""UDP is blocked: a real Chromium behind a firewall speaks, sees and hears through coturn, over TCP and over TLS.

The browser is in a network of its own, joined by a cable; the firewall is nft's, the relay Debian's coturn with the
configuration that we ship.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, async_playwright

from meetings.stage.turn import IceServer, Way
from tests.integration.media.conftest import Crowd
from tests.integration.media.coturn import Coturn
from tests.integration.media.media_harness import Gateway, Picture, Tone, Worker
from tests.integration.media.media_page import until
from tests.integration.media.network import Elsewhere
from tests.integration.media.test_chromium import CHROMIUM, FLAGS

pytestmark = pytest.mark.media

SERVER, MEMBER = "198.51.100.1", "198.51.100.9"
NO_UDP = "meta l4proto udp drop"
PAGE = """<!doctype html><meta charset="utf-8"><title>turn</title>
<video id="big" autoplay muted playsinline></video><audio id="a0" autoplay></audio>
<script>
window.join = async (iceServers, iceTransportPolicy) => {
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy, bundlePolicy: "max-bundle" });
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180 } });
  pc.addTransceiver(media.getAudioTracks()[0], { direction: "sendonly" });
  pc.addTransceiver(media.getVideoTracks()[0], { direction: "sendonly" });
  pc.addTransceiver("video", { direction: "sendonly" });
  const voice = pc.addTransceiver("audio", { direction: "recvonly" });
  for (let i = 0; i < 2; i += 1) pc.addTransceiver("audio", { direction: "recvonly" });
  const picture = pc.addTransceiver("video", { direction: "recvonly" });
  await pc.setLocalDescription(await pc.createOffer());
  const response = await fetch("/join", { method: "POST", body: pc.localDescription.sdp });
  await pc.setRemoteDescription({ type: "answer", sdp: await response.text() });
  document.getElementById("a0").srcObject = new MediaStream([voice.receiver.track]);
  document.getElementById("big").srcObject = new MediaStream([picture.receiver.track]);
  window.pc = pc;
};
window.now = async () => {
  const all = [...(await pc.getStats()).values()];
  const by = (id) => all.find((each) => each.id === id) || {};
  const local = by(by((all.find((each) => each.type === "transport") || {}).selectedCandidatePairId).localCandidateId);
  const inbound = all.filter((each) => each.type === "inbound-rtp");
  return {
    type: local.candidateType, protocol: local.relayProtocol || local.protocol,
    frames: Math.max(0, ...inbound.map((each) => each.framesDecoded || 0)),
    energy: Math.max(0, ...inbound.map((each) => each.totalAudioEnergy || 0)),
  };
};
</script>"""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    elsewhere = Elsewhere(here=[SERVER], there=[MEMBER])
    yield elsewhere
    elsewhere.close()


@pytest.fixture
def worker(tmp_path: Path, elsewhere: Elsewhere) -> Iterator[Worker]:
    worker = Worker(tmp_path, udp_host=f"127.0.0.1,{SERVER}", announce=f"{SERVER},127.0.0.1")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def coturn(tmp_path: Path, elsewhere: Elsewhere) -> Iterator[Coturn]:
    folder = tmp_path / "coturn"
    folder.mkdir()
    coturn = Coturn(folder, address=SERVER, media=SERVER)
    coturn.start()
    yield coturn
    coturn.stop()


@pytest_asyncio.fixture
async def site(gateway: Gateway) -> AsyncIterator[str]:
    """The page, and its line to the worker."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def join(request: web.Request) -> web.Response:
        return web.Response(text=await gateway.join("member", "one", await request.text()))

    application = web.Application()
    application.router.add_get("/", page)
    application.router.add_post("/join", join)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, SERVER, 0).start()
    yield f"http://{SERVER}:{runner.addresses[0][1]}"
    await runner.cleanup()


@dataclass
class Member:
    """Who sits behind the firewall."""

    page: Page
    crowd: Crowd
    gateway: Gateway

    async def joins(self, servers: list[IceServer], policy: str) -> None:
        await self.page.evaluate(f"join({json.dumps(servers)}, '{policy}')")
        await self.gateway.allow(li="audio camera", member="audio camera")
        await self.gateway.show("li", "li", "member")

    async def sees_and_hears(self) -> dict[str, Any]:
        """Until pictures are decoded and a voice has come; how it came."""
        await until(self.page, "now().then((it) => it.frames >= 25 && it.energy > 0.001)", 30)
        return dict(await self.page.evaluate("now()"))


@pytest_asyncio.fixture
async def member(
    gateway: Gateway, crowd: Crowd, elsewhere: Elsewhere, site: str, tmp_path: Path
) -> AsyncIterator[Member]:
    # Playwright speaks with the browser over inherited pipes: no network between them is needed.
    launcher = tmp_path / "chromium"
    launcher.write_text(f'#!/bin/sh\nexec {" ".join(elsewhere.inside(CHROMIUM))} "$@"\n')
    launcher.chmod(0o755)
    flags = [*FLAGS, f"--unsafely-treat-insecure-origin-as-secure={site}", "--ignore-certificate-errors"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=str(launcher), args=flags)
        page = await chromium.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        await page.goto(site, wait_until="domcontentloaded")
        yield Member(page, crowd, gateway)
        await chromium.close()


async def speaker(crowd: Crowd) -> Any:
    """Somebody on the open side, who sends and listens."""
    return await crowd.join("li", audio=Tone(), camera=Picture())


async def test_where_udp_passes_the_direct_way_is_taken(crowd: Crowd, coturn: Coturn, member: Member) -> None:
    await speaker(crowd)
    await member.joins(coturn.servers(*Way), "all")
    way = await member.sees_and_hears()
    assert way["type"] in ("host", "prflx")


@pytest.mark.parametrize(
    ("blocked", "ways", "policy", "protocol"),
    [
        ([NO_UDP], list(Way), "all", "tcp"),
        ([NO_UDP], [Way.TCP], "relay", "tcp"),
        ([NO_UDP, "tcp dport 3478 drop"], list(Way), "all", "tls"),
        ([NO_UDP], [Way.TLS], "relay", "tls"),
        (["udp dport != 3478 drop"], [Way.UDP], "all", "udp"),
    ],
    ids=["tcp", "tcp-alone", "tls-because-3478-is-blocked", "tls-alone", "udp-to-3478-passes"],
)
async def test_where_udp_is_blocked_sound_and_picture_come_and_go_through_the_relay(
    crowd: Crowd,
    coturn: Coturn,
    elsewhere: Elsewhere,
    member: Member,
    blocked: list[str],
    ways: list[Way],
    policy: str,
    protocol: str,
) -> None:
    elsewhere.firewall(*blocked)
    li = await speaker(crowd)
    await member.joins(coturn.servers(*ways), policy)
    way = await member.sees_and_hears()
    assert way["type"] == "relay"
    # Over 443 with every address configured the browser may take either of the two that pass.
    assert way["protocol"] in ((protocol, "tls") if policy == "all" and protocol == "tcp" else (protocol,))
    await li.hears("a0", 25)
    await li.hears("big", 10)
