/**
 * The product's words. Each area has a file per language (`zh-CN/voting.json`), whose name is the first part of its keys
 * (`voting.cast`). zh-CN is in the bundle, other languages are fetched when someone asks for them.
 */
import { createI18n } from "vue-i18n";
import { zhCN } from "./zh-CN";

export const LANGUAGES = { "zh-CN": "简体中文", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (value: unknown): value is Language => typeof value === "string" && value in LANGUAGES;

export const i18n = createI18n<false>({
  legacy: false,
  locale: "zh-CN",
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": zhCN as never },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
});

const loaders: Record<Exclude<Language, "zh-CN">, () => Promise<Record<string, unknown>>> = {
  en: () => import("./en").then((module) => module.en),
};

/** Switch the whole page. The choice is kept by `app/preferences`. */
export async function setLanguage(language: Language): Promise<void> {
  if (language !== "zh-CN" && !i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, (await loaders[language]()) as never);
  }
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
}
