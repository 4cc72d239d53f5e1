/**
 * How many have answered an open poll, as far as the server tells. It is told at most once a second and may be lost; the
 * desk, which waits for the last ones, also asks.
 */
import { computed, onScopeDispose, shallowRef } from "vue";
import { get } from "@/api/http";
import { useRoom } from "@/live/store";

interface Turnout {
  poll: string;
  participated: number;
  eligible: number;
}

const EVERY_MS = 3000;

export function useTurnout(pollId: () => string) {
  const { room, volatile, onVolatile } = useRoom();
  const latest = shallowRef<Turnout | null>((volatile.turnout as Turnout | undefined) ?? null);

  async function ask() {
    const meeting = room.value?.meeting.id;
    if (!meeting || document.visibilityState === "hidden") return;
    try {
      const [now] = await get<Turnout[]>(`/voting/${meeting}/turnout`);
      if (now) latest.value = now;
    } catch {
      // The next one will tell; a desk without a line says so elsewhere.
    }
  }
  const stop = onVolatile(({ kind, data }) => {
    if (kind === "turnout") latest.value = data as unknown as Turnout;
  });
  const timer = setInterval(() => void ask(), EVERY_MS);
  void ask();
  onScopeDispose(() => {
    stop();
    clearInterval(timer);
  });
  return computed(() => (latest.value?.poll === pollId() ? latest.value : null));
}
