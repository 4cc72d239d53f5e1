import { describe, expect, it } from "vitest";
import { Cure, FrozenSlots } from "./frozen";
import type { SlotStats } from "./types";

const slot = (name: string, framesDecoded: number, packetsReceived: number): SlotStats => ({
  slot: name, framesDecoded, packetsReceived, framesPerSecond: 0, packetsLost: 0, freezes: 0, bytesReceived: packetsReceived * 1000, energy: 0,
});

/** Looks once a second at what `at` says of that second; the seconds at which the slot was called dead. */
function watch(seconds: number, at: (second: number) => SlotStats): number[] {
  const frozen = new FrozenSlots();
  return Array.from({ length: seconds }, (_, second) => second).filter((second) => frozen.look([at(second)], second * 1000).length > 0);
}

describe("a slot", () => {
  it("is dead when packets arrive for three seconds and no picture comes", () => {
    expect(watch(6, (second) => slot("big", 100, second * 30))).toEqual([3, 4, 5]);
  });
  it("lives as long as pictures come", () => {
    expect(watch(9, (second) => slot("t3", second, second * 30))).toEqual([]);
  });
  it("that is paused is not dead", () => {
    expect(watch(9, () => slot("big", 100, 500))).toEqual([]);
  });
  it("that is paused and resumed gets three seconds anew", () => {
    expect(watch(9, (second) => (second < 5 ? slot("big", 100, 500) : slot("big", 100, 500 + (second - 4) * 30)))).toEqual([7, 8]);
  });
  it("that loses packets has a bad line, not a dead decoder; three seconds after the last loss it counts as dead", () => {
    expect(watch(9, (second) => ({ ...slot("big", 100, second * 30), packetsLost: Math.min(second, 4) * 3 }))).toEqual([7, 8]);
  });
  it("with a screen that stands still is not dead", () => {
    expect(watch(9, (second) => slot("big", 100, second * 2))).toEqual([]);
  });
  it("of sound has no pictures to miss", () => {
    expect(watch(9, (second) => slot("a0", 0, second * 50))).toEqual([]);
  });
  it("is looked at anew on a new connection", () => {
    const frozen = new FrozenSlots();
    frozen.look([slot("big", 100, 0)], 0);
    frozen.forget();
    expect(frozen.look([slot("big", 100, 900)], 5000)).toEqual([]);
  });
});

it("the cure is tried at once, then with growing pauses, and at once again when all was well for long", () => {
  const cure = new Cure();
  const tried = (from: number, to: number) => {
    const at: number[] = [];
    for (let second = from; second < to; second++) if (cure.take(second * 1000)) at.push(second);
    return at;
  };
  expect(tried(0, 240)).toEqual([0, 30, 90, 210]);
  expect(tried(2000, 2031)).toEqual([2000, 2030]);
});
