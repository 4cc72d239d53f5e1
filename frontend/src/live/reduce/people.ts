import type { ParticipantView, PeopleState, VenueView } from "@/api/generated/protocol";
import { type Case, slice } from "./slice";

export type { PeopleState };

const changed: Case<PeopleState> = (state, { participants }) => ({
  ...state,
  participants: {
    ...state.participants,
    ...Object.fromEntries((participants as ParticipantView[]).map((person) => [person.id, person])),
  },
});

export const people = slice<PeopleState>("people", {
  "people.invited": changed,
  "people.leave_granted": changed,
  "people.checked_in": changed,
  "people.admitted": changed,
  "people.seated": changed,
  "people.left": changed,
  "people.removed": changed,
  "people.muted": changed,
  "people.unmuted": changed,
  "people.venue_added": (state, { venue }) => ({
    ...state,
    venues: { ...state.venues, [(venue as VenueView).id]: venue as VenueView },
  }),
  "people.uninvited": (state, { participant }) => {
    const participants = { ...state.participants };
    delete participants[participant as string];
    return { ...state, participants };
  },
});
