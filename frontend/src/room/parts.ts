/** Parts of the room that neighbours bring: shown as soon as they are there, and loaded when they are shown. */
import { type Component, defineAsyncComponent } from "vue";

const found = import.meta.glob<{ default: Component }>([
  "./documents/DocumentStage.vue",
  "./documents/DocumentPanel.vue",
  "./voting/BallotCard.vue",
  "./voting/PollDesk.vue",
  "./voting/PollResult.vue",
]);

function part(path: string): Component | null {
  const load = found[path];
  return load ? defineAsyncComponent(load) : null;
}

export const DocumentStage = part("./documents/DocumentStage.vue");
export const DocumentPanel = part("./documents/DocumentPanel.vue");
export const BallotCard = part("./voting/BallotCard.vue");
export const PollDesk = part("./voting/PollDesk.vue");
export const PollResult = part("./voting/PollResult.vue");
