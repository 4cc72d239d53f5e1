/** Reading the roster: who counts, who is where, who is found. Pure. */
import type { ParticipantView, PeopleState, VenueView } from "@/api/generated/protocol";

export type Participants = PeopleState["participants"];
export type Venues = PeopleState["venues"];

/** In the order of the roster (protocol order), which the server has fixed. */
export const roster = (people: Participants): ParticipantView[] =>
  Object.values(people).sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));

/** The main venue first, whatever order they were added in. */
export const venueList = (venues: Venues): VenueView[] =>
  Object.values(venues).sort(
    (a, b) => Number(b.type === "main") - Number(a.type === "main") || a.position - b.position || (a.id < b.id ? -1 : 1),
  );

export interface Headcount {
  expected: number;
  present: number;
  leave: number;
  /** Expected, not on leave, not here. */
  missing: number;
}

/** 应到、实到、请假: only those who attend as members (出席) count. */
export function headcount(people: readonly ParticipantView[]): Headcount {
  const members = people.filter((person) => person.kind === "MEMBER");
  const present = members.filter((person) => person.presence === "PRESENT").length;
  const leave = members.filter((person) => person.presence === "ON_LEAVE").length;
  return { expected: members.length, present, leave, missing: members.length - present - leave };
}

export interface Group extends Headcount {
  key: string;
}

/** Counts by something: sector, venue. Groups without members are left out; those without a key come last. */
export function grouped(people: readonly ParticipantView[], keyOf: (person: ParticipantView) => string | null): Group[] {
  const groups = new Map<string, ParticipantView[]>();
  for (const person of people) {
    const key = keyOf(person) ?? "";
    groups.set(key, [...(groups.get(key) ?? []), person]);
  }
  return [...groups]
    .map(([key, members]) => ({ key, ...headcount(members) }))
    .filter((group) => group.expected > 0)
    .sort((a, b) => Number(a.key === "") - Number(b.key === ""));
}

/** Does the query fit the name, the unit, the office, the sector or the venue? */
export function matches(person: ParticipantView, query: string, venues: Venues): boolean {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return true;
  const venue = person.venue ? venues[person.venue]?.name : "";
  return [person.name, person.unit, person.title, person.sector, venue].some((words) =>
    (words ?? "").toLowerCase().includes(wanted),
  );
}

/** 单位 and 职务 as one line; a title that names the unit already is not told twice. */
export function office(person: Pick<ParticipantView, "unit" | "title">): string {
  const { unit, title } = person;
  return !unit || title.startsWith(unit) ? title : title ? `${unit} ${title}` : unit;
}

/** Who sits in a venue, its clerk aside. */
export const seatedIn = (people: readonly ParticipantView[], venue: string): ParticipantView[] =>
  people.filter((person) => person.venue === venue && person.role !== "VENUE_CLERK");

/** The device that shows a person: their venue's, or their own. */
export function endpointOf(person: ParticipantView, people: readonly ParticipantView[]): string {
  if (!person.venue) return person.id;
  const clerk = people.find(
    ({ role, venue, presence }) => role === "VENUE_CLERK" && venue === person.venue && presence === "PRESENT",
  );
  return clerk?.id ?? person.id;
}

const FREE_TO_SPEAK = ["HOST", "CO_HOST", "LEADER"];

/** A phone with sound in a room with loudspeakers howls: who sits in a venue hears the venue's. */
export const hearsTheVenue = (person: ParticipantView): boolean =>
  person.venue !== null && person.role !== "VENUE_CLERK" && !FREE_TO_SPEAK.includes(person.role);
