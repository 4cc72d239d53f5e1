import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  {
    path: "/consultations",
    name: "consultations",
    component: () => import("./ConsultationsPage.vue"),
    meta: { title: "consultation.title" },
  },
  {
    path: "/consultations/:id",
    name: "consultation",
    component: () => import("./ConsultationPage.vue"),
    props: true,
    meta: { title: "consultation.title" },
  },
  {
    path: "/meetings/:id/prepare",
    name: "prepare",
    component: () => import("./prepare/PreparePage.vue"),
    props: true,
    meta: { title: "consultation.prepare.title" },
  },
];
