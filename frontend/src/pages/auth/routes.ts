import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [
  {
    path: "/sign-in",
    name: "sign-in",
    component: () => import("./SignInPage.vue"),
    meta: { public: true, bare: true, title: "auth.title" },
  },
  {
    path: "/change-password",
    name: "change-password",
    component: () => import("./ChangePasswordPage.vue"),
    meta: { title: "auth.change.title" },
  },
];
