import { expect, it } from "vitest";
import { type Draft, fault, limits, prepare } from "./composer";

const draft = (changes: Partial<Draft> = {}): Draft => ({
  pattern: "APPROVAL",
  question: " 总体评价 ",
  lines: "",
  mode: "SECRET",
  several: false,
  max: "2",
  ...changes,
});
const own = (lines: string, changes: Partial<Draft> = {}) => draft({ pattern: "FREE", lines, ...changes });

it("asks a template's question without own options", () => {
  expect(prepare(draft({ lines: "甲\n乙" }))).toEqual({
    type: "voting.prepare", question: "总体评价", mode: "SECRET", template: "APPROVAL",
  });
});

it("takes own options line by line", () => {
  expect(prepare(own("增容难\n\n  用地难 \n"))).toEqual({
    type: "voting.prepare", question: "总体评价", mode: "SECRET", options: ["增容难", "用地难"], kind: "SINGLE", max_choices: 1,
  });
});

it("lets several be marked, never more than there are", () => {
  expect(prepare(own("甲\n乙\n丙", { several: true, max: "3" }))).toMatchObject({ kind: "MULTIPLE", max_choices: 3 });
  expect(prepare(own("甲\n乙", { several: true, max: "3" }))).toMatchObject({ kind: "MULTIPLE", max_choices: 2 });
  expect(limits(own("甲\n乙\n丙"))).toEqual([2, 3]);
  expect(limits(own(""))).toEqual([]);
});

it.each([
  ["question", draft({ question: "  " })],
  ["few", own("只有一项")],
  ["many", own(Array.from({ length: 11 }, (_, n) => `选项${n}`).join("\n"))],
  ["twice", own("赞同\n 赞同")],
  ["long", own(`${"长".repeat(101)}\n短`)],
  [null, own("甲\n乙")],
  [null, draft()],
] as const)("says %s is wrong", (wrong, made) => {
  expect(fault(made)).toBe(wrong);
});
