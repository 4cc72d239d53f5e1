import { expect, it } from "vitest";
import type { FloorState, SpeechView } from "@/api/generated/protocol";
import type { Participants } from "./people";
import { totals } from "./times";

const start = "2026-05-21T06:30:00Z";
const later = Date.parse(start) + 200_000;
const people = { han: { sector: "工商联界" }, zhang: { sector: null } } as unknown as Participants;
const speech = (fields: Partial<SpeechView>) =>
  ({ participant: "han", venue: null, limit_seconds: 180, timed: true, spent_ms: 0, running_since: null, ended_at: null, ...fields }) as SpeechView;
const floor = (speeches: SpeechView[]) =>
  ({
    speeches,
    times: {
      PERSON: { zhang: { scope: "PERSON", key: "zhang", speeches: 1, spent_ms: 190_000, overtime_ms: 10_000 } },
      SECTOR: { "": { scope: "SECTOR", key: "", speeches: 1, spent_ms: 190_000, overtime_ms: 10_000 } },
      VENUE: {},
    },
  }) as unknown as FloorState;

it("adds the clock of whoever speaks, and the overtime with it", () => {
  const rows = totals("PERSON", floor([speech({ running_since: start })]), people, later);
  expect(rows).toEqual([
    { key: "han", speeches: 1, seconds: 200, overtime: 20, running: true },
    { key: "zhang", speeches: 1, seconds: 190, overtime: 10, running: false },
  ]);
});

it("counts an interrupted speech with what it has used, and one that is over only once", () => {
  const rows = totals("SECTOR", floor([speech({ spent_ms: 30_000 }), speech({ participant: "zhang", ended_at: start, spent_ms: 190_000 })]), people, later);
  expect(rows.map(({ key, speeches, seconds, running }) => [key, speeches, seconds, running])).toEqual([
    ["", 1, 190, false],
    ["工商联界", 1, 30, false],
  ]);
});

it("has no overtime where nothing is timed", () => {
  expect(totals("VENUE", floor([speech({ timed: false, running_since: start, venue: "east" })]), people, later)).toEqual([
    { key: "east", speeches: 1, seconds: 200, overtime: 0, running: true },
  ]);
});
