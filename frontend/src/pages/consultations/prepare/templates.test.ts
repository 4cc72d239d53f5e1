import { expect, it } from "vitest";
import { moved, runningTimes, TEMPLATES } from "./templates";

it("the clock runs through the agenda", () => {
  const start = Date.UTC(2026, 4, 21, 6, 30);
  const begins = runningTimes([{ minutes: 5 }, { minutes: 10 }, { minutes: 8 }], start);
  expect(begins.map((at) => (at - start) / 60_000)).toEqual([0, 5, 15]);
});

it.each([
  [0, 1, "bac"],
  [2, -1, "acb"],
  [0, -1, "abc"],
  [2, 1, "abc"],
] as const)("moving line %i by %i", (from, by, order) => {
  expect(moved(["a", "b", "c"], from, by).join("")).toBe(order);
});

it("every template opens with an opening and ends with a summary", () => {
  for (const lines of Object.values(TEMPLATES)) {
    expect([lines[0]?.[0], lines[lines.length - 1]?.[0]]).toEqual(["OPENING", "SUMMARY"]);
  }
});
