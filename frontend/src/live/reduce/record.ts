import { slice } from "./slice";

export type RecordState = Record<string, unknown>;

export const record = slice<RecordState>("record", {});
