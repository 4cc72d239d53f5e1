import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  {
    path: "/minutes",
    name: "archive",
    component: () => import("./ArchivePage.vue"),
    meta: { title: "minutes.title" },
  },
];
