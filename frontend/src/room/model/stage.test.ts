import { expect, test } from "vitest";
import { onStage } from "./stage";

test.each([
  ["SPEAKER", false, false, "picture"],
  ["SPEAKER", true, false, "document"],
  ["ROUND_TABLE", false, false, "tiles"],
  ["VENUE_WALL", false, false, "tiles"],
  ["ROUND_TABLE", false, true, "picture"],
  ["ROUND_TABLE", true, true, "document"],
  ["TITLE_CARD", true, true, "title"],
] as const)("%s, document %s, screen %s: %s", (layout, document, screen, shown) => {
  expect(onStage({ layout, document, screen })).toBe(shown);
});
