import { expect, it } from "vitest";
import type { FloorState, RequestView } from "@/api/generated/protocol";
import { myRows, placeNews, queueRows } from "./queue";

const request = (id: string, participant: string): RequestView => ({
  id,
  participant,
  kind: "IMPROMPTU",
  topic: "",
  on_behalf_of: "",
  state: "QUEUED",
  requested_at: "2026-05-21T06:30:00Z",
});
const floor: FloorState = {
  is_open: true,
  requests: { a: request("a", "zhao"), b: request("b", "qian"), old: { ...request("old", "zhao"), state: "DONE" } },
  queue: [
    { request: "b", reason: "SCHEDULED" },
    { request: "a", reason: "FIRST_COME" },
  ],
  speeches: [],
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

it.each([
  [undefined, 2, { kind: "place", place: 2 }],
  [3, 2, { kind: "place", place: 2 }],
  [2, undefined, { kind: "gone" }],
  [2, 2, null],
  [undefined, undefined, null],
])("from %s to %s is news", (before, after, news) => {
  expect(placeNews(before, after)).toEqual(news);
});
