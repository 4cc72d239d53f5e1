import type { DocumentsState, DocumentView, PresentingView } from "@/api/generated/protocol";
import { type Case, slice, upsert } from "./slice";

export type { DocumentsState };

/** Every change of a document tells the whole document. */
const changed: Case<DocumentsState> = (state, { document }) => ({
  ...state,
  documents: upsert(state.documents, document as DocumentView),
});
const shown: Case<DocumentsState> = (state, { presenting }) => ({ ...state, presenting: presenting as PresentingView });

export const documents = slice<DocumentsState>("documents", {
  "documents.added": changed,
  "documents.pages_ready": changed,
  "documents.ready": changed,
  "documents.failed": changed,
  "documents.recalled": changed,
  "documents.presented": shown,
  "documents.turned": shown,
  "documents.stopped": (state) => ({ ...state, presenting: null }),
});
