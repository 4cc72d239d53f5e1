/**
 * Moving a row of a list by its handle: with a finger or mouse, or with the arrow keys. The list is the caller's.
 * While it is held the rows are only shown in another order (`placeOf`, for CSS): a row that moves in the document loses
 * focus and pointer.
 */
import { computed, type Ref, shallowRef } from "vue";
import { dropIndex, follower, moved } from "../model/order";

export interface Move {
  id: string;
  /** Before whom; null: at the end. */
  before: string | null;
  from: number;
  to: number;
}

export function useReorder(ids: Readonly<Ref<readonly string[]>>, done: (move: Move) => void, told: (place: number) => void) {
  const held = shallowRef<{ id: string; to: number; middles: number[] } | null>(null);
  const shown = computed(() => (held.value ? moved(ids.value, held.value.id, held.value.to) : ids.value));

  const take = (id: string, row: HTMLElement | null) => {
    const rows = [...(row?.parentElement?.children ?? [])].filter((each) => each !== row);
    const middles = rows.map((each) => each.getBoundingClientRect()).map((box) => box.top + box.height / 2);
    held.value = { id, to: ids.value.indexOf(id), middles };
  };
  const to = (index: number) => {
    if (!held.value) return;
    const place = Math.max(0, Math.min(index, ids.value.length - 1));
    if (place !== held.value.to) told(place + 1);
    held.value = { ...held.value, to: place };
  };
  function drop() {
    const { id, to: place } = held.value ?? {};
    const from = ids.value.indexOf(id ?? "");
    const before = id ? follower(shown.value, id) : null;
    held.value = null;
    if (id && place !== undefined && place !== from && from >= 0) done({ id, before, from: from + 1, to: place + 1 });
  }
  const cancel = () => (held.value = null);

  /** Put these on the handle; a press that does not move changes nothing. */
  const handle = (id: string) => ({
    onPointerdown(event: PointerEvent) {
      if (event.button !== 0) return;
      const target = event.currentTarget as HTMLElement;
      target.setPointerCapture(event.pointerId);
      take(id, target.closest("li"));
    },
    onPointermove(event: PointerEvent) {
      if (held.value?.id === id && held.value.middles.length) to(dropIndex(held.value.middles, event.clientY));
    },
    onPointerup: () => held.value?.id === id && drop(),
    onPointercancel: cancel,
    onKeydown(event: KeyboardEvent) {
      const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
      if (step) {
        if (held.value?.id !== id) held.value = { id, to: ids.value.indexOf(id), middles: [] };
        to(held.value.to + step);
      } else if (held.value && event.key === "Escape") cancel();
      else if (held.value && (event.key === "Enter" || event.key === " ")) drop();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    onBlur: () => held.value?.middles.length === 0 && cancel(),
  });
  return { held, placeOf: (id: string) => shown.value.indexOf(id), handle };
}
