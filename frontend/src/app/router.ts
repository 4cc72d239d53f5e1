/**
 * The pages of the app. Every area brings its own: `pages/<area>/routes.ts` and `room/routes.ts` export `routes`.
 *
 * `meta.public`: also for people who are not signed in. `meta.bare`: without the bar and the footer.
 * `meta.title`: key of the page's name.
 */
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { onSignedOut } from "@/api/http";
import { forget, load } from "@/api/session";
import { i18n } from "@/i18n";
import { fail, recovered } from "./failure";
import { places } from "./places";

declare module "vue-router" {
  interface RouteMeta {
    public?: boolean;
    bare?: boolean;
    title?: string;
  }
}

const areas = import.meta.glob<RouteRecordRaw[]>(["../pages/*/routes.ts", "../room/routes.ts"], {
  eager: true,
  import: "routes",
});

export const router = createRouter({
  history: createWebHistory("/"),
  routes: [
    ...Object.values(areas).flat(),
    {
      path: "/:anything(.*)*",
      name: "not-found",
      component: () => import("@/pages/errors/NotFoundPage.vue"),
      meta: { public: true, title: "common.not_found.title" },
    },
  ],
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
});

router.beforeEach(async (to) => {
  const account = await load();
  if (account?.must_change_password && to.name !== "change-password") return places.changePassword();
  if (!account && !to.meta.public) return places.signIn(to.fullPath);
  return true;
});

router.afterEach((to, _from, problem) => {
  if (problem) return;
  recovered();
  const { t } = i18n.global;
  document.title = to.meta.title ? `${t(to.meta.title)} · ${t("common.product")}` : t("common.product");
});

router.onError(fail);

/** The session ended while a page was open: sign in and come back here. */
onSignedOut(() => {
  const { meta, fullPath } = router.currentRoute.value;
  forget();
  if (!meta.public && router.currentRoute.value.matched.length) void router.replace(places.signIn(fullPath));
});
