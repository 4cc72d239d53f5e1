/** Which screen somebody sees: a pure function of the meeting, their own row and the line. */
import type { MeetingState, Presence } from "@/api/generated/protocol";
import type { Status } from "@/live/connection";

export type Phase =
  | "connecting"
  | "closed"
  | "removed"
  | "cancelled"
  | "ended"
  | "early"
  | "door"
  | "waiting"
  | "left"
  | "inside";

export interface Known {
  status: Status;
  /** Why the line is closed. */
  code: string | null;
  meeting: MeetingState | null;
  presence: Presence | null;
  /** May prepare and run the meeting: sees the desk before the doors open. */
  desk: boolean;
}

const OVER: readonly MeetingState[] = ["ENDED", "DONE"];
const BEFORE: readonly MeetingState[] = ["DRAFT", "NOTIFIED"];

export function phase({ status, code, meeting, presence, desk }: Known): Phase {
  if (presence === "REMOVED") return "removed";
  // At the door, NOT_ALLOWED is the answer to who was shown out before.
  if (status === "closed") return code === "NOT_ALLOWED" || (code === "NOT_IN_MEETING" && presence) ? "removed" : "closed";
  if (meeting === null || presence === null) return "connecting";
  if (meeting === "CANCELLED") return "cancelled";
  if (OVER.includes(meeting)) return "ended";
  if (BEFORE.includes(meeting)) return desk ? "inside" : "early";
  if (presence === "PRESENT") return "inside";
  if (presence === "WAITING") return "waiting";
  return presence === "LEFT" ? "left" : "door";
}
