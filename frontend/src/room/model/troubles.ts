/** Which troubles of my devices are shown, and what can be done about them. Pure. */
import type { DeviceKind, DeviceTrouble, Troubles } from "@/media";

export interface Trouble {
  device: DeviceKind;
  code: DeviceTrouble;
  /** The last part of the sentence's key: `room.device_error.<words>`. */
  words: DeviceTrouble | "UNPLUGGED_SPEAKING";
  /** People wait for me to be heard. */
  urgent: boolean;
  action: "retry" | "choose" | null;
}

const ORDER: readonly DeviceKind[] = ["microphone", "camera", "screen"];
/** What nobody can mend from this page while it is open. */
const HOPELESS: readonly DeviceTrouble[] = ["INSECURE_CONTEXT", "UNSUPPORTED"];

export function firstTrouble(troubles: Troubles): { device: DeviceKind; code: DeviceTrouble } | null {
  for (const device of ORDER) {
    const code = troubles[device];
    if (code !== null) return { device, code };
  }
  return null;
}

/** `dismissed` holds what somebody has read and closed, as `device:CODE`. */
export function shownTroubles(troubles: Troubles, speaking: boolean, dismissed: ReadonlySet<string>): Trouble[] {
  return ORDER.flatMap((device) => {
    const code = troubles[device];
    if (code === null || dismissed.has(`${device}:${code}`)) return [];
    const urgent = device === "microphone" && speaking;
    const words = urgent && code === "UNPLUGGED" ? "UNPLUGGED_SPEAKING" : code;
    return [{ device, code, words, urgent, action: actionFor(device, code) }];
  });
}

function actionFor(device: DeviceKind, code: DeviceTrouble): Trouble["action"] {
  if (HOPELESS.includes(code)) return null;
  // It runs: another one is what helps.
  if (device !== "screen" && (code === "SILENT" || code === "MUTED")) return "choose";
  return "retry";
}
