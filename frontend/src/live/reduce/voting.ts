import type { PollView, VotingState } from "@/api/generated/protocol";
import { type Case, slice } from "./slice";

export type { VotingState };

const put: Case<VotingState> = (state, { poll }) => {
  const next = poll as PollView;
  return { ...state, polls: { ...state.polls, [next.id]: next } };
};

export const voting = slice<VotingState>("voting", {
  "voting.prepared": put,
  "voting.discarded": (state, { poll }) => {
    const polls = { ...state.polls };
    delete polls[poll as string];
    return { ...state, polls };
  },
  "voting.opened": put,
  "voting.closed": put,
  "voting.disputed": put,
  "voting.voided": put,
});

/** In the order in which they were prepared. */
export const pollsInOrder = (state: VotingState): PollView[] =>
  Object.values(state.polls).sort((one, other) => one.number - other.number);

/** The poll that takes answers now; there is never more than one. */
export const openPoll = (state: VotingState): PollView | undefined =>
  Object.values(state.polls).find(({ state: now }) => now === "OPEN");
