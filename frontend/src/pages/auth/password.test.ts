import { expect, it } from "vitest";
import { complaints } from "./password";

it.each([
  [{ old: "", fresh: "", again: "" }, { old: "missing", fresh: "missing", again: "missing" }],
  [{ old: "initial", fresh: "short", again: "short" }, { fresh: "short" }],
  [{ old: "same-as-before", fresh: "same-as-before", again: "same-as-before" }, { fresh: "same" }],
  [{ old: "initial", fresh: "shuixiu-2026", again: "shuixiu-2027" }, { again: "different" }],
  [{ old: "initial", fresh: "shuixiu-2026", again: "shuixiu-2026" }, {}],
])("%j is answered with %j", (words, expected) => {
  expect(complaints(words)).toEqual(expected);
});
