import type { FloorOwn, FloorState, PlaceView, RequestView, RuleView, SpeechView, TimeRow } from "@/api/generated/protocol";
import { type Case, slice, upsert } from "./slice";

export type { FloorState };

/** Who sees the whole queue has it in the state; others have what the server tells them alone (`floorOwn`). */
const withRequests = (state: FloorState, requests: readonly RequestView[]): FloorState["requests"] => ({
  ...state.requests,
  ...Object.fromEntries(requests.map((request) => [request.id, request])),
});

const put: Case<FloorState> = (state, { speech }) => ({ ...state, speeches: upsert(state.speeches, speech as SpeechView) });

export const floor = slice<FloorState>("floor", {
  "floor.opened": (state) => ({ ...state, is_open: true }),
  "floor.closed": (state) => ({ ...state, is_open: false }),
  "floor.rule_set": (state, { rule }) => ({ ...state, rule: rule as RuleView }),
  "floor.requested": (state, { request, queue }) => ({
    ...state,
    requests: withRequests(state, [request as RequestView]),
    queue: queue as PlaceView[],
  }),
  "floor.requests_changed": (state, { requests, queue }) => ({
    ...state,
    requests: withRequests(state, requests as RequestView[]),
    queue: queue as PlaceView[],
  }),
  "floor.length_changed": (state, { length }) => ({ ...state, length: length as number }),
  "floor.speech_started": put,
  "floor.speech_extended": put,
  "floor.speech_halted": put,
  "floor.speech_resumed": put,
  "floor.speech_finished": put,
  "floor.dialogue_opened": (state) => ({ ...state, dialogue: true }),
  "floor.dialogue_closed": (state) => ({ ...state, dialogue: false }),
  "floor.times_changed": (state, { times }) => ({
    ...state,
    times: (times as TimeRow[]).reduce(
      (all, row) => ({ ...all, [row.scope]: { ...all[row.scope], [row.key]: row } }),
      state.times,
    ),
  }),
});

/** My own requests and places, whole each time. */
export const floorOwn = (state: FloorState, own: FloorOwn): FloorState =>
  own.sees_all ? state : { ...state, requests: own.requests, queue: own.queue };

/** The speeches of whoever has the floor, by microphone: none, one, or several in a dialogue. */
export const onTheFloor = (state: FloorState): SpeechView[] =>
  state.speeches.filter((speech) => speech.slot !== null).sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0));

/** Who has the floor now: in a dialogue the first of them. */
export const openSpeech = (state: FloorState): SpeechView | undefined => onTheFloor(state)[0];
