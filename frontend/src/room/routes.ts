import type { RouteRecordRaw } from "vue-router";

/** Public, because a guest holds a seat without an account: the server decides at the door. */
export const routes: RouteRecordRaw[] = [
  {
    path: "/room/:id",
    alias: "/meetings/:id",
    name: "room",
    component: () => import("./RoomPage.vue"),
    props: true,
    meta: { public: true, bare: true, title: "room.title" },
  },
  {
    path: "/meetings/:id/program",
    name: "program",
    component: () => import("./program/ProgramPage.vue"),
    props: true,
    meta: { public: true, bare: true, title: "room.program.title" },
  },
];
