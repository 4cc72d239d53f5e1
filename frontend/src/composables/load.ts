/** What a page shows comes from one question to the server: the answer, the failure, and asking again. */
import { onScopeDispose, type Ref, shallowRef } from "vue";

export interface Loaded<Data> {
  data: Ref<Data | null>;
  error: Ref<unknown>;
  loading: Ref<boolean>;
  /** Ask again; what was shown stays until the answer is there. */
  load: () => Promise<void>;
}

/** Only the latest question counts: an answer that comes late is not shown. */
export function useLoad<Data>(ask: (signal: AbortSignal) => Promise<Data>): Loaded<Data> {
  const data = shallowRef<Data | null>(null);
  const error = shallowRef<unknown>(null);
  const loading = shallowRef(false);
  let asking: AbortController | null = null;

  async function load() {
    asking?.abort();
    const mine = (asking = new AbortController());
    loading.value = true;
    try {
      const answer = await ask(mine.signal);
      if (mine !== asking) return;
      data.value = answer;
      error.value = null;
    } catch (thrown) {
      if (mine === asking && !mine.signal.aborted) error.value = thrown;
    } finally {
      if (mine === asking) loading.value = false;
    }
  }
  onScopeDispose(() => asking?.abort());
  void load();
  return { data, error, loading, load };
}
