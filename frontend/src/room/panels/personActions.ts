/** What the staff, or a venue's clerk, may do for or about somebody on the roster. */
import { computed } from "vue";
import { useI18n } from "vue-i18n";
import type { ParticipantView } from "@/api/generated/protocol";
import type { IconName } from "@/components/ui";
import type { Command } from "@/live/words";
import { useMeeting } from "../use/meeting";

export interface PersonAction {
  key: string;
  label: string;
  icon: IconName;
  command: Command;
  /** Asked before it is done, under this name. */
  ask?: "mute" | "remove";
}

export function usePersonActions(person: () => ParticipantView) {
  const { t } = useI18n();
  const { can, self, me, isLive, speeches, room } = useMeeting();

  return computed<PersonAction[]>(() => {
    const one = person();
    const present = one.presence === "PRESENT";
    const within = me.value.role !== "VENUE_CLERK" || (one.venue !== null && one.venue === self.value?.venue);
    const spotlit = room.value.stage.spotlight === one.id;
    const participant = one.id;
    const all: (PersonAction | false)[] = [
      can("people.admit") && one.presence === "WAITING" && { key: "admit", label: t("room.people.admit"), icon: "check", command: { type: "people.admit", participants: [participant] } },
      can("floor.call") && isLive.value && present && !speeches.value.some((speech) => speech.participant === one.id) && { key: "call", label: t("room.people.call"), icon: "hand", command: { type: "floor.call", participant } },
      can("stage.spotlight") && present && { key: "spotlight", label: t(spotlit ? "room.people.unspotlight" : "room.people.spotlight"), icon: "expand", command: { type: "stage.spotlight", participant: spotlit ? null : participant } },
      can("people.mute") && within && present && one.muted && { key: "unmute", label: t("room.people.unmute"), icon: "mic", command: { type: "people.unmute", participant } },
      can("people.mute") && within && present && !one.muted && { key: "mute", label: t("room.people.mute"), icon: "mic-off", command: { type: "people.mute", participant }, ask: "mute" },
      can("people.grant_leave") && one.presence === "INVITED" && { key: "leave", label: t("room.people.grant_leave"), icon: "clock", command: { type: "people.grant_leave", participant } },
      can("people.remove") && one.role !== "HOST" && one.id !== me.value.participant && one.presence !== "REMOVED" && { key: "remove", label: t("room.people.remove"), icon: "sign-out", command: { type: "people.remove", participant }, ask: "remove" },
    ];
    return all.filter((action): action is PersonAction => action !== false);
  });
}
