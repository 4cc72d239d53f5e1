/** The host's keys: N next, C call up, F finish, ? help. They sleep while somebody types or a dialog is open. */
import { onMounted, onScopeDispose } from "vue";

export type HostKey = "next" | "summon" | "finish" | "help";

const KEYS: Readonly<Record<string, HostKey>> = { n: "next", c: "summon", f: "finish", "?": "help", "？": "help" };

/** What a key press means here; null when it belongs to somebody else. Pure but for the page it looks at. */
export function hostKey(event: KeyboardEvent): HostKey | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return null;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (target && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable)) return null;
  if (target?.closest("[role=dialog],[role=alertdialog],[role=menu]")) return null;
  return KEYS[event.key.toLowerCase()] ?? null;
}

export function useHostKeys(actions: Record<HostKey, () => void>): void {
  const listen = (event: KeyboardEvent) => {
    const key = hostKey(event);
    if (!key) return;
    event.preventDefault();
    actions[key]();
  };
  onMounted(() => window.addEventListener("keydown", listen));
  onScopeDispose(() => window.removeEventListener("keydown", listen));
}
