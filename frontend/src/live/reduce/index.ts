/**
 * The registry of slices: the room is what their reducers make of a snapshot and the events after it.
 */
import type { OwnParts } from "@/api/generated/protocol";
import type { LiveEvent, Snapshot } from "../words";
import { agenda } from "./agenda";
import { documents } from "./documents";
import { floor, floorOwn } from "./floor";
import { meeting } from "./meeting";
import { people } from "./people";
import { record } from "./record";
import type { Slice } from "./slice";
import { stage } from "./stage";
import { voting } from "./voting";

export const slices = { meeting, people, agenda, floor, documents, record, stage, voting };

type Slices = typeof slices;
export type SliceName = keyof Slices;
type StateOf<One> = One extends Slice<infer State> ? State : never;

/** Everything a participant may know of the meeting. Replaced slice by slice, never changed in place. */
export type Room = { readonly [Name in SliceName]: StateOf<Slices[Name]> };

/** Event type → the slices with a case for it. */
const listeners = new Map<string, SliceName[]>();
for (const [name, { cases }] of Object.entries(slices)) {
  for (const type of Object.keys(cases)) {
    listeners.set(type, [...(listeners.get(type) ?? []), name as SliceName]);
  }
}

/** The slices that an event changes, with their next state. Empty for events that nobody here shows. */
export function changes(room: Room, event: LiveEvent): Partial<Room> {
  const next: Record<string, unknown> = {};
  for (const name of listeners.get(event.type) ?? []) {
    const reduce = (slices[name] as Slice<unknown>).cases[event.type];
    if (reduce) next[name] = reduce(room[name], event.data, event);
  }
  return next as Partial<Room>;
}

export const reduce = (room: Room, event: LiveEvent): Room => ({ ...room, ...changes(room, event) });

/** The slices with what the server tells this participant alone. */
export const ownChanges = (room: Room, own: OwnParts): Partial<Room> => ({ floor: floorOwn(room.floor, own.floor) });

/** The server is asked for all slices; one that is switched off there is simply not in the snapshot. */
export const fromSnapshot = (snapshot: Snapshot): Room => snapshot as unknown as Room;
