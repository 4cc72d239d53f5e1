import type { RouteRecordRaw } from "vue-router";
import CompanionPage from "./CompanionPage.vue";
import ScanPage from "./ScanPage.vue";

export const routes: RouteRecordRaw[] = [
  { path: "/c/:token", component: CompanionPage, props: true },
  { path: "/:anything(.*)*", component: ScanPage },
];
