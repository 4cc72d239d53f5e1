/**
 * My ballot in the poll that is open. The form is mine alone: live updates never touch what I have marked.
 *
 * Whether the server has it is asked from the server (`mine`), never guessed: `sent` becomes `received` only by its word.
 * Sending again after a cut is the connection's work; a refusal that will pass (busy) is tried again here.
 */
import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { asApiError, type ApiError } from "@/api/errors";
import type { PollView } from "@/api/generated/protocol";
import { get } from "@/api/http";
import { openPoll } from "@/live/reduce/voting";
import { useRoom } from "@/live/store";

/** choosing → sent → received; missed: it closed before I answered; voided: it was called off. */
export type BallotState = "choosing" | "sent" | "received" | "missed" | "voided";

interface Mine {
  poll: string;
  received: boolean;
  choices: number[] | null;
}

const PASSING = ["BUSY", "INTERNAL", "TOO_MANY"];
const AGAIN_MS = 2000;

export function useBallot() {
  const { room, status, run } = useRoom();
  const open = computed(() => (room.value ? openPoll(room.value.voting) : undefined));

  /** The poll on my card: it stays there after closing as long as there is something to tell me. */
  const poll = shallowRef<PollView | null>(null);
  const state = shallowRef<BallotState>("choosing");
  const marked = ref<number[]>([]);
  /** What the server says I chose; never for secret ballots. */
  const chosen = shallowRef<number[] | null>(null);
  const changing = shallowRef(false);
  const error = shallowRef<ApiError | null>(null);
  let again: ReturnType<typeof setTimeout> | undefined;

  async function ask(asked: PollView) {
    const meeting = room.value?.meeting.id;
    if (!meeting) return;
    try {
      const mine = (await get<Mine[]>(`/voting/${meeting}/mine`)).find((one) => one.poll === asked.id);
      // The poll may have ended while we asked.
      if (!mine || open.value?.id !== asked.id) return;
      if (poll.value?.id !== asked.id) begin(asked);
      if (mine.received && state.value === "choosing" && !changing.value) received(mine.choices);
    } catch {
      clearTimeout(again);
      again = setTimeout(() => void ask(asked), AGAIN_MS);
    }
  }

  function begin(asked: PollView) {
    poll.value = asked;
    state.value = "choosing";
    marked.value = [];
    chosen.value = null;
    changing.value = false;
    error.value = null;
  }

  function received(choices: number[] | null) {
    state.value = "received";
    chosen.value = choices;
    changing.value = false;
    error.value = null;
  }

  async function send() {
    const asked = poll.value;
    if (!asked || state.value === "sent" || !marked.value.length) return;
    const choices = [...marked.value].sort((one, other) => one - other);
    state.value = "sent";
    error.value = null;
    try {
      await run({ type: "voting.cast", poll: asked.id, choices });
      if (poll.value?.id === asked.id) received(asked.mode === "NAMED" ? choices : null);
    } catch (thrown) {
      if (poll.value?.id === asked.id) refused(asApiError(thrown));
    }
  }

  function refused(refusal: ApiError) {
    // Not sent again after these: another tab was quicker, or the poll closed with my ballot in it.
    if (refusal.code === "ALREADY_VOTED" || refusal.facts.received === true) return received(chosen.value);
    if (refusal.code === "POLL_CLOSED") return void (state.value = ended(open.value ?? null));
    state.value = "choosing";
    error.value = refusal;
    clearTimeout(again);
    if (PASSING.includes(refusal.code)) again = setTimeout(() => void send(), AGAIN_MS);
  }

  const ended = (now: PollView | null): BallotState => (now?.state === "VOID" ? "voided" : "missed");

  // A poll opens, or the line is back: is it mine, and is my ballot there?
  watch(
    () => [open.value?.id, status.value] as const,
    ([id, line]) => {
      if (id && line === "live" && open.value) void ask(open.value);
    },
    { immediate: true },
  );
  // The poll on the card ends: while my ballot is under way only its answer tells whether it was in time.
  watch(
    () => poll.value && room.value?.voting.polls[poll.value.id],
    (now) => {
      if (!now || now.state === "OPEN" || !poll.value) return;
      poll.value = now;
      if (now.state === "VOID") state.value = "voided";
      else if (state.value === "choosing") state.value = changing.value ? "received" : "missed";
    },
  );
  onScopeDispose(() => clearTimeout(again));

  return {
    poll,
    state,
    marked,
    chosen,
    changing,
    error,
    /** The line is away: what was sent goes again by itself when it is back. */
    offline: computed(() => status.value !== "live"),
    send,
    change: () => {
      marked.value = [...(chosen.value ?? [])];
      changing.value = true;
      state.value = "choosing";
    },
    keep: () => received(chosen.value),
    dismiss: () => (poll.value = null),
  };
}
