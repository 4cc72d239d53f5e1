import { expect, it } from "vitest";
import type { PollView } from "@/api/generated/protocol";
import { bars } from "./result";

const poll = (counts: number[], participated: number): PollView =>
  ({
    options: counts.map((_, at) => `选项${at}`),
    result: { counts, eligible: 36, participated, config: "", head: "" },
  }) as unknown as PollView;

it("shows each option with its number and its share of those who took part", () => {
  expect(bars(poll([27, 7, 1], 35)).map(({ count, percent }) => [count, percent])).toEqual([[27, 77.1], [7, 20], [1, 2.9]]);
});

it("measures several choices by people, not by marks", () => {
  expect(bars(poll([22, 17, 12], 34)).map(({ percent }) => percent)).toEqual([64.7, 50, 35.3]);
});

it("has bars of no length and no percentages when nobody took part", () => {
  expect(bars(poll([0, 0], 0)).map(({ percent, length }) => [percent, length])).toEqual([[null, 0], [null, 0]]);
});

it("has no bars before the result", () => {
  expect(bars({ options: ["甲"], result: null } as unknown as PollView)).toEqual([]);
});
