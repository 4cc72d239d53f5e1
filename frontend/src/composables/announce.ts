/**
 * News for screen readers. Polite news wait for a pause; assertive ones interrupt: only the floor being given to *you*
 * and the loss of it are that.
 */
import { readonly, shallowReactive } from "vue";

export type Urgency = "polite" | "assertive";

const news = shallowReactive<Record<Urgency, string>>({ polite: "", assertive: "" });

/** What `Announcer.vue` shows to screen readers; mounted once per entry. */
export const announced = readonly(news);

export function announce(text: string, urgency: Urgency = "polite"): void {
  // The same sentence twice must be read twice: a region only speaks when its text changes.
  news[urgency] = news[urgency] === text ? `${text}\u00a0` : text;
}

export const useAnnounce = () => announce;
