/** How large an element is: nothing while it is not there. */
import { computed, onBeforeUnmount, type Ref, shallowReadonly, shallowRef, watch } from "vue";
import { devicePixels } from "@/media";

export interface Box {
  width: number;
  height: number;
}

const NOTHING: Box = { width: 0, height: 0 };

/** In CSS pixels. */
export function useBox(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<Box>> {
  const box = shallowRef(NOTHING);
  const observer = new ResizeObserver(([entry]) => {
    if (entry) box.value = { width: entry.contentRect.width, height: entry.contentRect.height };
  });
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before);
      if (now) observer.observe(now);
      else box.value = NOTHING;
    },
    { immediate: true, flush: "post" },
  );
  onBeforeUnmount(() => observer.disconnect());
  return shallowReadonly(box);
}

/** The height in device pixels. */
export function useDeviceHeight(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const box = useBox(element);
  return computed(() => devicePixels(box.value.height, window.devicePixelRatio));
}
