import { expect, it } from "vitest";
import { type LineNames, readStats } from "./stats";

/** mic, camera, screen, three voices, big, one small picture. */
const LINES: LineNames[] = Array.from({ length: 8 }, (_, place) => ({ mid: String(place), track: `track-${place}` }));
const slot = (rows: Record<string, unknown>[], name: string) => readStats(rows, LINES).slots.find((each) => each.slot === name);

it("every slot has its figures, also before anything came", () => {
  expect(readStats([], LINES).slots.map((each) => each.slot)).toEqual(["a0", "a1", "a2", "big", "t0"]);
  expect(slot([], "big")).toMatchObject({ framesDecoded: 0, bytesReceived: 0 });
});

it("a slot is found by its mid", () => {
  const rows = [{ type: "inbound-rtp", mid: "6", framesDecoded: 12, packetsReceived: 40, bytesReceived: 9000, freezeCount: 1 }];
  expect(slot(rows, "big")).toMatchObject({ framesDecoded: 12, packetsReceived: 40, bytesReceived: 9000, freezes: 1 });
  expect(slot(rows, "t0")).toMatchObject({ framesDecoded: 0 });
});

it("in old Chromium it is found by its track, whose row has the other half", () => {
  const rows = [
    { type: "inbound-rtp", trackId: "T1", framesDecoded: 12, packetsLost: 3 },
    { type: "track", id: "T1", trackIdentifier: "track-6", freezeCount: 2, framesDecoded: 12 },
  ];
  expect(slot(rows, "big")).toMatchObject({ framesDecoded: 12, packetsLost: 3, freezes: 2 });
});

it("the uplink: round trip, bytes, the worst loss, what limits, how loud", () => {
  const stats = readStats(
    [
      { type: "candidate-pair", nominated: false, state: "succeeded", bytesSent: 5 },
      { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.025, bytesSent: 100, bytesReceived: 200 },
      { type: "remote-inbound-rtp", fractionLost: 0.01 },
      { type: "remote-inbound-rtp", fractionLost: 0.08 },
      { type: "outbound-rtp", qualityLimitationReason: "cpu" },
      { type: "outbound-rtp", qualityLimitationReason: "bandwidth" },
      { type: "outbound-rtp", qualityLimitationReason: "none" },
      { type: "media-source", kind: "audio", audioLevel: 0.2 },
    ],
    LINES,
  );
  expect(stats).toMatchObject({ rttMs: 25, sentBytes: 100, receivedBytes: 200, lossUp: 0.08, limitedBy: "cpu", loudness: 0.2 });
});

it("what no browser said is unknown, not nothing", () => {
  expect(readStats([], LINES)).toMatchObject({ rttMs: null, lossUp: null, loudness: null, limitedBy: "none" });
});
