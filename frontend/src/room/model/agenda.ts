/** The agenda against the clock. Pure. */
import type { ItemView, MeetingView } from "@/api/generated/protocol";

export interface Planned {
  item: ItemView;
  start: number;
  end: number;
}

/** When each item should begin, by the announced time of the meeting. */
export function timetable(items: readonly ItemView[], scheduledStart: string): Planned[] {
  let at = Date.parse(scheduledStart);
  return items.map((item) => {
    const start = at;
    at += item.minutes * 60_000;
    return { item, start, end: at };
  });
}

export const activeItem = (items: readonly ItemView[]): ItemView | undefined =>
  items.find((item) => item.state === "ACTIVE");

/** What comes after the item under discussion, or first. */
export function nextItem(items: readonly ItemView[]): ItemView | undefined {
  const at = items.findIndex((item) => item.state === "ACTIVE");
  return items.slice(at + 1).find((item) => item.state === "PENDING");
}

/**
 * Whole minutes behind the plan (negative: ahead), measured from the real beginning of the meeting: starting late is
 * known to everybody, what matters is the pace since.
 */
export function behind(items: readonly ItemView[], meeting: Pick<MeetingView, "started_at">, now: number): number {
  const active = activeItem(items);
  if (!active || !meeting.started_at) return 0;
  const planned = timetable(items, meeting.started_at).find(({ item }) => item.id === active.id);
  if (!planned) return 0;
  const late = now > planned.end ? now - planned.end : Date.parse(active.started_at ?? "") - planned.start;
  return Number.isFinite(late) ? Math.trunc(late / 60_000) : 0;
}

/** Minutes that an item really took, or has taken so far. */
export function minutesTaken(item: ItemView, now: number): number | null {
  if (!item.started_at) return null;
  const end = item.ended_at ? Date.parse(item.ended_at) : now;
  return Math.max(0, Math.round((end - Date.parse(item.started_at)) / 60_000));
}
