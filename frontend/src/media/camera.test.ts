import { describe, expect, it } from "vitest";
import { cameraPlan, layersOf, runningRids } from "./camera";

const DESK = { width: 1440, cores: 4, memory: 8, simulcast: true };

describe("a camera's plan", () => {
  it.each([
    ["a desk", DESK, [1280, "h", "m", "l"]],
    ["a phone", { ...DESK, width: 390 }, [640, "h", "m", "l"]],
    ["an old desk with little memory", { ...DESK, memory: 2 }, [640, "h", "m", "l"]],
    ["a desk whose browser does not tell its memory", { ...DESK, memory: null }, [1280, "h", "m", "l"]],
    ["a browser that sends one layer", { ...DESK, simulcast: false }, [640, "h"]],
  ])("of %s", (_, machine, [width, ...rids]) => {
    const plan = cameraPlan(machine);
    expect([plan.width, ...plan.encodings.map(({ rid }) => rid)]).toEqual([width, ...rids]);
  });

  it("has the largest layer first, each a quarter of the one before", () => {
    expect(cameraPlan(DESK).encodings).toEqual([
      { rid: "h", maxBitrate: 1_200_000, scaleResolutionDownBy: 1 },
      { rid: "m", maxBitrate: 400_000, scaleResolutionDownBy: 2 },
      { rid: "l", maxBitrate: 120_000, scaleResolutionDownBy: 4 },
    ]);
  });
});

it.each([
  [1280, 720, 3],
  [960, 540, 3],
  [640, 360, 2],
  [360, 640, 2],
  [480, 270, 2],
  [320, 180, 1],
])("of %d×%d so many layers are sent", (width, height, layers) => {
  expect(layersOf(width, height)).toBe(layers);
});

describe("encodings that run", () => {
  const RIDS = ["h", "m", "l"];
  it.each([
    ["all, while nobody has said", null, 3, false, ["h", "m", "l"]],
    ["what is watched, and the smallest beside it", ["h"], 3, false, ["h", "l"]],
    ["the smallest alone, when that is watched", ["l"], 3, false, ["l"]],
    ["none, when nobody watches", [], 3, false, []],
    ["the smallest, when it was switched on just now", [], 3, true, ["l"]],
    ["the smallest that is really sent", [], 2, true, ["m"]],
    ["nothing that was not offered", ["x", "m"], 3, false, ["m", "l"]],
    ["the next best, when a smaller one is watched than the browser sends", ["l"], 2, false, ["m"]],
  ])("are %s", (_, watched, sent, knocks, running) => {
    expect(runningRids(RIDS, watched, sent, knocks)).toEqual(running);
  });

  it("of a single layer are that one, whatever it is called", () => {
    expect(runningRids(["h"], [""], 3, false)).toEqual(["h"]);
    expect(runningRids(["h"], [], 3, false)).toEqual([]);
  });
});
