/** The height of an element in device pixels, 0 while it is not there. */
import { onBeforeUnmount, type Ref, shallowReadonly, shallowRef, watch } from "vue";
import { devicePixels } from "@/media";

export function useDeviceHeight(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const height = shallowRef(0);
  const observer = new ResizeObserver(([entry]) => {
    if (entry) height.value = devicePixels(entry.contentRect.height, window.devicePixelRatio);
  });
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
      else height.value = 0;
    },
    { immediate: true, flush: "post" },
  );
  onBeforeUnmount(() => observer.disconnect());
  return shallowReadonly(height);
}
