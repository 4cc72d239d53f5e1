import { expect, it } from "vitest";
import { initial } from "./avatar";

it.each([
  ["朱寒露", "朱"],
  ["欧阳小满", "欧阳"],
  ["东方", "东"],
  ["阿依努尔·买买提", "阿"],
  ["Li Wei", "LW"],
  ["  尤立冬 ", "尤"],
  ["", ""],
])("%s is %s on the disc", (name, shown) => {
  expect(initial(name)).toBe(shown);
});
