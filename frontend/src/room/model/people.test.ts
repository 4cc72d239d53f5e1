import { expect, it } from "vitest";
import type { ParticipantView } from "@/api/generated/protocol";
import { endpointOf, grouped, headcount, hearsTheVenue, matches, office, roster } from "./people";

let last = 0;
const person = (fields: Partial<ParticipantView> = {}): ParticipantView => ({
  id: `p${++last}`,
  person: null,
  name: "赵立春",
  unit: "",
  title: "",
  role: "MEMBER",
  kind: "MEMBER",
  sector: null,
  venue: null,
  presence: "PRESENT",
  muted: false,
  position: last,
  ...fields,
});

it("counts only those who attend as members", () => {
  const people = [
    person(),
    person({ presence: "ON_LEAVE" }),
    person({ presence: "WAITING" }),
    person({ kind: "NONVOTING" }),
    person({ kind: "STAFF", role: "HOST" }),
  ];
  expect(headcount(people)).toEqual({ expected: 3, present: 1, leave: 1, missing: 1 });
});

it("groups by sector, the unknown last, and leaves groups without members out", () => {
  const people = [person(), person({ sector: "教育界" }), person({ sector: "教育界", presence: "LEFT" }), person({ kind: "STAFF", sector: "工商联界" })];
  expect(grouped(people, (one) => one.sector).map(({ key, present, expected }) => [key, present, expected])).toEqual([
    ["教育界", 1, 2],
    ["", 1, 1],
  ]);
});

it("finds people by name, office, sector and venue", () => {
  const venues = { v: { id: "v", name: "东屿区政协分会场", type: "", capacity: 1, position: 0 } };
  const one = person({ title: "董事长", sector: "工商联界", venue: "v" });
  expect(["立春", "董事", "工商", "东屿", " "].map((query) => matches(one, query, venues))).toEqual(Array(5).fill(true));
  expect(matches(one, "教育", venues)).toBe(false);
});

it.each([
  ["市住建局", "副局长", "市住建局 副局长"],
  ["市住建局", "市住建局副局长", "市住建局副局长"],
  ["", "市政协副主席", "市政协副主席"],
  ["市住建局", "", "市住建局"],
])("%s and %s read %s", (unit, title, line) => {
  expect(office({ unit, title })).toBe(line);
});

it("shows a person by the venue's device when it is there", () => {
  const clerk = person({ role: "VENUE_CLERK", kind: "STAFF", venue: "v" });
  const seated = person({ venue: "v" });
  expect(endpointOf(seated, [clerk, seated])).toBe(clerk.id);
  expect(endpointOf(seated, [{ ...clerk, presence: "LEFT" }, seated])).toBe(seated.id);
  expect(endpointOf(person({ id: "alone" }), [clerk])).toBe("alone");
});

it("keeps sound out of the hands of people in a venue, but not of its device", () => {
  expect(hearsTheVenue(person({ venue: "v" }))).toBe(true);
  expect(hearsTheVenue(person({ venue: "v", role: "VENUE_CLERK" }))).toBe(false);
  expect(hearsTheVenue(person({ venue: "v", role: "HOST" }))).toBe(false);
  expect(hearsTheVenue(person())).toBe(false);
});

it("keeps the server's order", () => {
  const people = { a: person({ id: "a", position: 9 }), b: person({ id: "b", position: 1 }) };
  expect(roster(people).map(({ id }) => id)).toEqual(["b", "a"]);
});
