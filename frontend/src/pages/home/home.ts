/** What the home page shows, and how it is sorted into today, coming and recent. */
import { dayKey, ZONE } from "@/composables/dates";

export type MeetingState = "DRAFT" | "NOTIFIED" | "LOBBY" | "LIVE" | "PAUSED" | "ENDED" | "DONE" | "CANCELLED";

export interface HomeMeeting {
  id: string;
  title: string;
  state: MeetingState;
  scheduled_start: string;
  planned_minutes: number;
  started_at: string | null;
  host_name: string | null;
  my_role: string | null;
  venue_name: string | null;
  /** May I prepare and administer it? */
  can_manage: boolean;
  /** Are there issued minutes that I may read? */
  has_minutes: boolean;
}

export type TodoKind =
  | "WRITE_MINUTES"
  | "REVIEW_MINUTES"
  | "ASSIGN_TASK"
  | "ACCEPT_TASK"
  | "REPLY_TASK"
  | "CHECK_REPLY"
  | "EVALUATE_TASK"
  | "RSVP"
  | "OTHER";

export interface Todo {
  id: string;
  kind: TodoKind;
  title: string;
  /** Where to do it: a path of the app. */
  path: string;
  due_on: string | null;
}

export interface Home {
  meetings: HomeMeeting[];
  todos: Todo[];
}

export interface Sorted {
  today: HomeMeeting[];
  coming: HomeMeeting[];
  recent: HomeMeeting[];
}

const OVER: readonly MeetingState[] = ["ENDED", "DONE", "CANCELLED"];
const GOING_ON: readonly MeetingState[] = ["LOBBY", "LIVE", "PAUSED"];

export const isOver = (meeting: HomeMeeting): boolean => OVER.includes(meeting.state);
/** Can one go in now? */
export const isOpen = (meeting: HomeMeeting): boolean => GOING_ON.includes(meeting.state);

/** A meeting that goes on is today's, whatever its date says: a lobby may be opened the evening before. */
export function sorted(meetings: readonly HomeMeeting[], now: number): Sorted {
  const today = dayKey(now);
  const byStart = [...meetings].sort((a, b) => Date.parse(a.scheduled_start) - Date.parse(b.scheduled_start));
  const isToday = (meeting: HomeMeeting) => isOpen(meeting) || dayKey(meeting.scheduled_start) === today;
  return {
    today: byStart.filter((meeting) => isToday(meeting) && !isOver(meeting)),
    coming: byStart.filter((meeting) => !isToday(meeting) && !isOver(meeting)),
    recent: byStart.filter(isOver).reverse().slice(0, 5),
  };
}

export type PartOfDay = "morning" | "noon" | "afternoon" | "evening";

/** By the clock of the city: where one is greeted is where one works. */
export function greeting(now: number): PartOfDay {
  const hour = Number(new Date(now).toLocaleString("en-GB", { timeZone: ZONE, hour: "2-digit", hourCycle: "h23" }));
  if (hour < 11) return "morning";
  if (hour < 13) return "noon";
  return hour < 18 ? "afternoon" : "evening";
}

export type Moment = { key: "since" | "in_minutes" | "in_hours" | "late"; n: number } | null;

/** How a meeting stands to the clock, in words' keys. Nothing is said of a day that is far away. */
export function moment(meeting: HomeMeeting, now: number): Moment {
  if (isOver(meeting)) return null;
  if (meeting.started_at) return { key: "since", n: minutes(now - Date.parse(meeting.started_at)) };
  const until = minutes(Date.parse(meeting.scheduled_start) - now);
  if (until <= 0) return { key: "late", n: 0 };
  if (until < 60) return { key: "in_minutes", n: until };
  return until < 12 * 60 ? { key: "in_hours", n: Math.round(until / 60) } : null;
}

const minutes = (milliseconds: number): number => Math.max(0, Math.round(milliseconds / 60_000));

export type Tone = "neutral" | "primary" | "success" | "warning" | "danger" | "info" | "live";

export const TONES: Record<MeetingState, Tone> = {
  DRAFT: "neutral",
  NOTIFIED: "info",
  LOBBY: "warning",
  LIVE: "live",
  PAUSED: "warning",
  ENDED: "neutral",
  DONE: "neutral",
  CANCELLED: "neutral",
};
