/**
 * Saving a block while it is written: a moment after the last key, one request at a time.
 *
 * A conflict stops the saving and keeps both texts: mine in the field, theirs beside it, until somebody decides.
 */
import { onScopeDispose, ref } from "vue";
import { ApiError } from "@/api/errors";
import { put } from "@/api/http";
import type { Block, SuggestedTask } from "./minutes";

export type SaveState = "saved" | "waiting" | "saving" | "conflict" | "failed";

export interface Theirs {
  version: number;
  text: string;
  by: string | null;
}

const PAUSE = 900;

export function useAutosave(minutes: string, block: Block) {
  const text = ref(block.text);
  const rows = ref<SuggestedTask[]>(block.rows.map((row) => ({ ...row })));
  const state = ref<SaveState>("saved");
  const theirs = ref<Theirs | null>(null);
  const remarks = ref(block.remarks);
  const error = ref<unknown>(null);
  let version = block.version;
  let timer = 0;
  let again = false;

  function changed() {
    if (state.value === "conflict") return;
    if (state.value === "saving") again = true;
    else state.value = "waiting";
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), PAUSE);
  }

  /** Rows without words are still being written: they wait. */
  const complete = () => rows.value.filter((row) => row.text.trim());

  async function save(): Promise<void> {
    window.clearTimeout(timer);
    if (state.value === "saving" || state.value === "saved" || state.value === "conflict") return;
    state.value = "saving";
    again = false;
    try {
      const saved = await put<Block>(`/minutes/${minutes}/blocks/${block.kind}`, { version, text: text.value, rows: complete() });
      version = saved.version;
      remarks.value = saved.remarks;
      error.value = null;
      state.value = again ? "waiting" : "saved";
      if (again) changed();
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.code === "EDIT_CONFLICT") {
        const { version: now, theirs: words, by } = thrown.facts as { version: number; theirs: string; by: string | null };
        theirs.value = { version: now, text: words, by };
        state.value = "conflict";
        return;
      }
      error.value = thrown;
      state.value = "failed";
      // What was written is still here: try again by itself, the network may be back.
      if (thrown instanceof ApiError && thrown.code === "OFFLINE") timer = window.setTimeout(() => void save(), 5000);
    }
  }

  /** Decide a conflict: with the words now in the field, or with theirs. */
  function settle(words: string) {
    if (!theirs.value) return;
    version = theirs.value.version;
    theirs.value = null;
    text.value = words;
    state.value = "waiting";
    void save();
  }

  const leaving = (event: BeforeUnloadEvent) => {
    if (state.value !== "saved") event.preventDefault();
  };
  window.addEventListener("beforeunload", leaving);
  onScopeDispose(() => {
    window.removeEventListener("beforeunload", leaving);
    void save();
  });

  return { text, rows, state, theirs, remarks, error, changed, save, settle };
}
