/** What the page tells the technicians' board about itself: every five seconds, and at once when a device changes. */
import type { DeviceState } from "./troubles";
import type { Figures, Quality } from "./types";

export interface Report {
  devices: { microphone: DeviceState; camera: DeviceState };
  browser: string;
  visible: boolean;
  rtt_ms: number | null;
  loss_up: number | null;
  loss_down: number;
  kbps_up: number;
  kbps_down: number;
  /** Of the microphone, 0 to 1. */
  loudness: number | null;
  level: Quality["level"] | null;
  reason: Quality["reason"];
  audio_only: boolean;
}

export const EVERY_MS = 5000;
/** At once, but not at every flicker. */
const SOON_MS = 1000;

export function makeReport(
  parts: Pick<Report, "devices" | "browser" | "visible" | "loudness"> & { figures: Figures; quality: Quality | null },
): Report {
  const { figures, quality, devices, browser, visible, loudness } = parts;
  return {
    devices,
    browser: browser.slice(0, 60),
    visible,
    rtt_ms: figures.rttMs,
    loss_up: figures.lossUp === null ? null : share(figures.lossUp),
    loss_down: share(figures.lossDown),
    kbps_up: figures.kbpsUp,
    kbps_down: figures.kbpsDown,
    loudness: loudness === null ? null : share(loudness),
    level: quality?.level ?? null,
    reason: quality?.reason ?? "none",
    audio_only: quality?.audioOnly ?? false,
  };
}

const share = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;

/** Is it time to tell `next`, when `last` was told at `lastAt`? */
export function isDue(next: Report, last: Report | null, lastAt: number, now: number): boolean {
  if (last === null || now - lastAt >= EVERY_MS) return true;
  const changed =
    next.devices.microphone !== last.devices.microphone ||
    next.devices.camera !== last.devices.camera ||
    next.level !== last.level ||
    next.visible !== last.visible;
  return changed && now - lastAt >= SOON_MS;
}
