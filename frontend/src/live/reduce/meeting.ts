import type { MeetingView } from "@/api/generated/protocol";
import { type Case, slice } from "./slice";

export type MeetingState = MeetingView;

/** Every step of a meeting's life tells the whole row. */
const moved: Case<MeetingState> = (_, { meeting }) => meeting as MeetingState;

export const meeting = slice<MeetingState>("meeting", {
  "meeting.published": moved,
  "meeting.lobby_opened": moved,
  "meeting.started": moved,
  "meeting.paused": moved,
  "meeting.resumed": moved,
  "meeting.ended": moved,
  "meeting.cancelled": moved,
  "meeting.handed_over": moved,
  "meeting.handed_back": moved,
  "minutes.issued": moved,
});
