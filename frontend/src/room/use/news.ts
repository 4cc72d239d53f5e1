/** What is said aloud while somebody is in the room: my place politely, my turn and its end at once. No media here. */
import { onScopeDispose, watch } from "vue";
import { useI18n } from "vue-i18n";
import { announce } from "@/composables/announce";
import { toast } from "@/composables/toast";
import { placeNews } from "../model/queue";
import { useCountdown, useMeeting } from "./meeting";

export function useNews({ onTurn }: { onTurn?: () => void } = {}) {
  const { t } = useI18n();
  const { mine, own, pressing, myTurn, venueTurn, speaker, item, meeting, onEvent, me, people } = useMeeting();
  const time = useCountdown();

  watch(
    () => mine.value[0]?.place,
    (after, before) => {
      const news = placeNews(before, after);
      if (news?.kind === "place") announce(t("room.news.place", { place: news.place }));
    },
  );
  watch(
    () => own.value.map(({ id, state }) => `${id} ${state}`),
    (after, before) => {
      for (const news of after.filter((one) => !before.includes(one))) {
        const state = news.split(" ")[1];
        if (state === "SKIPPED") toast(t("room.news.skipped"), "warning");
        if (state === "CONVERTED_TO_WRITTEN") toast(t("room.news.written"), "info");
        if (state === "INTERRUPTED") announce(t("room.news.interrupted"), "assertive");
      }
    },
  );
  watch(
    () => pressing.value && [pressing.value.request.id, pressing.value.request.state, pressing.value.request.calls].join(" "),
    () => {
      if (!pressing.value) return;
      const { request, person, mine: isMine } = pressing.value;
      const called = request.state === "CALLED";
      const words = called ? "called" : "on_deck";
      announce(isMine ? t(`room.standby.${words}`) : t(`room.standby.venue_${words}`, { name: person?.name ?? "" }), "assertive");
      if (called) onTurn?.();
    },
  );
  watch(myTurn, (now) => {
    announce(t(now ? "room.news.your_turn" : "room.news.turn_over"), "assertive");
    if (now) onTurn?.();
  });
  watch(venueTurn, (now) => {
    if (now && !myTurn.value) announce(t("room.news.venue_turn", { name: speaker.value?.name ?? "" }), "assertive");
    if (now) onTurn?.();
  });
  watch(speaker, (now) => {
    if (now && !myTurn.value && !venueTurn.value) announce(t("room.news.speaks", { name: now.name }));
  });
  watch(item, (now) => now && announce(t("room.news.item", { title: now.title })));
  watch(
    () => meeting.value.state,
    (now) => announce(t("room.news.state", { state: t(`common.state.${now}`) })),
  );
  watch(
    () => (myTurn.value ? time.value?.pace : undefined),
    (now) => {
      if (now === "closing") announce(t("room.news.one_minute"), "assertive");
      if (now === "over") announce(t("room.news.time_over"), "assertive");
    },
  );

  const stop = onEvent((event) => {
    if (event.type === "people.muted" || event.type === "people.unmuted") {
      const rows = event.data.participants as { id: string }[];
      const muted = event.type === "people.muted";
      if (rows.some(({ id }) => id === me.value.participant)) toast(t(muted ? "room.news.muted" : "room.news.unmuted"), "info");
    }
    if (event.type === "people.checked_in" && me.value.audience === "staff") {
      const row = (event.data.participants as { id: string; presence: string }[])[0];
      if (row?.presence === "WAITING") announce(t("room.news.waits", { name: people.value[row.id]?.name ?? "" }));
    }
  });
  onScopeDispose(stop);
}
