/** The health board as rows: what the server says of each endpoint, with the name of who it is. Pure. */
import type { ParticipantView } from "@/api/generated/protocol";
import type { QualityLevel } from "@/media";
import { hearsTheVenue, roster, type Participants, type Venues } from "../model/people";

export type DeviceState = "off" | "on" | "silent" | "denied" | "missing" | "busy";

export interface Sends {
  right: boolean;
  live: boolean;
  layers: string[];
}

/** One endpoint of a `health` frame. */
export interface EndpointHealth {
  participant: string;
  connected: boolean;
  up: { mic: Sends; camera: Sends; screen: Sends };
  down: { streams: number; big: string | null };
  rtt_ms: number | null;
  loss_up: number | null;
  loss_down: number | null;
  kbps_up: number | null;
  kbps_down: number | null;
  level: QualityLevel | null;
  reason: string;
  audio_only: boolean;
  devices: { microphone: DeviceState; camera: DeviceState } | null;
  browser: string | null;
  visible: boolean | null;
  /** Of the microphone, 0 to 1. */
  loudness: number | null;
}

export interface HealthRow {
  id: string;
  name: string;
  /** Sector, unit or venue: what tells two people of one name apart. */
  of: string;
  /** Its place on the roster. */
  position: number;
  rank: Rank;
  health: EndpointHealth;
}

/** How much it needs somebody: nothing, a look, help, help at once. */
export type Rank = 0 | 1 | 2 | 3;
export const NEEDS_SOMEBODY: Rank = 2;
export type Order = "worst" | "name" | "rtt" | "loss";
export const ORDERS: readonly Order[] = ["worst", "name", "rtt", "loss"];

const WATCHERS = ["HOST", "CO_HOST", "SECRETARY", "TECH"];
/** Whom the server shows the board; it asks again with every frame. */
export const watchesHealth = (role: string): boolean => WATCHERS.includes(role);

const NOTHING: Sends = { right: false, live: false, layers: [] };

function missing(participant: string): EndpointHealth {
  return {
    participant, connected: false, up: { mic: NOTHING, camera: NOTHING, screen: NOTHING }, down: { streams: 0, big: null },
    rtt_ms: null, loss_up: null, loss_down: null, kbps_up: null, kbps_down: null, level: null, reason: "none", audio_only: false,
    devices: null, browser: null, visible: null, loudness: null,
  };
}

export function rankOf(health: EndpointHealth): Rank {
  if (!health.connected || health.level === "poor") return 3;
  const broken = ["silent", "denied", "missing", "busy"];
  if (health.devices && [health.devices.microphone, health.devices.camera].some((state) => broken.includes(state))) return 2;
  return health.level === "fair" ? 1 : 0;
}

/** A row for every endpoint, and for whoever is inside and should have one. */
export function healthRows(endpoints: readonly EndpointHealth[], people: Participants, venues: Venues): HealthRow[] {
  const known = new Map(endpoints.map((health) => [health.participant, health]));
  return roster(people).flatMap((person, position) => {
    const health = known.get(person.id) ?? (person.presence === "PRESENT" && !hearsTheVenue(person) ? missing(person.id) : null);
    return health === null ? [] : [{ id: person.id, ...named(person, venues), position, rank: rankOf(health), health }];
  });
}

function named(person: ParticipantView, venues: Venues): { name: string; of: string } {
  const venue = person.venue ? venues[person.venue]?.name : undefined;
  if (person.role === "VENUE_CLERK" && venue) return { name: venue, of: person.name };
  return { name: person.name, of: person.sector ?? person.unit };
}

const SORT: Record<Order, (row: HealthRow) => number> = {
  worst: ({ rank }) => -rank,
  name: () => 0,
  rtt: ({ health }) => -(health.rtt_ms ?? -1),
  loss: ({ health }) => -Math.max(health.loss_down ?? -1, health.loss_up ?? -1),
};

export interface Wanted {
  query: string;
  onlyTrouble: boolean;
  order: Order;
}

export function select(rows: readonly HealthRow[], { query, onlyTrouble, order }: Wanted): HealthRow[] {
  const words = query.trim().toLowerCase();
  return rows
    .filter((row) => !onlyTrouble || row.rank >= NEEDS_SOMEBODY)
    .filter((row) => !words || `${row.name} ${row.of} ${row.health.browser ?? ""}`.toLowerCase().includes(words))
    .sort((a, b) => SORT[order](a) - SORT[order](b) || a.position - b.position);
}

/** Rows that say the same stay the same objects: the page draws only what has changed. */
export function keep(before: readonly HealthRow[], after: readonly HealthRow[]): HealthRow[] {
  const known = new Map(before.map((row) => [row.id, row]));
  return after.map((row) => {
    const old = known.get(row.id);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
}

export function summary(rows: readonly HealthRow[]): { all: number; connected: number; trouble: number } {
  return {
    all: rows.length,
    connected: rows.filter(({ health }) => health.connected).length,
    trouble: rows.filter(({ rank }) => rank >= NEEDS_SOMEBODY).length,
  };
}

/** What a track does, as the last part of its words' key. */
export function trackWord({ right, live }: Sends): "live" | "silent" | "held" | "off" {
  if (live) return right ? "live" : "held";
  return right ? "silent" : "off";
}

/** Read the frame; the server is of our own version, so only its outside is checked. */
export function readEndpoints(frame: Record<string, unknown>): EndpointHealth[] {
  return Array.isArray(frame.endpoints) ? (frame.endpoints as EndpointHealth[]) : [];
}
