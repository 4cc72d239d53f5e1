import { slice } from "./slice";

export type StageState = Record<string, unknown>;

export const stage = slice<StageState>("stage", {});
