import { expect, it } from "vitest";
import { pieces } from "./marked";

it.each([
  ["充电桩建设", [[0, 3]], ["[充电桩]", "建设"]],
  ["建设充电桩", [[2, 4]], ["建设", "[充电]", "桩"]],
  ["𠮷林建桩", [[2, 3]], ["𠮷林", "[建]", "桩"]],
  ["没有", [], ["没有"]],
] as [string, [number, number][], string[]][])("%s with %j", (text, marks, shown) => {
  expect(pieces(text, marks).map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))).toEqual(shown);
});
