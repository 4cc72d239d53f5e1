import type { FloorState, PlaceView, RequestView, SpeechView } from "@/api/generated/protocol";
import { slice, upsert } from "./slice";

export type { FloorState };

const withRequests = (state: FloorState, requests: readonly (RequestView | null)[]): FloorState["requests"] => ({
  ...state.requests,
  ...Object.fromEntries(requests.flatMap((request) => (request ? [[request.id, request]] : []))),
});

export const floor = slice<FloorState>("floor", {
  "floor.opened": (state) => ({ ...state, is_open: true }),
  "floor.closed": (state) => ({ ...state, is_open: false }),
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
  "floor.speech_started": (state, { speech, request, queue }) => ({
    ...state,
    requests: withRequests(state, [request as RequestView | null]),
    queue: queue as PlaceView[],
    speeches: upsert(state.speeches, speech as SpeechView),
  }),
  "floor.speech_extended": (state, { speech }) => ({
    ...state,
    speeches: upsert(state.speeches, speech as SpeechView),
  }),
  "floor.speech_finished": (state, { speech, request }) => ({
    ...state,
    requests: withRequests(state, [request as RequestView | null]),
    speeches: upsert(state.speeches, speech as SpeechView),
  }),
});

/** Who has the floor now. */
export const openSpeech = (state: FloorState): SpeechView | undefined =>
  state.speeches.find((speech) => speech.ended_at === null);
