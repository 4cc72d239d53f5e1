import { onScopeDispose, type Ref, readonly, shallowRef } from "vue";

/** The server's time, again every `period` milliseconds: for countdowns. Late ticks catch up, so nothing drifts. */
export function useTicking(now: () => number, period = 250): Readonly<Ref<number>> {
  const value = shallowRef(now());
  const timer = setInterval(() => (value.value = now()), period);
  onScopeDispose(() => clearInterval(timer));
  return readonly(value);
}
