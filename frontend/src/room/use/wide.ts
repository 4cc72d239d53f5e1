import { onScopeDispose, type Ref, shallowReadonly, shallowRef } from "vue";

/** Is the window at least so wide? */
export function useWide(pixels: number): Readonly<Ref<boolean>> {
  const query = window.matchMedia(`(min-width: ${pixels}px)`);
  const wide = shallowRef(query.matches);
  const changed = () => (wide.value = query.matches);
  query.addEventListener("change", changed);
  onScopeDispose(() => query.removeEventListener("change", changed));
  return shallowReadonly(wide);
}
