/** What is on the stage: the layout that was chosen, and what comes before it. Pure. */
import type { StageState } from "@/live/reduce/stage";

export type OnStage = "picture" | "document" | "tiles" | "title";

export function onStage(facts: { layout: StageState["layout"]; document: boolean; screen: boolean }): OnStage {
  if (facts.layout === "TITLE_CARD") return "title";
  if (facts.document) return "document";
  // What somebody shares is to be read: it takes the place of pictures that are all alike.
  if (facts.screen) return "picture";
  return facts.layout === "SPEAKER" ? "picture" : "tiles";
}
