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
    ["all, while nobody has said", null, 3, ["h", "m", "l"]],
    ["what is watched, and the smallest, which says that there is a camera", ["h"], 3, ["h", "l"]],
    ["the smallest, when nobody watches", [], 3, ["l"]],
    ["the smallest that is really sent", [], 2, ["m"]],
    ["the only one", [], 1, ["h"]],
    ["nothing that was not offered", ["x", "m"], 3, ["m", "l"]],
    ["nothing that the browser would not send", ["l"], 2, ["m"]],
  ])("are %s", (_, watched, sent, running) => {
    expect(runningRids(RIDS, watched, sent)).toEqual(running);
  });

  it("are never none for a single layer", () => {
    expect(runningRids(["h"], [], 3)).toEqual(["h"]);
  });
});
