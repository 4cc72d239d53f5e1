import { expect, it } from "vitest";
import { greeting, type HomeMeeting, moment, sorted } from "./home";

const NOW = Date.parse("2026-10-12T20:00:00+08:00");
const meeting = (id: string, state: HomeMeeting["state"], scheduled_start: string): HomeMeeting => ({
  id, state, scheduled_start, title: id, planned_minutes: 140, started_at: null, host_name: null, my_role: null,
  venue_name: null, can_manage: false, has_minutes: false,
});

it("sorts meetings into today, coming and recent by the city's calendar", () => {
  const { today, coming, recent } = sorted(
    [
      meeting("tomorrow", "NOTIFIED", "2026-10-13T00:10:00+08:00"),
      meeting("tonight", "NOTIFIED", "2026-10-12T23:50:00+08:00"),
      meeting("afternoon", "LIVE", "2026-10-12T14:30:00+08:00"),
      meeting("over today", "ENDED", "2026-10-12T09:00:00+08:00"),
      meeting("last week", "DONE", "2026-10-05T09:00:00+08:00"),
    ],
    NOW,
  );
  expect(today.map(({ id }) => id)).toEqual(["afternoon", "tonight"]);
  expect(coming.map(({ id }) => id)).toEqual(["tomorrow"]);
  expect(recent.map(({ id }) => id)).toEqual(["over today", "last week"]);
});

it("counts a lobby that is open already as today's", () => {
  expect(sorted([meeting("early", "LOBBY", "2026-10-13T09:00:00+08:00")], NOW).today).toHaveLength(1);
});

it.each([
  ["2026-10-12T08:59:00+08:00", "morning"],
  ["2026-10-12T12:00:00+08:00", "noon"],
  ["2026-10-12T14:30:00+08:00", "afternoon"],
  ["2026-10-12T00:30:00Z", "morning"],
  ["2026-10-12T19:00:00+08:00", "evening"],
])("greets at %s with good %s", (at, expected) => {
  expect(greeting(Date.parse(at))).toBe(expected);
});

it.each([
  ["NOTIFIED", "2026-10-12T20:25:00+08:00", null, { key: "in_minutes", n: 25 }],
  ["NOTIFIED", "2026-10-12T23:10:00+08:00", null, { key: "in_hours", n: 3 }],
  ["LOBBY", "2026-10-12T19:55:00+08:00", null, { key: "late", n: 0 }],
  ["LIVE", "2026-10-12T19:00:00+08:00", "2026-10-12T19:02:00+08:00", { key: "since", n: 58 }],
  ["NOTIFIED", "2026-10-20T09:00:00+08:00", null, null],
  ["DONE", "2026-10-12T09:00:00+08:00", "2026-10-12T09:00:00+08:00", null],
] as const)("a %s meeting of %s is told as %j", (state, start, started_at, expected) => {
  expect(moment({ ...meeting("m", state, start), started_at }, NOW)).toEqual(expected);
});
