import { expect, it } from "vitest";
import type { FloorState, RequestView } from "@/api/generated/protocol";
import { myRows, openQuestions, passedOver, placeNews, pressing, queueRows, setAside } from "./queue";

const request = (id: string, participant: string): RequestView => ({
  id,
  participant,
  kind: "IMPROMPTU",
  topic: "",
  on_behalf_of: "",
  state: "QUEUED",
  requested_at: "2026-05-21T06:30:00Z",
  asked_by: null,
  to: null,
  answers: null,
  answer: "",
  calls: 0,
  called_at: null,
  ready: false,
  requeued: false,
});
const floor: FloorState = {
  is_open: true,
  requests: { a: request("a", "zhao"), b: request("b", "qian"), old: { ...request("old", "zhao"), state: "DONE" } },
  queue: [
    { request: "b", place: 1, reason: "SCHEDULED" },
    { request: "a", place: 2, reason: "FIRST_COME" },
  ],
  rule: { preset: "FIRST_COME", scheduled_first: true, public_may_ask: true },
  dialogue: false,
  length: 2,
  speeches: [],
  times: { PERSON: {}, SECTOR: {}, VENUE: {} },
};

it("keeps the server's order and says why", () => {
  expect(queueRows(floor, {}, "zhao").map(({ place, request: { id }, reason, mine }) => [place, id, reason, mine])).toEqual([
    [1, "b", "SCHEDULED", false],
    [2, "a", "FIRST_COME", true],
  ]);
});

it("finds my own places only among those who wait", () => {
  expect(myRows(queueRows(floor, {}, "zhao")).map(({ place }) => place)).toEqual([2]);
  expect(myRows(queueRows(floor, {}, "sun"))).toEqual([]);
});

it("presses whoever is called before whoever stands by, and only those it concerns", () => {
  const called = { ...floor, requests: { a: { ...request("a", "zhao"), state: "CALLED" }, b: { ...request("b", "qian"), state: "ON_DECK" } } } as FloorState;
  const rows = queueRows(called, {}, "zhao");
  expect(pressing(rows, () => true)?.request.id).toBe("a");
  expect(pressing(rows, ({ mine }) => !mine)?.request.id).toBe("b");
  expect(pressing(queueRows(floor, {}, "zhao"), () => true)).toBeUndefined();
});

it("finds who was passed over, what was asked and not answered, and who was set aside", () => {
  const busy = {
    ...floor,
    requests: { a: { ...request("a", "zhao"), state: "SKIPPED" }, b: { ...request("b", "qian"), kind: "QUESTION", state: "DONE", answer: "OPEN" } },
    speeches: [
      { id: "s", ended_at: null, slot: null },
      { id: "t", ended_at: null, slot: 0 },
    ],
  } as unknown as FloorState;
  expect([passedOver(busy), openQuestions(busy), setAside(busy)].map((found) => found.map(({ id }) => id))).toEqual([["a"], ["b"], ["s"]]);
});

it.each([
  [undefined, 2, { kind: "place", place: 2 }],
  [3, 2, { kind: "place", place: 2 }],
  [2, undefined, { kind: "gone" }],
  [2, 2, null],
  [undefined, undefined, null],
])("from %s to %s is news", (before, after, news) => {
  expect(placeNews(before, after)).toEqual(news);
});
