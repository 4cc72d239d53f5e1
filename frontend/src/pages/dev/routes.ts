import type { RouteRecordRaw } from "vue-router";

/** The kit on one page, to look at. Not in a production build. */
export const routes: RouteRecordRaw[] =
  import.meta.env.DEV || import.meta.env.MODE === "catalogue"
    ? [{ path: "/dev/ui", component: () => import("./CataloguePage.vue"), meta: { public: true } }]
    : [];
