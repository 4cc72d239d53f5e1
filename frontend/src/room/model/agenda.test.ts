import { expect, it } from "vitest";
import type { ItemView } from "@/api/generated/protocol";
import { behind, minutesTaken, nextItem, timetable } from "./agenda";

const START = "2026-05-21T06:30:00Z";
const at = (minutes: number) => Date.parse(START) + minutes * 60_000;
const iso = (minutes: number) => new Date(at(minutes)).toISOString();
const item = (no: number, minutes: number, fields: Partial<ItemView> = {}): ItemView => ({
  id: `i${no}`,
  no,
  kind: "SPEECH",
  title: "委员发言",
  minutes,
  presenter: null,
  state: "PENDING",
  started_at: null,
  ended_at: null,
  ...fields,
});

it("lays the items one after the other", () => {
  const plan = timetable([item(1, 5), item(2, 10)], START);
  expect(plan.map(({ start, end }) => [start, end])).toEqual([
    [at(0), at(5)],
    [at(5), at(15)],
  ]);
});

it("knows what is next, before and during the meeting", () => {
  expect(nextItem([item(1, 5), item(2, 5)])?.no).toBe(1);
  expect(nextItem([item(1, 5, { state: "ACTIVE" }), item(2, 5, { state: "SKIPPED" }), item(3, 5)])?.no).toBe(3);
  expect(nextItem([item(1, 5, { state: "ACTIVE" })])).toBeUndefined();
});

it("measures the pace from the real beginning", () => {
  const items = [item(1, 5, { state: "DONE" }), item(2, 10, { state: "ACTIVE", started_at: iso(9) })];
  expect(behind(items, { started_at: iso(2) }, at(10))).toBe(2);
  expect(behind(items, { started_at: iso(2) }, at(24))).toBe(7);
  expect(behind(items, { started_at: iso(4) }, at(10))).toBe(0);
});

it("says nothing before the meeting has begun", () => {
  expect(behind([item(1, 5, { state: "ACTIVE" })], { started_at: null }, at(60))).toBe(0);
});

it("counts the minutes of an item", () => {
  expect(minutesTaken(item(1, 5, { started_at: iso(0), ended_at: iso(7) }), at(99))).toBe(7);
  expect(minutesTaken(item(1, 5), at(99))).toBeNull();
});
