/** Agendas to start from. Titles are words of the language chosen. Minutes follow the 140-minute model meeting. */
import type { ItemKind } from "@/api/generated/protocol";

export interface Line {
  key: number;
  kind: ItemKind;
  title: string;
  minutes: number;
  presenter: string;
}

export const KINDS: readonly ItemKind[] = [
  "OPENING",
  "VIDEO",
  "REPORT",
  "BRIEFING",
  "SPEECH",
  "ONSITE",
  "GUEST",
  "POLL",
  "INTERACTION",
  "RESPONSE",
  "LEADER",
  "SUMMARY",
  "BREAK",
];

type Draft = readonly [ItemKind, number];

export const TEMPLATES: Record<"standard" | "short" | "frontline", readonly Draft[]> = {
  standard: [
    ["OPENING", 5],
    ["REPORT", 10],
    ["BRIEFING", 8],
    ["SPEECH", 6],
    ["SPEECH", 6],
    ["SPEECH", 6],
    ["INTERACTION", 30],
    ["POLL", 5],
    ["RESPONSE", 20],
    ["LEADER", 7],
    ["SUMMARY", 5],
  ],
  short: [
    ["OPENING", 3],
    ["BRIEFING", 8],
    ["INTERACTION", 30],
    ["RESPONSE", 12],
    ["SUMMARY", 5],
  ],
  frontline: [
    ["OPENING", 3],
    ["ONSITE", 10],
    ["INTERACTION", 30],
    ["RESPONSE", 10],
    ["POLL", 5],
    ["SUMMARY", 5],
  ],
};

/** When each line begins, in milliseconds, running from the meeting's start. */
export function runningTimes(lines: readonly { minutes: number }[], start: number): number[] {
  let at = start;
  return lines.map(({ minutes }) => {
    const begins = at;
    at += minutes * 60_000;
    return begins;
  });
}

/** The list with the line at `from` moved by one place; the same list at its ends. */
export function moved<One>(lines: readonly One[], from: number, by: -1 | 1): One[] {
  const to = from + by;
  const next = [...lines];
  const [line] = next.splice(from, 1);
  if (line === undefined || to < 0 || to >= lines.length) return [...lines];
  next.splice(to, 0, line);
  return next;
}
