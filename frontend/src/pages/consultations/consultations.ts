/** Consultations as the API tells them. */
import { ZONE } from "@/composables/dates";
import type { MeetingState } from "@/pages/home/home";

export const FORMS = [
  "REMOTE",
  "TOPICAL",
  "COUNTERPART",
  "SECTOR",
  "PROPOSAL",
  "ONLINE",
  "FRONTLINE",
  "PLENARY",
  "STANDING_COMMITTEE",
  "CHAIRPERSONS",
] as const;
export type Form = (typeof FORMS)[number];

export interface ConsultationRow {
  id: string;
  title: string;
  form: Form;
  topic: string;
  status: string;
  brand: string;
  step: number;
  meetings: number;
  next_meeting: string | null;
  created_at: string;
}

export interface ConsultationPage {
  items: ConsultationRow[];
  total: number;
  may_create: boolean;
}

export interface ConsultationMeeting {
  id: string;
  title: string;
  state: MeetingState;
  scheduled_start: string;
  planned_minutes: number;
  participants: number;
  role: string | null;
}

export interface Step {
  step: string;
  progress: "DONE" | "CURRENT" | "PENDING";
  since: string | null;
}

export interface Consultation {
  id: string;
  title: string;
  form: Form;
  topic: string;
  status: string;
  brand: string;
  organization: string;
  created_at: string;
  created_by: string;
  steps: Step[];
  meetings: ConsultationMeeting[];
  history: { move: string; to: string; at: string; by: string | null; reason: string }[];
  may_edit: boolean;
  moves: string[];
}

export const NEED_REASON = ["decline", "suspend", "cancel", "close_no_task"];
/** Moves that stop a consultation: never the first button. */
export const STOPS = ["decline", "suspend", "cancel"];

export type Tone = "neutral" | "primary" | "success" | "warning";
export const tone = (status: string): Tone => {
  if (["CLOSED", "ARCHIVED"].includes(status)) return "success";
  if (["DECLINED", "CANCELLED", "MERGED", "DRAFT"].includes(status)) return "neutral";
  return status === "SUSPENDED" ? "warning" : "primary";
};

/** Roles that prepare a meeting. */
export const DESK = ["HOST", "CO_HOST", "SECRETARY"];

/** `2026-05-21` and `14:30` in the city as a moment with its offset. The city has no summer time. */
export const cityMoment = (day: string, time: string): string => `${day}T${time}:00+08:00`;

/** The city's calendar day and clock, as inputs of type date and time want them. */
export function cityParts(at: number): { day: string; time: string } {
  const moment = new Date(at);
  return {
    day: new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(moment),
    time: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment),
  };
}
