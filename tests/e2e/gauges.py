"""Gauges on a page: what its peer connections count, ten times a second, and what that says about sound and picture.

`GAUGE` runs before the page's own script and only watches: the connection whose sound is played, by `getStats`, and
what the stage says about it. A stretch without a new picture or packet is one that two readings saw, so a page that is
busy with other things is no frozen picture; and what a camera did not send while the machine was busy, no network lost.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import Page

GAUGE = """
(() => {
  const peers = [];
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(...words) { super(...words); peers.push(this); }
  };
  const readings = [];
  const received = [
    "framesReceived", "framesDecoded", "framesDropped", "frameHeight", "keyFramesDecoded", "pliCount",
    "freezeCount", "totalFreezesDuration", "packetsReceived", "packetsLost", "nackCount",
    "retransmittedPacketsReceived", "totalAudioEnergy", "totalSamplesReceived", "concealedSamples",
    "silentConcealedSamples",
  ];
  const sent = ["framesEncoded", "frameHeight", "keyFramesEncoded", "bytesSent", "retransmittedBytesSent"];
  const pick = (row, fields) => Object.fromEntries(fields.map((field) => [field, row[field] || 0]));
  // While a second connection is on its way to the place of the first, the first is what people hear.
  const playing = () => {
    const element = document.querySelector("audio[data-slot=a0]");
    const track = element && element.srcObject && element.srcObject.getTracks()[0];
    return peers.find((peer) => peer.getReceivers().some((each) => each.track === track));
  };
  const read = async () => {
    const peer = playing();
    if (!peer) return;
    const notice = document.querySelector("[data-test=stage-notice]");
    const reading = {
      at: (performance.timeOrigin + performance.now()) / 1000, peer: peers.indexOf(peer), received: {}, sent: {},
      way: "", credentials: "", limited: [], notice: notice ? notice.textContent : "",
    };
    const rows = [...(await peer.getStats()).values()];
    const by = (id) => rows.find((row) => row.id === id) || {};
    for (const row of rows) {
      reading.at = row.timestamp / 1000;
      if (row.type === "inbound-rtp" && row.mid !== undefined) reading.received[row.mid] = pick(row, received);
      if (row.type === "outbound-rtp" && row.rid) {
        reading.sent[row.rid] = pick(row, sent);
        if (row.active) reading.limited.push(`${row.rid} ${row.qualityLimitationReason}`);
      }
      if (row.type === "transport") {
        const local = by(by(row.selectedCandidatePairId).localCandidateId);
        reading.way = [local.candidateType, local.relayProtocol || local.protocol, local.address].join(" ");
        reading.credentials = row.iceLocalUsernameFragment || "";
      }
    }
    readings.push(reading);
    if (readings.length > 3000) readings.shift();
  };
  let reading = false;
  setInterval(() => {
    if (reading) return;
    reading = true;
    read().finally(() => { reading = false; });
  }, 100);
  // Painting by software would cost more than all the rest; decoded they are all the same.
  document.addEventListener("DOMContentLoaded", () => {
    document.head.appendChild(document.createElement("style")).textContent = "video { visibility: hidden !important; }";
  });
  window.__readings = (since) => readings.filter((each) => each.at > since);
})();
"""

VOICES = ("3", "4", "5")
BIG = "6"
SMALL = ("7", "8")


@dataclass(frozen=True)
class Reading:
    """What a page's connection counted at one moment: `received` by mid, `sent` of the camera by rid."""

    at: float
    peer: int
    received: dict[str, dict[str, float]]
    sent: dict[str, dict[str, float]]
    way: str
    """Kind, protocol and address of the local candidate in use."""
    credentials: str
    """Of ICE: an ICE restart makes new ones."""
    limited: list[str]
    """Why the encodings that run are not larger, as the browser says."""
    notice: str
    """What the stage says about the connection."""

    def line(self, mid: str, field: str) -> float:
        return self.received.get(mid, {}).get(field, 0.0)

    def voices(self, field: str) -> float:
        return sum(self.line(mid, field) for mid in VOICES)


class Gauge:
    """The readings of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def now(self) -> float:
        return float(self.page.evaluate("(performance.timeOrigin + performance.now()) / 1000"))

    def since(self, moment: float) -> list[Reading]:
        return [Reading(**each) for each in self.page.evaluate("since => window.__readings(since)", moment)]

    def until(
        self, happened: Callable[[list[Reading]], bool], complaint: str, *, patience: float = 60.0
    ) -> list[Reading]:
        """The readings from now on until they say so."""
        begin, end = self.now(), time.monotonic() + patience
        while True:
            readings = self.since(begin)
            if len(readings) > 1 and happened(readings):
                return readings
            if time.monotonic() > end:
                raise AssertionError(f"{complaint}: {readings[-1:]}")
            self.page.wait_for_timeout(100)

    def during(self, seconds: float) -> list[Reading]:
        begin = self.now()
        self.page.wait_for_timeout(1000 * seconds)
        return self.since(begin)

    def sees(self, frames: int, mid: str = BIG) -> list[Reading]:
        """Wait until so many more pictures are decoded."""
        return self.until(lambda seen: growth(seen, mid, "framesDecoded") >= frames, f"no picture in {mid}")

    def hears(self, energy: float = 0.001) -> list[Reading]:
        """Wait until sound arrives that is louder than comfort noise."""
        return self.until(
            lambda heard: sum(growth(heard, mid, "totalAudioEnergy") for mid in VOICES) > energy, "no sound arrives"
        )


def growth(readings: list[Reading], mid: str, field: str) -> float:
    """By how much a counter grew; a new connection counts from nothing."""
    return sum(
        after.line(mid, field) - (before.line(mid, field) if before.peer == after.peer else 0.0)
        for before, after in pairwise(readings)
    )


def rate(readings: list[Reading], mid: str, field: str) -> float:
    """By how much it grew per second."""
    return growth(readings, mid, field) / (readings[-1].at - readings[0].at)


def filmed(camera: list[Reading]) -> float:
    """Pictures per second that the camera's page encoded, in the encoding with most of them."""
    return sum(_encoded(before, after) for before, after in pairwise(camera)) / (camera[-1].at - camera[0].at)


def frozen(viewer: list[Reading], camera: list[Reading], mid: str = BIG) -> float:
    """The longest time without a new picture, longer than the camera itself stood still."""
    seen = _stillness(
        viewer, lambda before, after: after.line(mid, "framesDecoded") != before.line(mid, "framesDecoded")
    )
    return seen - _stillness(camera, lambda before, after: _encoded(before, after) > 0)


def silence(listener: list[Reading]) -> float:
    """The longest time in which nothing of any voice arrived at the connection that is played."""
    return _stillness(
        listener, lambda before, after: after.voices("packetsReceived") != before.voices("packetsReceived")
    )


def _encoded(before: Reading, after: Reading) -> float:
    if before.peer != after.peer:
        return 0.0
    return max(
        (
            after.sent[rid]["framesEncoded"] - before.sent[rid]["framesEncoded"]
            for rid in after.sent.keys() & before.sent
        ),
        default=0.0,
    )


def _stillness(readings: list[Reading], moves: Callable[[Reading, Reading], bool]) -> float:
    """The longest stretch of seconds in which nothing moved. A new connection has to move before it counts."""
    longest, since = 0.0, readings[0].at
    for before, after in pairwise(readings):
        if after.peer == before.peer and moves(before, after):
            since = after.at
        longest = max(longest, after.at - since)
    return longest


def layer(viewer: list[Reading], camera: list[Reading]) -> str:
    """Which encoding the viewer sees now, by its size."""
    seen = viewer[-1].line(BIG, "frameHeight")
    heights = {rid: each["frameHeight"] for rid, each in camera[-1].sent.items() if each["frameHeight"]}
    return min(heights, key=lambda rid: abs(heights[rid] - seen), default="")


def concealed(readings: list[Reading]) -> float:
    """The share of audible sound that was made up because the real one did not come, over the voices that spoke."""
    speaking = [mid for mid in VOICES if growth(readings, mid, "totalAudioEnergy") > 0]
    invented = sum(
        growth(readings, mid, "concealedSamples") - growth(readings, mid, "silentConcealedSamples") for mid in speaking
    )
    return invented / max(1.0, sum(growth(readings, mid, "totalSamplesReceived") for mid in speaking))


def story(viewer: list[Reading], camera: list[Reading], mid: str = BIG) -> str:
    """When what was seen changed its size or stood still for a quarter of a second, for whoever reads a failure."""
    begin = viewer[0].at
    told = [f"{camera[-1].limited}"]
    since = viewer[0]
    for before, after in pairwise(viewer):
        for name in ("frameHeight", "pliCount", "freezeCount", "framesDropped"):
            if after.line(mid, name) != before.line(mid, name):
                change = f"{before.line(mid, name):.0f} to {after.line(mid, name):.0f}"
                told.append(f"{after.at - begin:.1f} s: {name} {change}")
        if after.line(mid, "framesDecoded") != before.line(mid, "framesDecoded"):
            if after.at - since.at > 0.25:
                packets = after.line(mid, "packetsReceived") - since.line(mid, "packetsReceived")
                told.append(
                    f"{since.at - begin:.1f} s: still for {after.at - since.at:.2f} s, {packets:.0f} packets came"
                )
            since = after
    for before, after in pairwise(camera):
        for rid in after.sent.keys() & before.sent.keys():
            for name in ("keyFramesEncoded", "frameHeight"):
                if after.sent[rid][name] != before.sent[rid][name]:
                    change = f"{before.sent[rid][name]:.0f} to {after.sent[rid][name]:.0f}"
                    told.append(f"{after.at - begin:.1f} s: {rid} {name} {change}")
    return "; ".join(told)


def figures(viewer: list[Reading], mid: str = BIG) -> str:
    """What the browser counted of a picture, for the log."""
    names = ("framesReceived", "framesDecoded", "framesDropped", "keyFramesDecoded", "pliCount", "nackCount")
    counted = [f"{name} {growth(viewer, mid, name):.0f}" for name in (*names, "freezeCount", "packetsLost")]
    return ", ".join([*counted, f"frozen for {growth(viewer, mid, 'totalFreezesDuration'):.2f} s in all"])
