/** The moves that run a meeting, on buttons and keys alike. */
import { shallowRef } from "vue";
import { useI18n } from "vue-i18n";
import { toast } from "@/composables/toast";
import { useAct } from "../use/act";
import { useMeeting } from "../use/meeting";
import { useHostKeys } from "./keys";

export function useDesk() {
  const { t } = useI18n();
  const { can, queue, speech, isLive } = useMeeting();
  const { act, busy } = useAct();
  const help = shallowRef(false);

  function next() {
    if (!can("floor.call") || !isLive.value) return;
    if (queue.value.length) void act({ type: "floor.call" });
    else toast(t("errors.NOBODY_WAITING"), "info");
  }
  function summon() {
    if (!can("floor.summon") || !isLive.value) return;
    if (queue.value.length) void act({ type: "floor.summon" });
    else toast(t("errors.NOBODY_WAITING"), "info");
  }
  function finish() {
    if (speech.value && can("floor.call")) void act({ type: "floor.finish" });
  }
  useHostKeys({ next, summon, finish, help: () => (help.value = true) });
  return { next, summon, finish, help, busy };
}
