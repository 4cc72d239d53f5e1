/**
 * The frames on `/ws/live`, protocol 1, as TypeScript. Commands, events and snapshots are generated
 * (`api/generated/protocol.ts`); this is the envelope around them.
 */
import type { Facts } from "@/api/errors";
import type { OwnParts } from "@/api/generated/protocol";

export const PROTOCOL = 1;

export type Seat = "person" | "companion" | "venue" | "program";
/** Each is part of the one before it: everybody; who sees the whole queue; the staff. */
export type Audience = "everyone" | "queue" | "staff";

export interface Command {
  type: string;
  [field: string]: unknown;
}

/** One fact of the journal. `data` carries whole changed objects. */
export interface LiveEvent<Data = Record<string, unknown>> {
  seq: number;
  at: string;
  type: string;
  v: number;
  actor: string | null;
  data: Data;
}

/** What stands in for an event of another audience, so that nobody's `seq` has a gap. */
export interface HiddenEvent {
  seq: number;
  type: "hidden";
}

export type Told = LiveEvent | HiddenEvent;

export interface Me {
  participant: string;
  name: string;
  role: string;
  audience: Audience;
  seat: Seat;
  can: string[];
}

export type Snapshot = Record<string, unknown>;

export interface Welcome {
  t: "welcome";
  protocol: number;
  at: string;
  seq: number;
  me: Me;
  snapshot: Snapshot | null;
  events: Told[];
}

export interface VolatileFrame {
  t: "volatile";
  kind: string;
  data: Record<string, unknown>;
}

/** What this participant alone is told, whole each time: after every welcome, and when it has changed. */
export interface OwnFrame {
  t: "own";
  data: OwnParts;
}

export type MediaFrame = { t: "media"; op: string } & Record<string, unknown>;

/** Where the journal stands. The mark goes back as `seen`: it shows that all before it was read. */
export interface Beat {
  t: "beat";
  seq: number;
  at: string;
  mark: string;
}

export type ServerFrame =
  | Welcome
  | { t: "done"; id: string; seq: number; result: unknown }
  | { t: "refused"; id: string | null; code: string; facts: Facts }
  | { t: "events"; events: Told[] }
  | Beat
  | VolatileFrame
  | OwnFrame
  | MediaFrame;

export type ClientFrame =
  | { t: "hello"; protocol: number; meeting: string; since: number | null; seat: Seat }
  | { t: "do"; id: string; command: Command }
  | { t: "seen"; mark: string }
  | ({ t: "media"; op: string } & Record<string, unknown>);

/** Close codes after which coming back is useless, and the error that people read then. */
export const FINAL_CLOSE: Readonly<Record<number, string>> = {
  4001: "NOT_SIGNED_IN",
  4003: "NOT_IN_MEETING",
  4004: "NOT_FOUND",
  4010: "BAD_PROTOCOL",
};
export const CLOSE_MALFORMED = 4009;
