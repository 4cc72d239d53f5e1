/**
 * How this person wants to read: language, text size, contrast. Kept in this browser, not in the account: the terminal
 * in a venue and the phone in the pocket are read differently.
 */
import { readonly, shallowReactive } from "vue";
import { isLanguage, type Language, setLanguage } from "./i18n";

export const TEXT_SIZES = ["standard", "large", "largest"] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

interface Preferences {
  language: Language;
  size: TextSize;
  highContrast: boolean;
}

const STORED = "gongshang.reading";
const preferences = shallowReactive<Preferences>({ language: "zh-CN", size: "standard", highContrast: false });

export const usePreferences = () => readonly(preferences);

export async function restorePreferences(): Promise<void> {
  const stored = read();
  await prefer({
    language: isLanguage(stored.language) ? stored.language : "zh-CN",
    size: TEXT_SIZES.find((size) => size === stored.size) ?? "standard",
    highContrast: stored.highContrast === true,
  });
}

export async function choose(change: Partial<Preferences>): Promise<void> {
  await prefer(change);
  try {
    localStorage.setItem(STORED, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing: the choice lasts for this page.
  }
}

async function prefer(change: Partial<Preferences>): Promise<void> {
  Object.assign(preferences, change);
  const { dataset } = document.documentElement;
  dataset.size = preferences.size;
  dataset.contrast = preferences.highContrast ? "high" : "normal";
  if (change.language) await setLanguage(change.language);
}

function read(): Partial<Record<keyof Preferences, unknown>> {
  try {
    return (JSON.parse(localStorage.getItem(STORED) ?? "{}") ?? {}) as Partial<Record<keyof Preferences, unknown>>;
  } catch {
    return {};
  }
}
