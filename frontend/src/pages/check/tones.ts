/** How a state looks. The word says it; the colour only helps. */
import type { DeviceFinding, NetworkFinding, SpeakerFinding } from "./findings";
import type { Word } from "./verdict";

export type Tone = "neutral" | "success" | "warning" | "danger" | "info";

const STATES: Record<DeviceFinding["state"] | SpeakerFinding, Tone> = {
  idle: "neutral",
  opening: "info",
  open: "info",
  played: "info",
  good: "success",
  heard: "success",
  silent: "warning",
  unheard: "warning",
  refused: "danger",
};
const WORDS: Record<Word, Tone> = { good: "success", fair: "warning", poor: "danger", unknown: "neutral" };

export const toneOf = (state: DeviceFinding["state"] | SpeakerFinding): Tone => STATES[state];
export const toneOfWord = (word: Word): Tone => WORDS[word];

export function toneOfNetwork({ state, way }: NetworkFinding): Tone {
  if (state === "done") return way === null ? "danger" : way === "direct" ? "success" : "warning";
  return state === "refused" ? "warning" : state === "idle" ? "neutral" : "info";
}
