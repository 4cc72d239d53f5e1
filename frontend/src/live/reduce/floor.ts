import { slice } from "./slice";

export type FloorState = Record<string, unknown>;

export const floor = slice<FloorState>("floor", {});
