import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  {
    path: "/followups",
    name: "tasks",
    component: () => import("./TasksPage.vue"),
    meta: { title: "followups.title" },
  },
  {
    path: "/followups/:id",
    name: "task",
    component: () => import("./TaskPage.vue"),
    props: true,
    meta: { title: "followups.title" },
  },
];
