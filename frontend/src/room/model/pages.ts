/** Pages of small pictures: how many fit, and turning them. Pure. */
import { isSlow, type Machine } from "@/media";

const DESK = 900;

/** Nine small pictures on a desk, four on a phone, one on a phone that has enough to do with the big one. */
export function pageSize(width: number, machine: Pick<Machine, "cores" | "memory">): 1 | 4 | 9 {
  const slow = isSlow(machine);
  if (width >= DESK) return slow ? 4 : 9;
  return slow ? 1 : 4;
}

/** Of at most `max`, so many as the strip has room for beside my own; a few may be scrolled to on a narrow screen. */
export function fitting(width: number, tile: number, own: boolean, max: number): number {
  const room = Math.floor(width / tile) - (own ? 1 : 0);
  return Math.min(max, Math.max(4, room));
}

/** A page that is there: the last one when there are fewer now. */
export const within = (page: number, pages: number): number => Math.max(0, Math.min(page, pages - 1));

/** The page a key turns to; null for keys that turn none. */
export function pageByKey(key: string, page: number, pages: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "PageUp":
      return within(page - 1, pages);
    case "ArrowRight":
    case "PageDown":
      return within(page + 1, pages);
    case "Home":
      return 0;
    case "End":
      return within(pages - 1, pages);
    default:
      return null;
  }
}
