import { expect, it } from "vitest";
import { deviceWords } from "./devices";

it.each([
  ["heard", { on: true, right: true }, "on", "on"],
  ["open but without the floor", { on: true, right: false }, "ready", "ready"],
  ["mine to open, and my turn", { on: false, right: true, turn: true }, "call", "call"],
  ["mine to open", { on: false, right: true }, "off", "off"],
  ["shut by the staff, whatever else", { on: true, right: true, muted: true, turn: true }, "off", "muted"],
  ["never to be granted", { on: false, right: false, never: true }, "off", "blocked"],
])("%s", (_, facts, tone, state) => {
  expect(deviceWords(facts)).toEqual({ tone, state });
});
