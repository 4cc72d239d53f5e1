import { describe, expect, it } from "vitest";
import type { ParticipantView, VenueView } from "@/api/generated/protocol";
import { type EndpointHealth, healthRows, keep, rankOf, select, summary, trackWord, watchesHealth } from "./model";

const OFF = { right: false, live: false, layers: [] };
const health = (participant: string, change: Partial<EndpointHealth> = {}): EndpointHealth => ({
  participant, connected: true, up: { mic: OFF, camera: OFF, screen: OFF }, down: { streams: 2, big: "h" }, rtt_ms: 20, loss_up: 0,
  loss_down: 0, kbps_up: 100, kbps_down: 900, level: "good", reason: "none", audio_only: false,
  devices: { microphone: "on", camera: "on" }, browser: "Chromium 156", visible: true, loudness: 0.1, ...change,
});
const person = (id: string, change: Partial<ParticipantView> = {}): ParticipantView =>
  ({ id, name: id, position: 0, presence: "PRESENT", role: "MEMBER", venue: null, sector: "工商联界", unit: "", ...change }) as ParticipantView;
const people = (...list: ParticipantView[]) => Object.fromEntries(list.map((each, position) => [each.id, { ...each, position }]));
const EAST = { east: { id: "east", name: "东屿区政协分会场", position: 0 } as VenueView };

it.each([
  ["well", {}, 0],
  ["not connected", { connected: false }, 3],
  ["poor", { level: "poor" as const }, 3],
  ["fair", { level: "fair" as const }, 1],
  ["well, but nobody hears it", { devices: { microphone: "silent" as const, camera: "on" as const } }, 2],
  ["well, but its camera is in use elsewhere", { devices: { microphone: "off" as const, camera: "busy" as const } }, 2],
  ["well, and says nothing of its devices", { devices: null }, 0],
])("an endpoint that is %s", (_, change, rank) => {
  expect(rankOf(health("li", change))).toBe(rank);
});

describe("rows", () => {
  it("are for endpoints, and for whoever is inside and has none", () => {
    const inside = people(person("li"), person("wang"), person("zhao", { presence: "INVITED" }), person("han", { presence: "WAITING" }));
    const rows = healthRows([health("li"), health("gone")], inside, {});
    expect(rows.map(({ id, health: { connected } }) => `${id} ${connected}`)).toEqual(["li true", "wang false"]);
    expect(summary(rows)).toEqual({ all: 2, connected: 1, trouble: 1 });
  });

  it("name a venue by its name, and leave out who only sits there", () => {
    const inside = people(person("clerk", { role: "VENUE_CLERK", venue: "east" }), person("li", { venue: "east" }));
    expect(healthRows([health("clerk")], inside, EAST).map(({ name, of }) => `${name} ${of}`)).toEqual(["东屿区政协分会场 clerk"]);
  });

  it("that say the same stay the same", () => {
    const inside = people(person("li"), person("wang"));
    const before = healthRows([health("li"), health("wang")], inside, {});
    const after = keep(before, healthRows([health("li"), health("wang", { rtt_ms: 21 })], inside, {}));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });
});

describe("the board", () => {
  const inside = people(person("li"), person("wang", { sector: "教育界" }), person("zhao"), person("han"));
  const rows = healthRows(
    [
      health("li", { rtt_ms: 90 }),
      health("wang", { level: "fair", loss_up: 0.2 }),
      health("zhao", { level: "poor", rtt_ms: null }),
      health("han", { devices: { microphone: "denied", camera: "on" }, loss_down: 0.1, browser: "Firefox 140" }),
    ],
    inside,
    {},
  );
  const ids = (wanted: Partial<Parameters<typeof select>[1]>) =>
    select(rows, { query: "", onlyTrouble: false, order: "worst", ...wanted }).map(({ id }) => id);

  it.each([
    ["worst first", {}, ["zhao", "han", "wang", "li"]],
    ["as on the roster", { order: "name" as const }, ["li", "wang", "zhao", "han"]],
    ["longest delay first, the unknown last", { order: "rtt" as const }, ["li", "wang", "han", "zhao"]],
    ["most loss first", { order: "loss" as const }, ["wang", "han", "li", "zhao"]],
    ["only those who need somebody", { onlyTrouble: true }, ["zhao", "han"]],
    ["a sector", { query: " 教育 " }, ["wang"]],
    ["a browser", { query: "firefox" }, ["han"]],
    ["nobody", { query: "nobody" }, []],
  ])("shows %s", (_, wanted, shown) => {
    expect(ids(wanted)).toEqual(shown);
  });

  it("is for the desk and technicians", () => {
    expect(["HOST", "CO_HOST", "SECRETARY", "TECH"].every(watchesHealth)).toBe(true);
    expect(["MEMBER", "RECORDER", "AUDITOR", "VENUE_CLERK", "LEADER"].some(watchesHealth)).toBe(false);
  });
});

it.each([
  [true, true, "live"],
  [true, false, "silent"],
  [false, true, "held"],
  [false, false, "off"],
])("a track with right=%s and live=%s is %s", (right, live, word) => {
  expect(trackWord({ right, live, layers: [] })).toBe(word);
});
