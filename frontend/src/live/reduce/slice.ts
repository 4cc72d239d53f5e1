/**
 * What a reducer of a slice is made of. Values in, values out: no clock, no network, no Vue.
 *
 * A slice's state is what its `@snapshot` on the server sends; its cases take events to the next state and never change
 * the state they got. A slice may listen to another slice's events (`meeting.ended`).
 */
import type { LiveEvent } from "../words";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the contract corpus proves what each case may read
export type Data = any;
export type Case<State> = (state: State, data: Data, event: LiveEvent) => State;

export interface Slice<State> {
  name: string;
  cases: Readonly<Record<string, Case<State>>>;
}

/** `export const floor = slice<FloorState>("floor", { "floor.requested": (state, data) => ({ … }) })` */
export const slice = <State>(name: string, cases: Record<string, Case<State>>): Slice<State> => ({ name, cases });

interface Identified {
  id: string;
}

/** The list with `item` in the place of the one with its id, or at the end. */
export function upsert<Item extends Identified>(list: readonly Item[], item: Item): Item[] {
  const at = list.findIndex((one) => one.id === item.id);
  return at < 0 ? [...list, item] : [...list.slice(0, at), item, ...list.slice(at + 1)];
}

/** `upsert` for many, in their order. */
export const upsertAll = <Item extends Identified>(list: readonly Item[], items: readonly Item[]): Item[] =>
  items.reduce<Item[]>((all, item) => upsert(all, item), [...list]);

/** The list without the one with this id. */
export const without = <Item extends Identified>(list: readonly Item[], id: string): Item[] =>
  list.filter((one) => one.id !== id);
