import { expect, it } from "vitest";
import { upsert, upsertAll, without } from "./slice";

const li = { id: "li", seat: 1 };
const qian = { id: "qian", seat: 2 };

it("puts a new one at the end and a known one in its place", () => {
  expect(upsert([li], qian)).toEqual([li, qian]);
  expect(upsert([li, qian], { id: "li", seat: 9 })).toEqual([{ id: "li", seat: 9 }, qian]);
});

it("leaves the given list alone", () => {
  const list = Object.freeze([li]);
  upsert(list, { id: "li", seat: 3 });
  upsertAll(list, [qian]);
  expect(list).toEqual([li]);
});

it("takes one out by id", () => {
  expect(without([li, qian], "li")).toEqual([qian]);
  expect(without([li], "nobody")).toEqual([li]);
});
