"""Ears and eyes for a page: what its real peer connections send and receive, by `getStats`.

The page's own code is untouched: `RTCPeerConnection` and `getUserMedia` are watched from outside. `shout` lets a page
send its microphone whether or not it was given the floor, as a dishonest client would.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

WATCH = """
(() => {
  const peers = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...words) { super(...words); peers.push(this); }
  };
  const open = navigator.mediaDevices && navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  if (open) navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    for (const track of stream.getAudioTracks()) {
      const timer = setInterval(() => {
        if (track.readyState === "ended") clearInterval(timer);
        else if (window.__shout) track.enabled = true;
      }, 50);
    }
    return stream;
  };
  window.__listen = async () => {
    const sum = { heard: 0, spoken: 0, sent: 0, frames: 0, width: 0 };
    for (const peer of peers.filter((each) => each.connectionState !== "closed")) {
      for (const row of (await peer.getStats()).values()) {
        if (row.type === "inbound-rtp" && row.kind === "audio") sum.heard += row.totalAudioEnergy || 0;
        if (row.type === "inbound-rtp" && row.kind === "video") {
          sum.frames += row.framesDecoded || 0;
          sum.width = Math.max(sum.width, row.frameWidth || 0);
        }
        if (row.type === "media-source" && row.kind === "audio") sum.spoken += row.totalAudioEnergy || 0;
        if (row.type === "outbound-rtp" && row.kind === "audio") sum.sent += row.bytesSent || 0;
      }
    }
    return sum;
  };
})();
"""


@dataclass(frozen=True)
class Heard:
    """Energy heard and spoken (RFC 6464 scale, summed), bytes of sound sent, frames decoded, widest picture."""

    heard: float
    spoken: float
    sent: float
    frames: int
    width: int


def listen(page: Page) -> Heard:
    """What the page's connections count now."""
    return Heard(**page.evaluate("window.__listen()"))


def wait_to_hear(page: Page, *, energy: float = 0.002, patience: float = 20) -> None:
    """Until sound arrives that is louder than comfort noise."""
    begin = listen(page).heard
    _wait(lambda: listen(page).heard - begin > energy, page, patience, "no sound arrives")


def wait_to_see(page: Page, *, frames: int = 10, patience: float = 30) -> None:
    """Until pictures are decoded."""
    begin = listen(page).frames
    _wait(lambda: listen(page).frames - begin >= frames, page, patience, "no picture arrives")


def hears_nothing_while(page: Page, shouting: Page, *, seconds: float = 2.5) -> None:
    """Somebody without the floor really sends sound, and nobody hears it."""
    shouting.evaluate("window.__shout = true")
    _wait(lambda: listen(shouting).spoken > 0, shouting, 10, "the microphone is silent: the test proves nothing")
    page.wait_for_timeout(1500)  # what was said while one had the floor still leaves the jitter buffer
    before, sent = listen(page), listen(shouting)
    page.wait_for_timeout(1000 * seconds)
    after, sent_after = listen(page), listen(shouting)
    shouting.evaluate("window.__shout = false")
    assert sent_after.spoken - sent.spoken > 0.001, "the microphone is silent: the test proves nothing"
    assert sent_after.sent > sent.sent, "nothing was sent: the test proves nothing"
    assert after.heard - before.heard < 0.0005, "somebody without the floor was heard"


def _wait(happened: Callable[[], bool], page: Page, patience: float, complaint: str) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if happened():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{complaint}: {listen(page)}")
