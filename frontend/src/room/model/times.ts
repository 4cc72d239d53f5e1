/** 发言用时: the server's totals of what is over, with the speeches that are going on added. Pure. */
import type { FloorState, Scope, SpeechView } from "@/api/generated/protocol";
import { spent } from "./countdown";
import type { Participants } from "./people";

export interface Total {
  /** A participant's id, a sector's name or a venue's id; empty: without sector, in no venue. */
  key: string;
  speeches: number;
  seconds: number;
  overtime: number;
  /** Somebody of them speaks now. */
  running: boolean;
}

export const SCOPES: readonly Scope[] = ["PERSON", "SECTOR", "VENUE"];

function keyOf(scope: Scope, speech: SpeechView, people: Participants): string {
  if (scope === "PERSON") return speech.participant;
  return (scope === "SECTOR" ? people[speech.participant]?.sector : speech.venue) ?? "";
}

/** The longest first; who spoke equally long stays in the order in which they first spoke. */
export function totals(scope: Scope, floor: FloorState, people: Participants, now: number): Total[] {
  const rows = new Map<string, Total>();
  for (const row of Object.values(floor.times[scope] ?? {}))
    rows.set(row.key, { key: row.key, speeches: row.speeches, seconds: row.spent_ms / 1000, overtime: row.overtime_ms / 1000, running: false });
  for (const speech of floor.speeches.filter(({ ended_at }) => ended_at === null)) {
    const key = keyOf(scope, speech, people);
    const row = rows.get(key) ?? { key, speeches: 0, seconds: 0, overtime: 0, running: false };
    const seconds = spent(speech, now);
    rows.set(key, {
      key,
      speeches: row.speeches + 1,
      seconds: row.seconds + seconds,
      overtime: row.overtime + (speech.timed ? Math.max(0, seconds - speech.limit_seconds) : 0),
      running: row.running || speech.running_since !== null,
    });
  }
  return [...rows.values()].sort((a, b) => b.seconds - a.seconds);
}
