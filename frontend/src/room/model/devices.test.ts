import { expect, it } from "vitest";
import { deviceWords } from "./devices";

it.each([
  ["heard", { on: true, right: true }, "on", "on"],
  ["open but without the floor", { on: true, right: false }, "ready", "ready"],
  ["mine to open, and my turn", { on: false, right: true, turn: true }, "call", "call"],
  ["mine to open at any time", { on: false, right: true }, "off", "closed"],
  ["shut by the staff, whatever else", { on: true, right: true, muted: true, turn: true }, "off", "muted"],
  ["without the floor", { on: false, right: false }, "off", "off"],
])("%s", (_, facts, tone, state) => {
  expect(deviceWords(facts)).toEqual({ tone, state });
});
