/** What the home page shows, and how it is sorted into today, coming and recent. */
import { dayKey } from "@/composables/dates";

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

export type TodoKind = "REVIEW_MINUTES" | "ACCEPT_TASK" | "REPLY_TASK" | "EVALUATE_TASK" | "RSVP" | "OTHER";

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
