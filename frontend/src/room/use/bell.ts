/** The bell at the end of a speech's time: for who speaks, for their venue, and for who runs the meeting. */
import { watch } from "vue";
import { useCountdown, useMeeting } from "./meeting";
import { chime } from "./tone";

export function useBell() {
  const { myTurn, venueTurn, can, speech } = useMeeting();
  const time = useCountdown();
  watch(
    () => [speech.value?.id, time.value?.pace] as const,
    ([id, pace], [before, paceBefore]) => {
      // Only when the time runs out before our eyes: who comes in later hears nothing.
      if (id !== before || pace !== "over" || paceBefore === "over") return;
      if (myTurn.value || venueTurn.value || can("floor.call")) void chime();
    },
  );
}
