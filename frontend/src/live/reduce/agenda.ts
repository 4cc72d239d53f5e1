import { slice } from "./slice";

export type AgendaState = Record<string, unknown>;

export const agenda = slice<AgendaState>("agenda", {});
