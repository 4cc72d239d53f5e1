import type { RouteRecordRaw } from "vue-router";
import ScanPage from "./ScanPage.vue";

export const routes: RouteRecordRaw[] = [{ path: "/:anything(.*)*", component: ScanPage }];
