/** The meeting as components inside the room read it: derived values of the reduced state, no state of its own. */
import { computed } from "vue";
import { countdown } from "@/room/model/countdown";
import { onTheFloor } from "@/live/reduce/floor";
import { useRoom } from "@/live/store";
import { useTicking } from "@/live/ticking";
import { activeItem, nextItem } from "../model/agenda";
import { headcount, roster, venueList } from "../model/people";
import { myRows, pressing, queueRows } from "../model/queue";

export function useMeeting() {
  const handle = useRoom();
  const state = computed(() => {
    if (!handle.room.value || !handle.me.value) throw new Error("useMeeting() is for components inside the room");
    return { room: handle.room.value, me: handle.me.value };
  });
  const room = computed(() => state.value.room);
  const me = computed(() => state.value.me);
  const people = computed(() => room.value.people.participants);
  const list = computed(() => roster(people.value));
  const self = computed(() => people.value[me.value.participant]);
  const speeches = computed(() => onTheFloor(room.value.floor));
  const speech = computed(() => speeches.value.find(({ participant }) => participant === me.value.participant) ?? speeches.value[0]);
  const queue = computed(() => queueRows(room.value.floor, people.value, me.value.participant));
  const isClerk = computed(() => me.value.role === "VENUE_CLERK");
  return {
    ...handle,
    room,
    me,
    self,
    meeting: computed(() => room.value.meeting),
    people,
    list,
    counts: computed(() => headcount(list.value)),
    waiting: computed(() => list.value.filter(({ presence }) => presence === "WAITING")),
    venues: computed(() => room.value.people.venues),
    venueRows: computed(() => venueList(room.value.people.venues)),
    items: computed(() => room.value.agenda.items),
    item: computed(() => activeItem(room.value.agenda.items)),
    upcoming: computed(() => nextItem(room.value.agenda.items)),
    floor: computed(() => room.value.floor),
    /** Of whoever has the floor: several in a dialogue. `speech` is mine, if I am one of them. */
    speeches,
    speech,
    speaker: computed(() => (speech.value ? people.value[speech.value.participant] : undefined)),
    /** I have the floor, or somebody in the venue whose device this is. */
    myTurn: computed(() => speech.value?.participant === me.value.participant),
    venueTurn: computed(
      () => isClerk.value && !!self.value?.venue && speeches.value.some(({ venue }) => venue === self.value?.venue),
    ),
    queue,
    isClerk,
    /** Whoever of mine (for a clerk: of the venue) is called up or stands by. */
    pressing: computed(() => pressing(queue.value, ({ mine, person }) => mine || (isClerk.value && !!person?.venue && person.venue === self.value?.venue))),
    departments: computed(() => list.value.filter(({ role }) => role === "DEPARTMENT")),
    /** How many wait: for everybody to know. */
    length: computed(() => room.value.floor.length),
    /** All that I asked for, whatever became of it. */
    own: computed(() => Object.values(room.value.floor.requests).filter(({ participant }) => participant === me.value.participant)),
    mine: computed(() => myRows(queue.value)),
    isLive: computed(() => room.value.meeting.state === "LIVE"),
    venueName: (id: string | null | undefined) => (id ? (room.value.people.venues[id]?.name ?? "") : ""),
  };
}

/** The countdown of whoever speaks, four times a second. */
export function useCountdown() {
  const { speech, now } = useMeeting();
  const at = useTicking(now);
  return computed(() => (speech.value ? countdown(speech.value, at.value) : null));
}
