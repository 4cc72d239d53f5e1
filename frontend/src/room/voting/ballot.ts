/**
 * My ballot in the poll that is open. The form is mine alone: live updates never touch what I have marked.
 *
 * Whether the server has it is asked from the server (`mine`), never guessed: `sent` becomes `received` only by its word.
 * Sending again after a cut is the connection's work; a refusal that will pass (busy) is tried again here.
 */
import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { type ApiError, asApiError } from "@/api/errors";
import type { PollView } from "@/api/generated/protocol";
import { get } from "@/api/http";
import { openPoll } from "@/live/reduce/voting";
import { useRoom } from "@/live/store";

/**
 * choosing → sent → received. When the poll has ended: missed (nothing of mine is in it), unchanged (my change came too
 * late, what I had sent before counts), voided (it was called off).
 */
export type BallotState = "choosing" | "sent" | "received" | "missed" | "unchanged" | "voided";

interface Mine {
  poll: string;
  received: boolean;
  choices: number[] | null;
}

const PASSING = ["BUSY", "INTERNAL", "TOO_MANY"];
const FIRST_MS = 1000;
const LONGEST_MS = 15_000;

export function useBallot() {
  const { room, status, run, can } = useRoom();
  const open = computed(() => (room.value ? openPoll(room.value.voting) : undefined));

  /** The poll on my card: it stays there after closing as long as there is something to tell me. */
  const poll = shallowRef<PollView | null>(null);
  const state = shallowRef<BallotState>("choosing");
  const marked = ref<number[]>([]);
  /** What the server says I chose; never told for secret ballots. */
  const chosen = shallowRef<number[] | null>(null);
  const changing = shallowRef(false);
  const error = shallowRef<ApiError | null>(null);
  const asking = retry();
  const posting = retry();

  async function ask(asked: PollView) {
    const meeting = room.value?.meeting.id;
    if (!meeting || open.value?.id !== asked.id) return;
    try {
      const mine = (await get<Mine[]>(`/voting/${meeting}/mine`)).find((one) => one.poll === asked.id);
      asking.stop();
      if (!mine || open.value.id !== asked.id) return;
      if (poll.value?.id !== asked.id) begin(asked);
      if (mine.received && state.value === "choosing" && !changing.value) received(mine.choices);
    } catch {
      asking.later(() => void ask(asked));
    }
  }

  /** The poll ended over an open form: a ballot may have come from another page of mine, so the server is asked. */
  async function settle(ended: PollView) {
    const meeting = room.value?.meeting.id;
    if (changing.value || !meeting) {
      state.value = "unchanged";
      return;
    }
    try {
      const mine = (await get<Mine[]>(`/voting/${meeting}/mine`)).find((one) => one.poll === ended.id);
      asking.stop();
      if (poll.value?.id !== ended.id || state.value !== "choosing") return;
      if (mine?.received) poll.value = null; // all is said: the result follows
      else state.value = "missed";
    } catch {
      asking.later(() => void settle(ended));
    }
  }

  function begin(asked: PollView) {
    posting.stop();
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

  function send() {
    if (!poll.value || state.value === "sent" || !marked.value.length) return;
    state.value = "sent";
    error.value = null;
    void post(poll.value, [...marked.value].sort((one, other) => one - other));
  }

  async function post(to: PollView, choices: number[]) {
    try {
      await run({ type: "voting.cast", poll: to.id, choices });
      if (poll.value?.id === to.id) received(to.mode === "NAMED" ? choices : null);
    } catch (thrown) {
      const refusal = asApiError(thrown);
      if (poll.value?.id !== to.id) return;
      if (PASSING.includes(refusal.code)) posting.later(() => void post(to, choices));
      else refused(refusal);
    }
  }

  function refused(refusal: ApiError) {
    posting.stop();
    if (refusal.code === "POLL_CLOSED") {
      if (refusal.facts.received !== true) state.value = isVoid() ? "voided" : "missed";
      else if (changing.value) state.value = "unchanged";
      else received(chosen.value);
    } else if (refusal.code === "ALREADY_VOTED") {
      received(null); // from another page of mine
    } else {
      state.value = "choosing";
      error.value = refusal;
    }
  }

  const onBoard = () => (poll.value ? room.value?.voting.polls[poll.value.id] : undefined);
  const isVoid = () => onBoard()?.state === "VOID";

  // A poll opens, or the line is back: is it mine, and is my ballot there?
  watch(
    () => [open.value?.id, status.value] as const,
    ([id, line]) => {
      if (id && line === "live" && open.value && can("voting.cast")) void ask(open.value);
    },
    { immediate: true },
  );
  // The poll on the card ends. A ballot that is under way learns from its own answer whether it was in time.
  watch(onBoard, (now) => {
    if (!now || !poll.value || now.state === "OPEN") return;
    poll.value = now;
    if (now.state === "VOID") state.value = "voided";
    else if (state.value === "choosing") void settle(now);
    else if (state.value === "received") poll.value = null; // all is said: the result follows
  });
  onScopeDispose(() => {
    asking.stop();
    posting.stop();
  });

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

/** Something to try again after a growing while. */
function retry() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = FIRST_MS;
  return {
    later: (attempt: () => void) => {
      clearTimeout(timer);
      timer = setTimeout(attempt, delay * (0.5 + Math.random() / 2));
      delay = Math.min(LONGEST_MS, delay * 2);
    },
    stop: () => {
      clearTimeout(timer);
      delay = FIRST_MS;
    },
  };
}
