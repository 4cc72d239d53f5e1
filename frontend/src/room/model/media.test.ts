import { describe, expect, it } from "vitest";
import type { Quality, Troubles } from "@/media";
import { fitting, pageByKey, pageSize, within } from "./pages";
import { figureLines, percent, qualityNews } from "./quality";
import { firstTrouble, shownTroubles } from "./troubles";

const FAST = { cores: 4, memory: 8 };
const SLOW = { cores: 4, memory: 1 };

describe("pages of small pictures", () => {
  it.each([
    [1440, FAST, 9],
    [1440, SLOW, 4],
    [390, FAST, 4],
    [390, SLOW, 1],
    [390, { cores: 8, memory: null }, 4],
  ])("at %d px hold so many", (width, machine, size) => {
    expect(pageSize(width, machine)).toBe(size);
  });

  it.each([
    ["a wide strip", 1700, false, 9, 9],
    ["a wide strip with my own picture", 1400, true, 9, 7],
    ["a narrow strip, which can be scrolled", 300, true, 9, 4],
    ["a slow phone", 300, true, 1, 1],
  ])("of %s hold so many", (_, width, own, max, count) => {
    expect(fitting(width, 160, own, max)).toBe(count);
  });

  it.each([
    [0, 3, 0],
    [5, 3, 2],
    [2, 0, 0],
  ])("page %d of %d is page %d", (page, pages, there) => {
    expect(within(page, pages)).toBe(there);
  });

  it.each([
    ["ArrowRight", 0, 1],
    ["ArrowRight", 2, 2],
    ["PageUp", 1, 0],
    ["ArrowLeft", 0, 0],
    ["End", 0, 2],
    ["Home", 2, 0],
    ["Enter", 0, null],
  ])("%s on page %d turns to %s", (key, page, to) => {
    expect(pageByKey(key, page, 3)).toBe(to);
  });
});

describe("troubles with devices", () => {
  const NONE: Troubles = { microphone: null, camera: null, screen: null };
  it.each<[string, Partial<Troubles>, boolean, string[]]>([
    ["none", {}, false, []],
    ["the microphone first", { camera: "DEVICE_BUSY", microphone: "UNPLUGGED" }, false, ["UNPLUGGED retry", "DEVICE_BUSY retry"]],
    ["urgent while I speak, and in words that say so", { microphone: "UNPLUGGED" }, true, ["UNPLUGGED_SPEAKING retry!"]],
    ["only the microphone is urgent", { camera: "UNPLUGGED" }, true, ["UNPLUGGED retry"]],
    ["of what runs, another one helps", { microphone: "SILENT", camera: "MUTED" }, true, ["SILENT choose!", "MUTED choose"]],
    ["nothing to be done here", { camera: "INSECURE_CONTEXT", screen: "UNSUPPORTED" }, false, ["INSECURE_CONTEXT null", "UNSUPPORTED null"]],
  ])("%s", (_, troubles, speaking, shown) => {
    const found = shownTroubles({ ...NONE, ...troubles }, speaking, new Set());
    expect(found.map(({ words, action, urgent }) => `${words} ${action}${urgent ? "!" : ""}`)).toEqual(shown);
  });

  it("are not shown when they were read and closed", () => {
    expect(shownTroubles({ ...NONE, camera: "DEVICE_BUSY" }, false, new Set(["camera:DEVICE_BUSY"]))).toEqual([]);
  });

  it("the first one is the door's", () => {
    expect(firstTrouble({ ...NONE, camera: "DEVICE_BUSY" })).toEqual({ device: "camera", code: "DEVICE_BUSY" });
    expect(firstTrouble(NONE)).toBeNull();
  });
});

describe("the quality sign", () => {
  const of = (level: Quality["level"], audioOnly = false): Quality => ({ level, reason: "none", audioOnly });
  it.each([
    ["nothing at first", null, of("good"), null],
    ["that it is poor", of("good"), of("poor"), "poor"],
    ["that it began poor", null, of("poor"), "poor"],
    ["nothing about small matters", of("good"), of("fair"), null],
    ["that it is better", of("poor"), of("fair"), "better"],
    ["that only sound goes on", of("poor"), of("poor", true), "audio_only"],
    ["nothing twice", of("poor", true), of("poor", true), null],
    ["nothing when media ends", of("poor"), null, null],
  ])("says %s", (_, before, after, news) => {
    expect(qualityNews(before, after)).toBe(news);
  });

  it("has figures, and says which are unknown", () => {
    const lines = figureLines({ rttMs: null, kbpsUp: 10, kbpsDown: 20, lossDown: 0.012, lossUp: 0.2 });
    expect(lines.map(({ key, unit, n }) => `${key} ${n} ${unit}`)).toEqual([
      "rtt  unknown", "down 20 kbps", "up 10 kbps", "loss_down 1.2 percent", "loss_up 20 percent",
    ]);
    expect([0, 0.004, 1].map(percent)).toEqual(["0", "0.4", "100"]);
  });
});
