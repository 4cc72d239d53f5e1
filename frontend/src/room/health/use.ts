/** Watching the board: asked for while somebody looks at it, and again on every new line. */
import { onScopeDispose, type Ref, shallowReadonly, shallowRef, watch } from "vue";
import { useRoom } from "@/live/store";
import { type HealthRow, healthRows, keep, readEndpoints } from "./model";

export interface HealthBoard {
  /** Null before the first frame. */
  rows: Readonly<Ref<HealthRow[] | null>>;
}

export function useHealth(open: Readonly<Ref<boolean>>): HealthBoard {
  const { mediaLine, room } = useRoom();
  const rows = shallowRef<HealthRow[] | null>(null);
  const ask = (on: boolean) => mediaLine.send({ op: "watch_health", on });
  const stopFrames = mediaLine.onFrame((frame) => {
    if (frame.op !== "health" || !open.value || !room.value) return;
    const { participants, venues } = room.value.people;
    rows.value = keep(rows.value ?? [], healthRows(readEndpoints(frame), participants, venues));
  });
  const stopWelcome = mediaLine.onWelcome(() => open.value && ask(true));
  watch(open, (now) => {
    if (!now) rows.value = null;
    ask(now);
  });
  onScopeDispose(() => {
    stopFrames();
    stopWelcome();
    if (open.value) ask(false);
  });
  return { rows: shallowReadonly(rows) };
}
