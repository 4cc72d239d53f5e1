import type { AgendaState, ItemView } from "@/api/generated/protocol";
import { slice, upsertAll } from "./slice";

export type { AgendaState };

export const agenda = slice<AgendaState>("agenda", {
  "agenda.items_set": (_, { items }) => ({ items: items as ItemView[] }),
  "agenda.items_changed": (state, { items }) => ({ items: upsertAll(state.items, items as ItemView[]) }),
});
