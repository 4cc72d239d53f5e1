import { describe, expect, it } from "vitest";
import { loudness } from "./level";
import { nextStep } from "./recovery";
import { readRights, readSlots, slotAt, thumbsFor } from "./slots";

describe("slots", () => {
  it("are known by the order of the lines", () => {
    expect(Array.from({ length: 9 }, (_, index) => slotAt(index))).toEqual([
      null, null, null, "a0", "a1", "a2", "big", "t0", "t1",
    ]);
  });

  it("that a frame does not name are nobody's", () => {
    expect(readSlots({ a1: "li", big: "wang", screen: true, t0: null, t1: 7 }, 2)).toEqual({
      audio: [null, "li", null],
      big: "wang",
      screen: true,
      thumbs: [null, null],
      pages: 1,
    });
    expect(readSlots(null, 1).big).toBeNull();
    expect([3, 0, "many", undefined].map((pages) => readSlots({}, 1, pages).pages)).toEqual([3, 1, 1, 1]);
  });

  it("are fewer on a phone", () => {
    expect([thumbsFor(390), thumbsFor(1440)]).toEqual([4, 9]);
  });
});

it("a right that is not said is not there", () => {
  expect(readRights({ audio: true, camera: 1 })).toEqual({ audio: true, camera: false, screen: false });
});

it("ICE is restarted twice before a new connection is built, then with growing patience", () => {
  expect([0, 1].map((failures) => nextStep(failures, 0).kind)).toEqual(["restart", "restart"]);
  expect(nextStep(2, 1)).toEqual({ kind: "rebuild", afterMs: 250 });
  expect(nextStep(20, 1)).toEqual({ kind: "rebuild", afterMs: 8000 });
});

it("silence is 0 and full scale is 1", () => {
  expect(loudness(new Float32Array(64))).toBe(0);
  expect(loudness(new Float32Array(64).fill(1))).toBe(1);
  expect(loudness(new Float32Array(64).fill(0.0316))).toBeCloseTo(0.5, 1);
});
