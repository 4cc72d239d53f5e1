/** Giving a command from a button: it shows that it works, and a refusal becomes a sentence. */
import { shallowRef } from "vue";
import { useToast } from "@/composables/toast";
import type { Command } from "@/live/words";
import { useRoom } from "@/live/store";

export function useAct() {
  const { run } = useRoom();
  const { failed } = useToast();
  const busy = shallowRef<string | null>(null);

  /** `true` when it was done. A second press while the first is under way does nothing. */
  async function act(command: Command, mark = command.type): Promise<boolean> {
    if (busy.value === mark) return false;
    busy.value = mark;
    try {
      await run(command);
      return true;
    } catch (error) {
      failed(error);
      return false;
    } finally {
      if (busy.value === mark) busy.value = null;
    }
  }
  return { act, busy };
}
