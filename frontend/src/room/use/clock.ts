import { computed } from "vue";
import { useTicking } from "@/live/ticking";
import { clockText } from "../model/countdown";
import { useMeeting } from "./meeting";

/** How long the meeting has been going on, `1:02:03`; null before it has begun. */
export function useElapsed() {
  const { meeting, now } = useMeeting();
  const at = useTicking(now, 1000);
  return computed(() =>
    meeting.value.started_at ? clockText((at.value - Date.parse(meeting.value.started_at)) / 1000) : null,
  );
}
