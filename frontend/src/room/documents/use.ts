/** The materials as components read them, and the few things one may do with them. */
import { computed } from "vue";
import { useAct } from "../use/act";
import { useMeeting } from "../use/meeting";
import { isDesk, listed, mayShow, shownDocument } from "./model";

export function useDocuments() {
  const { room, me, myTurn, meeting, people, can, onEvent } = useMeeting();
  const { act, busy } = useAct();
  const presenting = computed(() => room.value.documents.presenting);
  const desk = computed(() => isDesk(me.value.role));
  return {
    me,
    people,
    can,
    onEvent,
    meetingId: computed(() => meeting.value.id),
    documents: computed(() => listed(room.value.documents.documents, { id: me.value.participant, desk: desk.value })),
    presenting,
    shown: computed(() => shownDocument(room.value.documents)),
    desk,
    mayShow: computed(() =>
      mayShow({ role: me.value.role, hasFloor: myTurn.value, can: can("documents.present") }, meeting.value.state),
    ),
    mayStop: computed(() => desk.value || presenting.value?.presenter === me.value.participant),
    busy,
    present: (document: string, page = 1) => act({ type: "documents.present", document, page }, `present ${document}`),
    turn: (document: string, page: number) => act({ type: "documents.turn", document, page }, `turn ${page}`),
    stop: () => act({ type: "documents.stop" }),
    recall: (document: string) => act({ type: "documents.recall", document }, `recall ${document}`),
  };
}
