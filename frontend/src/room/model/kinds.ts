/** What somebody may ask the floor for: the first is the usual one. The server says no to everything else. Pure. */
import type { MeetingState, RequestKind, Role } from "@/api/generated/protocol";

const BY_ROLE: Partial<Record<Role, readonly RequestKind[]>> = {
  DEPARTMENT: ["RESPONSE", "DIALOGUE"],
  EXPERT: ["IMPROMPTU", "QUESTION", "RESPONSE", "DIALOGUE"],
  PUBLIC: ["QUESTION", "IMPROMPTU", "DIALOGUE"],
};
const USUAL: readonly RequestKind[] = ["IMPROMPTU", "QUESTION", "DIALOGUE"];
const BOOKING: readonly MeetingState[] = ["NOTIFIED", "LOBBY"];

/** Before the meeting begins a speech is booked; while it is live only the desk books for others. */
export function kindsFor(role: Role | undefined, state: MeetingState, byDesk = false): readonly RequestKind[] {
  if (BOOKING.includes(state)) return ["SCHEDULED"];
  const kinds = (role && BY_ROLE[role]) || USUAL;
  return byDesk ? ["SCHEDULED", ...kinds] : kinds;
}

const SPEAKERS: readonly Role[] = ["MEMBER", "DEPARTMENT", "EXPERT", "PUBLIC", "VENUE_CLERK"];

/** May a request stand in the queue for somebody of this role? Leaders and hosts speak without one. */
export const canQueue = (role: Role): boolean => SPEAKERS.includes(role);

/** May this be done now: booking until the meeting ends, everything else while it is live? */
export const takesRequests = (state: MeetingState): boolean => state === "LIVE" || BOOKING.includes(state);
