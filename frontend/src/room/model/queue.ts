/** The speaker queue as a list to show: the same on every screen, in the server's order. Pure. */
import type { FloorState, ParticipantView, Reason, RequestView } from "@/api/generated/protocol";
import type { Participants } from "./people";

export interface QueueRow {
  request: RequestView;
  person: ParticipantView | undefined;
  place: number;
  reason: Reason;
  mine: boolean;
}

export function queueRows(floor: FloorState, people: Participants, me: string): QueueRow[] {
  return floor.queue.flatMap(({ request: id, reason }, index) => {
    const request = floor.requests[id];
    if (!request) return [];
    const row = { request, person: people[request.participant], place: index + 1, reason };
    return [{ ...row, mine: request.participant === me }];
  });
}

/** My places, first one first. */
export const myRows = (rows: readonly QueueRow[]): QueueRow[] => rows.filter((row) => row.mine);

/** Speeches that are over, the last one first. */
export const spoken = (floor: FloorState): FloorState["speeches"] =>
  floor.speeches.filter((speech) => speech.ended_at !== null).reverse();

export type PlaceNews = { kind: "place"; place: number } | { kind: "gone" } | null;

/** What to tell somebody whose place in the queue has changed. */
export function placeNews(before: number | undefined, after: number | undefined): PlaceNews {
  if (before === after) return null;
  return after === undefined ? { kind: "gone" } : { kind: "place", place: after };
}
