import { slice } from "./slice";

export type VotingState = Record<string, unknown>;

export const voting = slice<VotingState>("voting", {});
