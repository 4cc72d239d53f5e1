import type { CommitmentView, OpinionView, RecordState } from "@/api/generated/protocol";
import { slice, upsert } from "./slice";

export type { RecordState };

export const record = slice<RecordState>("record", {
  "record.opinion_noted": (state, { opinion }) => ({
    ...state,
    opinions: upsert(state.opinions, opinion as OpinionView),
  }),
  "record.commitment_noted": (state, { commitment }) => ({
    ...state,
    commitments: upsert(state.commitments, commitment as CommitmentView),
  }),
});
