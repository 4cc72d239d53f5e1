/** Tasks as the API tells them. */
export const STATES = ["SUGGESTED", "ASSIGNED", "RETURNED", "IN_PROGRESS", "REPLIED", "EVALUATING", "TRACKING", "REHANDLING", "CLOSED", "DROPPED"] as const;
export type TaskState = (typeof STATES)[number] | "CLAIMABLE";
export type Urgency = "NONE" | "DUE_SOON" | "OVERDUE" | "LONG_OVERDUE";
export type Rating = "SATISFIED" | "MOSTLY" | "DISSATISFIED";
export const RATINGS: readonly Rating[] = ["SATISFIED", "MOSTLY", "DISSATISFIED"];
export const CLASSES = ["A", "B", "C", "D"] as const;
export const STAGES = ["BEFORE", "DURING", "AFTER"] as const;

export interface TaskRow {
  id: string;
  title: string;
  state: TaskState;
  lead: string;
  due: string | null;
  urgency: Urgency;
  proposer: string;
  meeting_title: string;
  waits_for_me: boolean;
}

export interface TaskPage {
  items: TaskRow[];
  total: number;
  page: number;
  pages: number;
  waiting: number;
  states: Partial<Record<TaskState, number>>;
}

export interface Evaluation {
  attitude: Rating;
  result: Rating;
  reason: string;
  at: string;
  by: string;
}

export interface Task {
  id: string;
  title: string;
  detail: string;
  state: TaskState;
  urgency: Urgency;
  meeting_title: string;
  minutes: string | null;
  minutes_no: number | null;
  minutes_year: number | null;
  proposer: string;
  suggested_lead: string;
  suggested_co: string[];
  suggested_due: string;
  lead: string;
  co: string[];
  reference: string;
  due: string | null;
  look_back_on: string | null;
  opinions: { id: string; no: number; aspect: string; text: string; speaker: string | null }[];
  contacts: { stage: string; on: string; note: string; by: string }[];
  replies: { text: string; result_class: string; at: string; by: string; evaluation: Evaluation | null }[];
  timeline: { action: string; to: TaskState; at: string; by: string; note: string }[];
  actions: string[];
}

type Tone = "neutral" | "primary" | "success" | "warning" | "danger" | "info";
export const TONES: Record<TaskState, Tone> = {
  SUGGESTED: "neutral",
  ASSIGNED: "warning",
  RETURNED: "danger",
  IN_PROGRESS: "primary",
  REPLIED: "info",
  EVALUATING: "info",
  TRACKING: "primary",
  REHANDLING: "danger",
  CLOSED: "success",
  DROPPED: "neutral",
  CLAIMABLE: "neutral",
};
export const URGENCY_TONES: Record<Urgency, Tone> = { NONE: "neutral", DUE_SOON: "info", OVERDUE: "warning", LONG_OVERDUE: "danger" };

/** The way that most tasks go, for the stepper. */
export const WAY = ["SUGGESTED", "ASSIGNED", "IN_PROGRESS", "REPLIED", "EVALUATING", "CLOSED"] as const;
/** Where a state off the straight way stands on it. */
export function onTheWay(state: TaskState): string {
  if (state === "RETURNED") return "ASSIGNED";
  if (state === "REHANDLING") return "IN_PROGRESS";
  if (state === "TRACKING") return "EVALUATING";
  return state;
}
