import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  {
    path: "/minutes/:id",
    name: "minutes",
    component: () => import("./MinutesPage.vue"),
    props: true,
    meta: { title: "minutes.title" },
  },
  {
    path: "/meetings/:meeting/minutes",
    name: "meeting-minutes",
    component: () => import("./MeetingMinutesPage.vue"),
    props: true,
    meta: { title: "minutes.title" },
  },
];
