/** The width of an element in CSS pixels, rounded up to tens so that a scrollbar does not fetch a picture anew. */
import { onBeforeUnmount, type Ref, shallowRef, watch } from "vue";

export function useWidth(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const width = shallowRef(0);
  const observer = new ResizeObserver(([entry]) => {
    if (entry) width.value = Math.ceil(entry.contentRect.width / 10) * 10;
  });
  watch(element, (now, before) => {
    if (before) observer.unobserve(before);
    if (now) observer.observe(now);
  }, { immediate: true });
  onBeforeUnmount(() => observer.disconnect());
  return width;
}
