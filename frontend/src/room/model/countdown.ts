/** The time of a speech. It warns and then counts what is over; nobody is ever cut off by it. Pure. */
import type { SpeechView } from "@/api/generated/protocol";

export const WARNING_SECONDS = 60;

export type Pace = "steady" | "closing" | "over";

export interface Countdown {
  /** Whole seconds; negative when the time is over. */
  left: number;
  /** Of the whole time, what is left: 1 at the start, 0 from the end on. */
  fraction: number;
  pace: Pace;
}

export function countdown(speech: Pick<SpeechView, "started_at" | "limit_seconds">, now: number): Countdown {
  const spent = Math.max(0, (now - Date.parse(speech.started_at)) / 1000);
  const left = Math.ceil(speech.limit_seconds - spent);
  return {
    left,
    fraction: Math.min(1, Math.max(0, 1 - spent / speech.limit_seconds)),
    pace: left < 0 ? "over" : left <= Math.min(WARNING_SECONDS, speech.limit_seconds / 2) ? "closing" : "steady",
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

/** How long a speech took, or has taken so far, in seconds. */
export const spent = (speech: Pick<SpeechView, "started_at" | "ended_at">, now: number): number =>
  Math.max(0, ((speech.ended_at ? Date.parse(speech.ended_at) : now) - Date.parse(speech.started_at)) / 1000);
