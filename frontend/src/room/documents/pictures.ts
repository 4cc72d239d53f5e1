/**
 * Pictures of pages: the one that is shown stays until the next one is there, and neighbours are fetched ahead.
 *
 * The server lets nothing lie in a cache unasked (a recalled page is gone with the next look), so pictures are held here
 * as blobs: turning to a neighbour asks nobody, and what is not held any more is not kept anywhere.
 */
import { onScopeDispose, type Ref, shallowRef, watch } from "vue";
import { ApiError, OFFLINE } from "@/api/errors";

const KEPT = 8;

export interface Wanted {
  address: string;
  ahead: string[];
}

async function fetched(address: string): Promise<string> {
  const answer = await fetch(address, { credentials: "same-origin" }).catch(() => {
    throw new ApiError(OFFLINE);
  });
  if (!answer.ok) throw new ApiError("NOT_FOUND", {}, answer.status);
  return URL.createObjectURL(await answer.blob());
}

export function usePictures(wanted: Ref<Wanted | null>) {
  const held = new Map<string, Promise<string>>();
  const source = shallowRef("");
  const loading = shallowRef(false);
  const failed = shallowRef(false);

  function hold(address: string): Promise<string> {
    const picture = held.get(address) ?? fetched(address);
    // Newest last; the oldest goes first.
    held.delete(address);
    held.set(address, picture);
    for (const old of held.keys()) {
      if (held.size <= KEPT) break;
      release(old);
    }
    return picture;
  }
  function release(address: string) {
    held.get(address)?.then(URL.revokeObjectURL, () => undefined);
    held.delete(address);
  }
  const holdAhead = (ahead: string[]) => ahead.forEach((one) => hold(one).catch(() => held.delete(one)));

  async function show({ address, ahead }: Wanted) {
    loading.value = true;
    failed.value = false;
    try {
      const picture = await hold(address);
      if (wanted.value?.address !== address) return;
      source.value = picture;
      holdAhead(ahead);
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
    () => loading.value || holdAhead(wanted.value?.ahead ?? []),
  );
  onScopeDispose(() => [...held.keys()].forEach(release));
  return { source, loading, failed, again };
}
