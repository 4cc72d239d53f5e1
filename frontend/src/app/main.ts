import "@/compat";
import "@/styles/tokens.css";
import "@/styles/base.css";
import { createApp } from "vue";
import { i18n } from "@/i18n";
import { restorePreferences } from "@/preferences";
import App from "./App.vue";
import { fail } from "./failure";
import { router } from "./router";

async function start(): Promise<void> {
  await restorePreferences();
  const app = createApp(App).use(i18n).use(router);
  app.config.errorHandler = (error) => fail(error);
  app.mount("#app");
  document.documentElement.setAttribute("data-started", "");
}

void start();
