/** The time of a speech. It warns and then counts what is over; nobody is ever cut off by it. Pure. */
import type { SpeechView } from "@/api/generated/protocol";

export const WARNING_SECONDS = 60;

export type Pace = "steady" | "closing" | "over" | "free";

export type Clocked = Pick<SpeechView, "limit_seconds" | "timed" | "spent_ms" | "running_since">;

export interface Countdown {
  /** Whole seconds; negative when the time is over. Where nothing is timed: the seconds so far. */
  left: number;
  /** Of the whole time, what is left: 1 at the start, 0 from the end on. */
  fraction: number;
  pace: Pace;
  /** The clock stands: adjourned, or interrupted. */
  still: boolean;
}

export function countdown(speech: Clocked, now: number): Countdown {
  const gone = spent(speech, now);
  // A leader, a host, a dialogue: the time is counted up, nothing ends.
  const still = speech.running_since === null;
  if (!speech.timed) return { left: Math.floor(gone), fraction: 1, pace: "free", still };
  const left = Math.ceil(speech.limit_seconds - gone);
  return {
    left,
    fraction: Math.min(1, Math.max(0, 1 - gone / speech.limit_seconds)),
    pace: left < 0 ? "over" : left <= Math.min(WARNING_SECONDS, speech.limit_seconds / 2) ? "closing" : "steady",
    still,
  };
}

/** `3:05`, `1:02:03`; the sign is the reader's business. */
export function clockText(seconds: number): string {
  const all = Math.abs(Math.trunc(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}

/** How long a speech took, or has taken so far, in seconds; the clock may stand. */
export const spent = (speech: Pick<SpeechView, "spent_ms" | "running_since">, now: number): number =>
  (speech.spent_ms + (speech.running_since ? Math.max(0, now - Date.parse(speech.running_since)) : 0)) / 1000;
