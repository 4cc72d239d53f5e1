import { slice } from "./slice";

export type DocumentsState = Record<string, unknown>;

export const documents = slice<DocumentsState>("documents", {});
