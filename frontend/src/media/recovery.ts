/** What to do when the path is gone: first restart ICE on the same connection, then build a new one. Pure. */

export const PATIENCE_MS = 2000;
export const ATTEMPT_MS = 6000;
const RESTARTS = 2;

export type Step = { kind: "restart" } | { kind: "rebuild"; afterMs: number };

/** The next step after so many failed attempts in a row; waiting grows and is jittered by `random` in [0, 1). */
export function nextStep(failures: number, random: number): Step {
  if (failures < RESTARTS) return { kind: "restart" };
  const wait = Math.min(8000, 250 * 2 ** (failures - RESTARTS));
  return { kind: "rebuild", afterMs: Math.round(wait * (0.5 + random / 2)) };
}
