import { resolve } from "node:path";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

/** Chromium 80: what 信创 terminals with 360 or 奇安信 browsers run. Script and CSS are lowered to it. */
const OLDEST = "chrome80";
const OLDEST_FOR_CSS = { chrome: 80 << 16 };

const plugins = [vue()];
const alias = { "@": resolve(import.meta.dirname, "src") };

export default defineConfig({
  base: "/static/",
  plugins,
  resolve: { alias },
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  css: { transformer: "lightningcss", lightningcss: { targets: OLDEST_FOR_CSS } },
  build: {
    target: OLDEST,
    cssTarget: OLDEST,
    cssMinify: "lightningcss",
    manifest: true,
    // Inlined data: URLs would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        app: resolve(import.meta.dirname, "index.html"),
        companion: resolve(import.meta.dirname, "companion.html"),
      },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: "unit", environment: "happy-dom", include: ["src/**/*.test.ts", "tests/*.test.ts"] },
      },
      {
        extends: true,
        test: { name: "built", environment: "node", include: ["tests/built/*.test.ts"] },
      },
    ],
  },
});
