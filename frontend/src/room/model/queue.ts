/** The speaker queue as a list to show, in the server's order: all of it, or what is one's own business. Pure. */
import type { FloorState, ParticipantView, Reason, RequestView, SpeechView } from "@/api/generated/protocol";
import type { Participants } from "./people";

export interface QueueRow {
  request: RequestView;
  person: ParticipantView | undefined;
  place: number;
  reason: Reason;
  mine: boolean;
}

export function queueRows(floor: FloorState, people: Participants, me: string): QueueRow[] {
  return floor.queue.flatMap(({ request: id, place, reason }) => {
    const request = floor.requests[id];
    if (!request) return [];
    const row = { request, person: people[request.participant], place, reason };
    return [{ ...row, mine: request.participant === me }];
  });
}

/** My places, first one first. */
export const myRows = (rows: readonly QueueRow[]): QueueRow[] => rows.filter((row) => row.mine);

/** Was I told to be ready: I stand by, or I was called up. */
export const standsBy = (row: QueueRow | undefined): boolean => row?.request.state === "ON_DECK" || row?.request.state === "CALLED";

/** Of those that concern somebody: who is called up, else who stands by. */
export function pressing(rows: readonly QueueRow[], concerns: (row: QueueRow) => boolean): QueueRow | undefined {
  const own = rows.filter((row) => concerns(row) && standsBy(row));
  return own.find(({ request }) => request.state === "CALLED") ?? own[0];
}

/** Speeches that are over, the last one first. */
export const spoken = (floor: FloorState): FloorState["speeches"] =>
  floor.speeches.filter((speech) => speech.ended_at !== null).reverse();

const list = (floor: FloorState): RequestView[] => Object.values(floor.requests);

/** 过号: who was passed over and may queue once more, or become a written speech. */
export const passedOver = (floor: FloorState): RequestView[] => list(floor).filter(({ state }) => state === "SKIPPED");

/** Speeches set aside for somebody else: they go on with what was left. */
export const setAside = (floor: FloorState): SpeechView[] =>
  floor.speeches.filter((speech) => speech.ended_at === null && speech.slot === null);

/** Questions that were put and wait for their answer. */
export const openQuestions = (floor: FloorState): RequestView[] => list(floor).filter(({ answer }) => answer === "OPEN");

export type PlaceNews = { kind: "place"; place: number } | { kind: "gone" } | null;

/** What to tell somebody whose place in the queue has changed. */
export function placeNews(before: number | undefined, after: number | undefined): PlaceNews {
  if (before === after) return null;
  return after === undefined ? { kind: "gone" } : { kind: "place", place: after };
}
