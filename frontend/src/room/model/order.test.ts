import { expect, it } from "vitest";
import { dropIndex, follower, moved } from "./order";

const ids = ["a", "b", "c", "d"];

it.each([
  ["d", 0, "d a b c", "a"],
  ["a", 2, "b c a d", "d"],
  ["a", 3, "b c d a", null],
  ["b", 1, "a b c d", "c"],
  ["b", -3, "b a c d", "a"],
  ["b", 99, "a c d b", null],
])("%s at %i", (id, to, text, next) => {
  const after = moved(ids, id, to);
  expect(after.join(" ")).toBe(text);
  expect(follower(after, id)).toBe(next);
});

it("drops between the rows it is held between", () => {
  expect([5, 25, 45, 95].map((y) => dropIndex([10, 30, 50], y))).toEqual([0, 1, 2, 3]);
});
