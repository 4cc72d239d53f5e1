/** Moving a place in a list by hand. Pure. */

/** The list with `id` at index `to`. */
export function moved(ids: readonly string[], id: string, to: number): string[] {
  const others = ids.filter((each) => each !== id);
  others.splice(Math.max(0, Math.min(to, others.length)), 0, id);
  return others;
}

/** Before whom `id` stands; null at the end. */
export const follower = (ids: readonly string[], id: string): string | null => ids[ids.indexOf(id) + 1] ?? null;

/** The index at which something dropped at `y` comes: after all whose middle is above. */
export const dropIndex = (middles: readonly number[], y: number): number => middles.filter((middle) => middle < y).length;
