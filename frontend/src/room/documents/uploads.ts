/** Files on their way to the server, one after the other. A file that did not arrive says why until it is dismissed. */
import { onScopeDispose, shallowRef } from "vue";
import { ApiError, asApiError } from "@/api/errors";
import { upload } from "@/api/http";
import { newId } from "@/live/ids";
import { type Limits, unfit } from "./model";

export interface Sending {
  id: string;
  file: File;
  /** 0 to 1; 1 is "arrived, being looked at". */
  share: number;
  error: ApiError | null;
}

export function useUploads(meeting: () => string, limits: () => Limits | null) {
  const list = shallowRef<readonly Sending[]>([]);
  const stops = new Map<string, AbortController>();
  let chain: Promise<void> = Promise.resolve();

  const change = (id: string, facts: Partial<Sending>) =>
    (list.value = list.value.map((one) => (one.id === id ? { ...one, ...facts } : one)));
  const drop = (id: string) => {
    stops.get(id)?.abort();
    stops.delete(id);
    list.value = list.value.filter((one) => one.id !== id);
  };

  function add(files: Iterable<File>) {
    for (const file of files) start({ id: newId(), file, share: 0, error: null });
  }

  function start(one: Sending) {
    const known = limits();
    const reason = known && unfit(one.file, known);
    list.value = [...list.value.filter(({ id }) => id !== one.id), { ...one, error: reason ? new ApiError(reason) : null }];
    if (!reason) chain = chain.then(() => send(one));
  }

  async function send({ id, file }: Sending) {
    if (!list.value.some((one) => one.id === id)) return;
    const stop = new AbortController();
    stops.set(id, stop);
    const form = new FormData();
    form.append("id", id);
    form.append("file", file, file.name);
    try {
      await upload(`/documents/${meeting()}`, form, { progress: (share) => change(id, { share }), signal: stop.signal });
      drop(id);
    } catch (error) {
      if (!stop.signal.aborted) change(id, { share: 0, error: asApiError(error) });
    }
  }

  /** With the same id: what has arrived after all is not added twice. */
  const again = (id: string) => {
    const one = list.value.find((each) => each.id === id);
    if (one) start({ ...one, error: null, share: 0 });
  };
  onScopeDispose(() => stops.forEach((stop) => stop.abort()));
  return { list, add, drop, again };
}
