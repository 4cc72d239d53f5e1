/** What only the desk needs of the floor: loaded when the desk shows it, so that phones in a venue do without. */
import { defineAsyncComponent } from "vue";

export const MoveDialog = defineAsyncComponent(() => import("./MoveDialog.vue"));
export const QueueTools = defineAsyncComponent(() => import("./QueueTools.vue"));
export const RouteDialog = defineAsyncComponent(() => import("./RouteDialog.vue"));
