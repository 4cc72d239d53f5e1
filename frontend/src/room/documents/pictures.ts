/**
 * Pictures of pages: the one that is shown stays until the next one is there, and neighbours are fetched ahead.
 *
 * The server lets nothing lie in a cache unasked. A picture that this page still holds is shown without asking again
 * (the browser's list of available images), so turning to a neighbour costs no round trip.
 */
import { onScopeDispose, type Ref, shallowRef, watch } from "vue";

const KEPT = 8;

export interface Wanted {
  address: string;
  ahead: string[];
}

export function usePictures(wanted: Ref<Wanted | null>) {
  const held = new Map<string, HTMLImageElement>();
  const source = shallowRef("");
  const loading = shallowRef(false);
  const failed = shallowRef(false);

  function hold(address: string): HTMLImageElement {
    const known = held.get(address);
    held.delete(address);
    const image = known ?? new Image();
    if (!known) image.src = address;
    held.set(address, image);
    for (const old of held.keys()) {
      if (held.size <= KEPT) break;
      held.delete(old);
    }
    return image;
  }

  async function show({ address, ahead }: Wanted) {
    const image = hold(address);
    loading.value = !image.complete || !image.naturalWidth;
    failed.value = false;
    try {
      await image.decode();
      if (wanted.value?.address !== address) return;
      source.value = address;
      ahead.forEach(hold);
    } catch {
      held.delete(address);
      if (wanted.value?.address !== address) return;
      failed.value = true;
    }
    loading.value = false;
  }

  const again = () => {
    if (wanted.value) void show(wanted.value);
  };
  watch(
    () => wanted.value?.address,
    () => (wanted.value ? again() : (source.value = "")),
    { immediate: true },
  );
  // A neighbour may have been drawn since.
  watch(
    () => wanted.value?.ahead.join(),
    () => !loading.value && wanted.value?.ahead.forEach(hold),
  );
  onScopeDispose(() => held.clear());
  return { source, loading, failed, again };
}
