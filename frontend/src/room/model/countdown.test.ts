import { expect, it } from "vitest";
import { clockText, countdown, spent } from "./countdown";

const start = "2026-05-21T06:30:00Z";
const at = (seconds: number) => Date.parse(start) + seconds * 1000;
const speech = { limit_seconds: 180, timed: true, spent_ms: 0, running_since: start };

it.each([
  [0, 180, "steady"],
  [119.5, 61, "steady"],
  [120, 60, "closing"],
  [180, 0, "closing"],
  [181, -1, "over"],
  [207, -27, "over"],
])("after %d s there are %d s left: %s", (seconds, left, pace) => {
  expect(countdown(speech, at(seconds))).toMatchObject({ left, pace });
});

it("does not warn through the whole of a short speech", () => {
  expect(countdown({ ...speech, limit_seconds: 60 }, at(10)).pace).toBe("steady");
  expect(countdown({ ...speech, limit_seconds: 60 }, at(31)).pace).toBe("closing");
});

it("is full at the start even when this clock is behind the server's", () => {
  expect(countdown(speech, at(-5))).toEqual({ left: 180, fraction: 1, pace: "steady", still: false });
});

it("never falls below an empty ring", () => {
  expect(countdown(speech, at(999)).fraction).toBe(0);
});

it.each([
  [0, "0:00"],
  [65, "1:05"],
  [-27, "0:27"],
  [3723, "1:02:03"],
])("%d s reads %s", (seconds, text) => {
  expect(clockText(seconds)).toBe(text);
});

it("counts what is settled, and what runs up to now", () => {
  expect(spent({ spent_ms: 207_000, running_since: null }, at(9999))).toBe(207);
  expect(spent({ spent_ms: 100_000, running_since: start }, at(12))).toBe(112);
});

it("stands still while a speech is interrupted", () => {
  const halted = { ...speech, spent_ms: 100_000, running_since: null };
  expect(countdown(halted, at(9999))).toMatchObject({ left: 80, pace: "steady", still: true });
});

it("rings no bell for whom nothing is timed", () => {
  expect(countdown({ ...speech, timed: false }, at(900))).toEqual({ left: 900, fraction: 1, pace: "free", still: false });
});
