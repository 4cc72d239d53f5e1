/** What one can do in a meeting from here: three words, and why not more. Pure. */
import type { DeviceFinding, Findings, Measured } from "./findings";

/** 适合, 勉强, 不适合; `unknown` as long as something that matters was not tried. */
export type Word = "good" | "fair" | "poor" | "unknown";

export type Reason =
  | "browser"
  | "camera"
  | "microphone"
  | "microphone_silent"
  | "speaker"
  | "no_way"
  | "up"
  | "down"
  | "loss"
  | "delay"
  | "slow_device"
  | "slow_answers"
  | "not_measured";

export interface Judgement {
  word: Word;
  reasons: Reason[];
}

export const PURPOSES = ["picture", "sound", "text"] as const;
export type Purpose = (typeof PURPOSES)[number];
export type Verdict = Record<Purpose, Judgement>;

interface Need {
  up: number;
  down: number;
  loss: number;
  rtt: number;
}

/** In kbit/s, shares and milliseconds. A camera sends up to 1200, a smaller picture 400; a voice needs 40. */
const NEEDS: Record<"picture" | "sound", { good: Need; fair: Need }> = {
  picture: {
    good: { up: 900, down: 1000, loss: 0.03, rtt: 300 },
    fair: { up: 300, down: 400, loss: 0.1, rtt: 700 },
  },
  sound: {
    good: { up: 100, down: 100, loss: 0.05, rtt: 400 },
    fair: { up: 50, down: 50, loss: 0.2, rtt: 1200 },
  },
};
const ANSWER_GOOD_MS = 800;

const RANK: readonly Word[] = ["good", "fair", "unknown", "poor"];
const worse = (a: Word, b: Word): Word => (RANK.indexOf(a) > RANK.indexOf(b) ? a : b);

export function judge(found: Findings): Verdict {
  return {
    picture: together(browser(found), network(found, "picture"), device(found.camera, "camera"), microphone(found), speaker(found)),
    sound: together(browser(found), network(found, "sound"), microphone(found), speaker(found)),
    text: text(found),
  };
}

function together(...parts: Judgement[]): Judgement {
  const word = parts.reduce<Word>((all, part) => worse(all, part.word), "good");
  return { word, reasons: parts.flatMap(({ reasons }) => reasons) };
}

const fine: Judgement = { word: "good", reasons: [] };

function browser({ browser: { fit } }: Findings): Judgement {
  return fit === "good" ? fine : { word: fit, reasons: ["browser"] };
}

function device(found: DeviceFinding, which: "camera" | "microphone"): Judgement {
  if (found.state === "refused") return { word: "poor", reasons: [which] };
  return found.state === "good" ? fine : { word: "unknown", reasons: [] };
}

function microphone({ microphone: found }: Findings): Judgement {
  return found.state === "silent" ? { word: "fair", reasons: ["microphone_silent"] } : device(found, "microphone");
}

/** Who does not hear can still read along and speak. */
function speaker({ speaker: found }: Findings): Judgement {
  return found === "unheard" ? { word: "fair", reasons: ["speaker"] } : fine;
}

function network({ network: found }: Findings, purpose: "picture" | "sound"): Judgement {
  if (found.state === "refused") return { word: "unknown", reasons: ["not_measured"] };
  if (found.state !== "done") return { word: "unknown", reasons: [] };
  if (found.way === null) return { word: "poor", reasons: ["no_way"] };
  if (found.measured === null) return { word: "unknown", reasons: ["not_measured"] };
  const { good, fair } = NEEDS[purpose];
  const reasons = missing(found.measured, good);
  if (reasons.length === 0) return fine;
  const enough = missing(found.measured, fair).every((reason) => reason === "slow_device");
  return { word: enough ? "fair" : "poor", reasons };
}

/** A device that cannot fill the line says nothing about the line: less picture will do for it. */
function missing(measured: Measured, need: Need): Reason[] {
  if (!measured.slowDevice) return missed(measured, need);
  const others = missed(measured, need).filter((reason) => reason !== "up" && reason !== "down");
  return measured.upKbps < need.up ? ["slow_device", ...others] : others;
}

function missed({ upKbps, downKbps, lossUp, lossDown, rttMs }: Measured, need: Need): Reason[] {
  const reasons: Reason[] = [];
  if (upKbps < need.up) reasons.push("up");
  if (downKbps < need.down) reasons.push("down");
  if (Math.max(lossUp, lossDown) > need.loss) reasons.push("loss");
  if ((rttMs ?? 0) > need.rtt) reasons.push("delay");
  return reasons;
}

/** This page came through, so text does. */
function text({ network: { answerMs }, browser: { problem } }: Findings): Judgement {
  if (problem === "ie" || problem === "compatible" || problem === "old") return { word: "poor", reasons: ["browser"] };
  if (answerMs === null) return { word: "unknown", reasons: [] };
  return answerMs <= ANSWER_GOOD_MS ? fine : { word: "fair", reasons: ["slow_answers"] };
}
