"""How long people wait: from the click that lets them in to the first remote picture, and from the click that gives
the floor to the first sound at a listener.

The whole product and Debian's Chromium, as in the end-to-end tests; pages note the moments themselves. Who comes in has
been admitted before, so that no host's hesitation is measured. Prints JSON lines, the last one is the summary.
`QUICK=1` takes fewer rounds.
"""

import array
import json
import math
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import FLAGS, People
from tests.e2e.meeting import Hall, called_meeting, marked, request_floor, tab
from tests.e2e.product import running_product

QUICK = os.environ.get("QUICK") == "1"
ROUNDS = 5 if QUICK else 20
PATIENCE_MS = 60_000

WATCH_MOMENTS = """
(() => {
  const tracks = new Set();
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...words) {
      super(...words);
      this.addEventListener("track", (event) => tracks.add(event.track));
    }
  };
  const now = () => performance.timeOrigin + performance.now();
  const moments = (window.__moments = { clicked: 0, seen: 0, heard: 0, quietSince: now() });
  window.addEventListener("click", () => { moments.clicked = now(); moments.seen = 0; }, true);

  const watched = new Set();
  setInterval(() => {
    for (const video of document.querySelectorAll("video")) {
      if (watched.has(video) || !video.srcObject?.getTracks().some((track) => tracks.has(track))) continue;
      watched.add(video);
      video.requestVideoFrameCallback(() => { moments.seen ||= now(); });
    }
  }, 10);

  window.__openEars = () => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    const wave = new Float32Array(analyser.fftSize);
    const connected = new Set();
    setInterval(() => {
      for (const track of tracks) {
        if (track.kind !== "audio" || connected.has(track)) continue;
        connected.add(track);
        context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      }
      analyser.getFloatTimeDomainData(wave);
      if (!wave.some((sample) => Math.abs(sample) > 0.01)) return;
      moments.heard ||= now();
      moments.quietSince = now();
    }, 5);
  };
  window.__quietFor = (ms) => now() - moments.quietSince > ms;
})();
"""


def say(**line: Any) -> None:
    print(json.dumps({"bench": "join", **line}, ensure_ascii=False), flush=True)


def voice(path: Path) -> None:
    """A voice without pauses that wanders in pitch and strength: noise suppression lets it through."""
    rate, seconds = 48_000, 4
    samples = array.array("h")
    phase = 0.0
    for at in range(rate * seconds):
        moment = at / rate
        phase += 2 * math.pi * (170 + 50 * math.sin(2 * math.pi * 2.5 * moment)) / rate
        strength = 0.25 * (0.75 + 0.25 * math.sin(2 * math.pi * 4 * moment))
        samples.append(int(32767 * strength * sum(math.sin(k * phase) / k for k in (1, 2, 3, 4, 5)) / 2))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def until(page: Page, condition: str) -> None:
    """`wait_for_function` would need `unsafe-eval`, which our pages forbid."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(condition):
        if time.monotonic() > end:
            raise TimeoutError(condition)
        page.wait_for_timeout(50)


def moment(page: Page, name: str) -> float:
    return float(page.evaluate(f"window.__moments.{name}"))


def inside(hall: Hall, who: str) -> Page:
    """Somebody in the meeting, with camera and microphone."""
    page = hall.people.blank(hall.product, hall.product.client(who))
    page.set_default_timeout(PATIENCE_MS)
    page.add_init_script(WATCH_MOMENTS)
    page.goto(f"{hall.product.address}/room/{hall.meeting}", wait_until="domcontentloaded")
    hall.check_in(page)
    if marked(page, "waiting").or_(marked(page, "meeting-state")).first.get_attribute("data-test") == "waiting":
        hall.product.client("secretary").do(hall.meeting, "people.admit_all")
    expect(marked(page, "meeting-state")).to_be_visible(timeout=PATIENCE_MS)
    return page


def joins(hall: Hall, who: str, page: Page) -> list[float]:
    """Leave, open the room anew, come back: milliseconds from the click to the first remote picture."""
    client = hall.product.client(who)
    took = []
    for number in range(ROUNDS):
        client.do(hall.meeting, "people.leave")
        page.reload(wait_until="domcontentloaded")
        marked(page, "come-back").click()
        until(page, "window.__moments.seen > 0")
        took.append(moment(page, "seen") - moment(page, "clicked"))
        say(round=number + 1, join_ms=round(took[-1]))
    return took


def floors(host: Page, speaker: Page, listener: Page) -> list[float]:
    """Ask, be called, be heard, finish: milliseconds from the host's click to the first sound at the listener."""
    tab(host, "发言")
    marked(host, "open-queue").click()
    listener.evaluate("window.__openEars()")
    took = []
    for number in range(ROUNDS):
        request_floor(speaker, "统建统服")
        expect(marked(host, "queue-row")).to_have_count(1)
        until(listener, "window.__quietFor(1000)")
        listener.evaluate("window.__moments.heard = 0")
        marked(host, "call-next").click()
        until(listener, "window.__moments.heard > 0")
        took.append(moment(listener, "heard") - moment(host, "clicked"))
        say(round=number + 1, floor_to_sound_ms=round(took[-1]))
        marked(speaker, "finish-speech").click()
        expect(marked(speaker, "request-floor")).to_be_visible()
    return took


def run(browser: Browser, folder: Path) -> dict[str, int]:
    with running_product(folder) as product:
        people = People(browser)
        hall = Hall(product, people, called_meeting(product))
        product.client("secretary").do(hall.meeting, "meeting.open_lobby")
        host, speaker = inside(hall, "host"), inside(hall, "m17")
        product.client("host").do(hall.meeting, "meeting.start")
        listener = inside(hall, "m24")
        seen = joins(hall, "m24", listener)
        marked(host, "microphone").click()  # what is heard is the speaker
        heard = floors(host, speaker, listener)
        people.close()
    return {
        "join_ms_median": round(statistics.median(seen)),
        "join_ms_worst": round(max(seen)),
        "floor_to_sound_ms_median": round(statistics.median(heard)),
        "floor_to_sound_ms_worst": round(max(heard)),
    }


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the product is stopped too
    say(load_average=round(os.getloadavg()[0], 1))  # of a busy machine these times say little
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise SystemExit("Chromium is missing: run bin/system-packages")
    with tempfile.TemporaryDirectory(prefix="gongshang-bench-") as data, sync_playwright() as playwright:
        tone = Path(data) / "voice.wav"
        voice(tone)
        flags = [*FLAGS, f"--use-file-for-fake-audio-capture={tone}"]
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            summary = run(browser, Path(data))
        finally:
            browser.close()
    print(json.dumps({"bench": "join", "summary": summary}))


if __name__ == "__main__":
    main()
