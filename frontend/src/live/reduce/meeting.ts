import { slice } from "./slice";

export type MeetingState = Record<string, unknown>;

export const meeting = slice<MeetingState>("meeting", {});
