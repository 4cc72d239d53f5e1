import { describe, expect, it } from "vitest";
import { browserName } from "./browser";
import { isDue, makeReport } from "./report";

const report = (change: object = {}) =>
  makeReport({
    devices: { microphone: "on", camera: "on" },
    browser: "Chromium 156 · Linux",
    visible: true,
    loudness: 0.51234,
    figures: { rttMs: 20, kbpsUp: 100, kbpsDown: 900, lossDown: 0.01234, lossUp: null },
    quality: { level: "good", reason: "none", audioOnly: false },
    ...change,
  });

it("a report is small and says what the board shows", () => {
  expect(report()).toEqual({
    devices: { microphone: "on", camera: "on" }, browser: "Chromium 156 · Linux", visible: true, rtt_ms: 20, loss_up: null,
    loss_down: 0.012, kbps_up: 100, kbps_down: 900, loudness: 0.512, level: "good", reason: "none", audio_only: false,
  });
  expect(report({ browser: "x".repeat(500) }).browser).toHaveLength(60);
});

describe("it is told", () => {
  const silent = { devices: { microphone: "silent", camera: "on" } };
  it.each([
    ["first of all", report(), null, 0, true],
    ["not again at once", report(), report(), 1000, false],
    ["every five seconds", report(), report(), 5000, true],
    ["soon when a device changes", report(silent), report(), 1000, true],
    ["soon when the quality changes", report({ quality: null }), report(), 1000, true],
    ["not at every flicker", report(silent), report(), 500, false],
    ["not for a figure", report({ loudness: 0.1 }), report(), 4000, false],
  ])("%s", (_, next, last, later, due) => {
    expect(isDue(next, last, 10_000, 10_000 + later)).toBe(due);
  });
});

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", "Chromium 156 · Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0", "Edge 156 · Windows"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 · Linux"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari 18 · iOS"],
  ["Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat 8 · Android"],
  ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36 360SE", "360 86 · Windows"],
  ["Lynx", "?"],
])("%s is %s", (userAgent, name) => {
  expect(browserName(userAgent)).toBe(name);
});
