/** Who is in the small pictures of this page, and turning the pages. */
import { computed, type Ref, shallowRef, watch } from "vue";
import { useI18n } from "vue-i18n";
import { announce } from "@/composables/announce";
import type { VideoSlot } from "@/media";
import { pageByKey, within } from "../model/pages";
import { useMedia } from "./media";
import { useMeeting } from "./meeting";

export function useTiles(count: Readonly<Ref<number>>) {
  const { t } = useI18n();
  const media = useMedia();
  const { people, venueName, volatile } = useMeeting();
  const page = shallowRef(0);
  const pages = computed(() => media.slots.value.pages);
  watch(pages, (now) => (page.value = within(page.value, now)));

  const own = computed(() => (media.local.value.camera ? new MediaStream([media.local.value.camera]) : null));
  const heard = computed(() => new Set((volatile.speaking?.participants ?? []) as string[]));
  const tiles = computed(() =>
    media.slots.value.thumbs.slice(0, count.value).flatMap((id, index) => {
      const person = id ? people.value[id] : undefined;
      if (!person) return [];
      const venue = person.role === "VENUE_CLERK";
      const slot = `t${index}` as VideoSlot;
      return [{ id: person.id, slot, venue, name: venue ? venueName(person.venue) : person.name, stream: media.engine.stream(slot) }];
    }),
  );

  function turn(to: number) {
    if (to === page.value) return;
    page.value = to;
    announce(t("media.pages.now", { page: to + 1, pages: pages.value }));
  }
  function onKey(event: KeyboardEvent) {
    const to = pages.value > 1 ? pageByKey(event.key, page.value, pages.value) : null;
    if (to === null) return;
    event.preventDefault();
    turn(to);
  }
  return { tiles, own, heard, page, pages, turn, onKey };
}
