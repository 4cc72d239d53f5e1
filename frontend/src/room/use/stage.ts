/** What is on the stage now. */
import { computed } from "vue";
import { onStage } from "../model/stage";
import { DocumentStage } from "../parts";
import { useMedia } from "./media";
import { useMeeting } from "./meeting";

export function useOnStage() {
  const media = useMedia();
  const { room } = useMeeting();
  return computed(() => {
    const presenting = (room.value?.documents as { presenting?: unknown } | undefined)?.presenting;
    return onStage({
      layout: room.value?.stage.layout ?? "SPEAKER",
      document: Boolean(presenting && DocumentStage),
      screen: media.slots.value.screen,
    });
  });
}
