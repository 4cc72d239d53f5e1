import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  {
    path: "/j/:token",
    name: "guest",
    component: () => import("./GuestPage.vue"),
    props: true,
    meta: { public: true, bare: true, title: "room.guest.page" },
  },
];
