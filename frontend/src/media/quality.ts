/**
 * How good my sound and picture are, and why: what the server says of my links and what this browser counts, as one
 * level and one reason. Pure. Worse is shown at once, better when it has lasted.
 */
import type { Figures, MediaState, MediaStats, Quality, QualityLevel, QualityReason, SlotStats } from "./types";

export type ServerQuality = Quality;

export interface Facts extends Figures {
  state: MediaState;
  server: ServerQuality | null;
  /** Pictures that stood still in the last seconds. */
  freezes: number;
  limitedBy: string;
  /** A camera or a screen is on. */
  sendsPicture: boolean;
}

const RANK: Record<QualityLevel, number> = { good: 0, fair: 1, poor: 2 };
const REASONS: readonly QualityReason[] = ["downlink_loss", "downlink_bandwidth", "uplink_loss", "uplink_bandwidth", "uplink_silent"];
const LASTS = 4;

/** Null: nothing to say before there was a connection. */
export function judge(facts: Facts): Quality | null {
  if (facts.state === "reconnecting") return { level: "poor", reason: "interrupted", audioOnly: false };
  if (facts.state !== "connected") return null;
  const found: [QualityLevel, QualityReason][] = [
    graded("downlink_loss", facts.lossDown, 0.03, 0.1),
    graded("uplink_loss", facts.lossUp ?? 0, 0.03, 0.1),
    graded("delay", facts.rttMs ?? 0, 400, 800),
    graded("freezes", facts.freezes, 1, 4),
  ];
  if (facts.server !== null) found.unshift([facts.server.level, facts.server.reason]);
  if (facts.server?.audioOnly) found.unshift(["poor", "downlink_bandwidth"]);
  if (facts.sendsPicture && facts.limitedBy === "cpu") found.push(["fair", "cpu"]);
  // The server asks for no more than is watched, so a browser is often "limited": without loss that is no trouble.
  if (facts.sendsPicture && facts.limitedBy === "bandwidth" && (facts.lossUp ?? 0) > 0.02) found.push(["fair", "uplink_bandwidth"]);
  const [level, reason] = found.reduce((worst, each) => (RANK[each[0]] > RANK[worst[0]] ? each : worst));
  return { level, reason: level === "good" ? "none" : reason, audioOnly: facts.server?.audioOnly ?? false };
}

function graded(reason: QualityReason, value: number, fair: number, poor: number): [QualityLevel, QualityReason] {
  return [value >= poor ? "poor" : value >= fair ? "fair" : "good", reason];
}

/** What is shown after these judgements, the newest last: a better one only when several in a row were better. */
export function steady(shown: Quality | null, judged: readonly (Quality | null)[]): Quality | null {
  const newest = judged[judged.length - 1] ?? null;
  if (newest === null || shown === null || RANK[newest.level] >= RANK[shown.level]) return newest;
  const last = judged.slice(-LASTS);
  const better = last.length === LASTS && last.every((each) => each !== null && RANK[each.level] < RANK[shown.level]);
  return better ? newest : { ...shown, audioOnly: newest.audioOnly };
}

export function readQuality(frame: Record<string, unknown>): ServerQuality {
  const level = frame.level === "fair" || frame.level === "poor" ? frame.level : "good";
  const reason = REASONS.find((each) => each === frame.reason) ?? "none";
  return { level, reason, audioOnly: frame.audio_only === true };
}

export interface Sample {
  at: number;
  stats: MediaStats;
}

export const NO_FIGURES: Figures = { rttMs: null, kbpsUp: 0, kbpsDown: 0, lossDown: 0, lossUp: null };

/** What went on between two samples of one connection. */
export function figures(first: Sample, last: Sample): Figures {
  const seconds = (last.at - first.at) / 1000;
  if (seconds <= 0) return { ...NO_FIGURES, rttMs: last.stats.rttMs, lossUp: last.stats.lossUp };
  const rate = (from: number, to: number) => Math.max(0, Math.round(((to - from) * 8) / 1000 / seconds));
  return {
    rttMs: last.stats.rttMs === null ? null : Math.round(last.stats.rttMs),
    kbpsUp: rate(first.stats.sentBytes, last.stats.sentBytes),
    kbpsDown: rate(first.stats.receivedBytes, last.stats.receivedBytes),
    lossDown: lossBetween(first.stats.slots, last.stats.slots),
    lossUp: last.stats.lossUp,
  };
}

/** `packetsLost` counts also what a retransmission mended, which is what we want: it tells of the link. */
function lossBetween(first: readonly SlotStats[], last: readonly SlotStats[]): number {
  const sum = (slots: readonly SlotStats[], name: "packetsLost" | "packetsReceived") =>
    slots.reduce((total, slot) => total + slot[name], 0);
  const lost = Math.max(0, sum(last, "packetsLost") - sum(first, "packetsLost"));
  const received = Math.max(0, sum(last, "packetsReceived") - sum(first, "packetsReceived"));
  return lost + received < 20 ? 0 : lost / (lost + received);
}

/** Pictures that stood still although they were sent all the time: a slot that was switched off stands still, too. */
export function freezesIn(samples: readonly Sample[]): number {
  let count = 0;
  for (let place = 2; place < samples.length; place++) {
    for (const now of samples[place]?.stats.slots ?? []) {
      const [before, earlier] = [place - 1, place - 2].map((at) => samples[at]?.stats.slots.find(({ slot }) => slot === now.slot));
      if (before === undefined || earlier === undefined) continue;
      const flowed = now.bytesReceived > before.bytesReceived && before.bytesReceived > earlier.bytesReceived;
      if (flowed) count += Math.max(0, now.freezes - before.freezes);
    }
  }
  return count;
}
