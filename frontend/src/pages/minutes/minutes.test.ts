import { expect, it } from "vitest";
import { numbers } from "./minutes";

const part = (kind: string, text = "") => ({ kind, text, facts: [], rows: [] });

it("only parts with something to print are numbered", () => {
  const blocks = [part("LEAD", "x"), part("SITUATION"), part("OPINIONS", "y"), part("CONSENSUS", " "), part("RESPONSES", "z")];
  expect(numbers(blocks)).toEqual({ OPINIONS: "一", RESPONSES: "二" });
});
