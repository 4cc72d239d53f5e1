/**
 * Short messages that leave by themselves. Errors stay until they are closed: nobody should have to be quick to read
 * what went wrong.
 */
import { readonly, shallowRef } from "vue";
import { useErrorText } from "@/i18n/errors";

export type Tone = "success" | "info" | "warning" | "danger";

export interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

const list = shallowRef<Toast[]>([]);
let last = 0;

/** What `Toaster.vue` shows; mounted once per entry. */
export const toasts = readonly(list);

export function toast(text: string, tone: Tone = "success"): void {
  // Said already: a second one tells nothing.
  list.value = [...list.value.filter((one) => one.text !== text), { id: ++last, tone, text }].slice(-4);
}

export function dismiss(id: number): void {
  list.value = list.value.filter((one) => one.id !== id);
}

export function useToast() {
  const errorText = useErrorText();
  return { toast, failed: (thrown: unknown) => toast(errorText(thrown), "danger") };
}
