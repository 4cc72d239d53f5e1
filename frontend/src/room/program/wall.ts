/** A page on a wall: letters that can be read from the back of the hall, no pointer that lies on it, no sleep. */
import { onMounted, onScopeDispose } from "vue";

const STILL_MS = 3000;
/** So many letters fit above each other: on 1080 lines the usual text is 24 pixels high. */
const LINES = 45;
const SMALLEST = 16;

export function useWall(): void {
  const root = document.documentElement;
  const before = root.style.fontSize;
  let still = 0;
  let awake: { release(): Promise<void> } | null = null;

  const fit = () => (root.style.fontSize = `${Math.max(SMALLEST, Math.round(window.innerHeight / LINES))}px`);
  const hide = () => (root.style.cursor = "none");
  function moved() {
    root.style.cursor = "";
    window.clearTimeout(still);
    still = window.setTimeout(hide, STILL_MS);
  }
  async function stayAwake() {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    // Refused on low battery; the screen then sleeps as it is told.
    awake = await navigator.wakeLock.request("screen").catch(() => null);
  }

  onMounted(() => {
    fit();
    moved();
    void stayAwake();
    window.addEventListener("resize", fit);
    window.addEventListener("pointermove", moved);
    document.addEventListener("visibilitychange", stayAwake);
  });
  onScopeDispose(() => {
    window.removeEventListener("resize", fit);
    window.removeEventListener("pointermove", moved);
    document.removeEventListener("visibilitychange", stayAwake);
    window.clearTimeout(still);
    void awake?.release();
    root.style.fontSize = before;
    root.style.cursor = "";
  });
}
