import { describe, expect, it } from "vitest";
import { type Facts, figures, freezesIn, judge, NO_FIGURES, readQuality, type Sample, steady } from "./quality";
import { NO_STATS } from "./stats";
import type { Quality, SlotStats } from "./types";

const FINE: Facts = {
  ...NO_FIGURES, rttMs: 20, lossUp: 0, state: "connected", server: null, freezes: 0, limitedBy: "none", sendsPicture: true,
};
const server = (level: Quality["level"], reason: Quality["reason"], audioOnly = false): Quality => ({ level, reason, audioOnly });

describe("quality", () => {
  it.each<[string, Partial<Facts>, string]>([
    ["all is well", {}, "good none"],
    ["the connection is cut", { state: "reconnecting" }, "poor interrupted"],
    ["a little is lost on the way to me", { lossDown: 0.04 }, "fair downlink_loss"],
    ["much is lost on the way to me", { lossDown: 0.12 }, "poor downlink_loss"],
    ["much is lost on the way from me", { lossUp: 0.1 }, "poor uplink_loss"],
    ["the browser does not know the loss", { lossUp: null }, "good none"],
    ["answers take long", { rttMs: 450 }, "fair delay"],
    ["answers take very long", { rttMs: 900 }, "poor delay"],
    ["a picture stood still", { freezes: 1 }, "fair freezes"],
    ["pictures stand still all the time", { freezes: 4 }, "poor freezes"],
    ["this computer is too busy", { limitedBy: "cpu" }, "fair cpu"],
    ["it is too busy, but sends no picture", { limitedBy: "cpu", sendsPicture: false }, "good none"],
    ["less is watched than could be sent", { limitedBy: "bandwidth" }, "good none"],
    ["the uplink is narrow and loses", { limitedBy: "bandwidth", lossUp: 0.025 }, "fair uplink_bandwidth"],
    ["the server says so", { server: server("fair", "downlink_bandwidth") }, "fair downlink_bandwidth"],
    ["the server sees the worse", { server: server("poor", "uplink_silent"), rttMs: 450 }, "poor uplink_silent"],
    ["the page sees the worse", { server: server("fair", "downlink_loss"), lossUp: 0.2 }, "poor uplink_loss"],
    ["both see the same: the server knows why", { server: server("fair", "downlink_bandwidth"), lossDown: 0.04 }, "fair downlink_bandwidth"],
    ["sound only, whatever else", { server: server("fair", "downlink_loss", true) }, "poor downlink_bandwidth"],
  ])("when %s", (_, change, expected) => {
    const quality = judge({ ...FINE, ...change });
    expect(`${quality?.level} ${quality?.reason}`).toBe(expected);
  });

  it.each(["idle", "connecting", "failed"] as const)("is unknown while %s", (state) => {
    expect(judge({ ...FINE, state })).toBeNull();
  });

  it("tells that only sound goes on", () => {
    expect(judge({ ...FINE, server: server("poor", "downlink_bandwidth", true) })?.audioOnly).toBe(true);
  });
});

describe("what is shown", () => {
  const of = (...levels: Quality["level"][]) => levels.map((level) => server(level, "none"));
  const [good, poor] = of("good", "poor");
  it.each<[string, Quality | null | undefined, (Quality | null)[], string | undefined]>([
    ["the first judgement", null, of("good"), "good"],
    ["worse at once", good, of("good", "good", "poor"), "poor"],
    ["not better at once", poor, of("poor", "good"), "poor"],
    ["better when it lasts", poor, of("poor", "fair", "good", "good", "good"), "good"],
    ["not better when it flickers", poor, of("good", "good", "poor", "good"), "poor"],
    ["nothing when nothing is known", poor, [null], undefined],
  ])("is %s", (_, shown, judged, level) => {
    expect(steady(shown ?? null, judged)?.level).toBe(level);
  });
});

it("a quality frame is read with care", () => {
  expect(readQuality({ level: "poor", reason: "downlink_loss", audio_only: true })).toEqual(server("poor", "downlink_loss", true));
  expect(readQuality({ level: "excellent", reason: 7 })).toEqual(server("good", "none"));
});

describe("between samples", () => {
  const slot = (name: string, words: Partial<SlotStats>): SlotStats => ({
    slot: name, framesDecoded: 0, framesPerSecond: 0, packetsLost: 0, freezes: 0, packetsReceived: 0, bytesReceived: 0, energy: 0, ...words,
  });
  const sample = (at: number, stats: Partial<Sample["stats"]>): Sample => ({ at, stats: { ...NO_STATS, ...stats } });

  it("figures are rates and shares", () => {
    const first = sample(0, { sentBytes: 1000, receivedBytes: 0, slots: [slot("big", { packetsReceived: 100 })] });
    const last = sample(5000, {
      sentBytes: 126_000, receivedBytes: 625_000, rttMs: 24.6, lossUp: 0.01,
      slots: [slot("big", { packetsReceived: 190, packetsLost: 10 })],
    });
    expect(figures(first, last)).toEqual({ rttMs: 25, kbpsUp: 200, kbpsDown: 1000, lossDown: 0.1, lossUp: 0.01 });
    expect(figures(first, first)).toEqual(NO_FIGURES);
  });

  it("one lost packet of three tells nothing", () => {
    const few = (lost: number, received: number) => sample(received, { slots: [slot("a0", { packetsLost: lost, packetsReceived: received })] });
    expect(figures(few(0, 0), few(1, 2)).lossDown).toBe(0);
  });

  it("a picture that was switched off and on again did not freeze", () => {
    const at = (second: number, bytesReceived: number, freezes: number) => sample(second * 1000, { slots: [slot("big", { bytesReceived, freezes })] });
    expect(freezesIn([at(0, 10, 0), at(1, 20, 0), at(2, 30, 1)])).toBe(1);
    expect(freezesIn([at(0, 10, 0), at(1, 10, 0), at(2, 20, 1), at(3, 30, 1)])).toBe(0);
  });
});
