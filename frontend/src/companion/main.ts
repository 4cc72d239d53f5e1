/**
 * The companion: a phone that lies beside a venue's microphone. It checks in, queues, reads and answers polls; it never
 * hears or speaks. Nothing here may import `src/media` (lint and tests/built/bundles.test.ts say no).
 */
import "@/compat";
import "@/styles/tokens.css";
import "@/styles/base.css";
import "./companion.css";
import { createApp } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import { i18n } from "@/i18n";
import { restorePreferences } from "@/preferences";
import Companion from "./Companion.vue";
import { routes } from "./routes";

async function start(): Promise<void> {
  await restorePreferences();
  const router = createRouter({ history: createWebHistory("/"), routes });
  createApp(Companion).use(i18n).use(router).mount("#app");
  document.documentElement.setAttribute("data-started", "");
}

void start();
