/** What the self-test finds out. Each part fills its own; the verdict and the report only read. */
import type { DeviceErrorCode } from "@/media";
import type { Advice } from "./browser";

/** `open` works, `closed` does not, `absent` is not offered by this site. */
export type WayState = "waiting" | "trying" | "open" | "closed" | "absent";
/** Straight to the media worker over UDP, or through a relay: reached over UDP, TCP or TLS. */
export const WAYS = ["direct", "udp", "tcp", "tls"] as const;
export type WayName = (typeof WAYS)[number];
export type Ways = Record<WayName, WayState>;

export interface Measured {
  upKbps: number;
  downKbps: number;
  /** Shares, 0 to 1. */
  lossUp: number;
  lossDown: number;
  rttMs: number | null;
  /** The line would have taken more than this device could make. */
  slowDevice: boolean;
}

export interface NetworkFinding {
  state: "idle" | "finding" | "measuring" | "done" | "refused";
  ways: Ways;
  /** The way that was measured. */
  way: WayName | null;
  measured: Measured | null;
  /** How long the server takes to answer a page's question. */
  answerMs: number | null;
  /** Why it could not be measured: a code of the server. */
  refusal: string | null;
  /** How far the measurement is, 0 to 1. */
  progress: number;
}

export interface DeviceFinding {
  state: "idle" | "opening" | "open" | "good" | "silent" | "refused";
  code: DeviceErrorCode | null;
  label: string;
  /** Of the picture, in pixels. */
  size: string;
}

export type SpeakerFinding = "idle" | "played" | "heard" | "unheard";

export interface Findings {
  browser: Advice;
  camera: DeviceFinding;
  microphone: DeviceFinding;
  speaker: SpeakerFinding;
  network: NetworkFinding;
}

export const untried = (): Ways => ({ direct: "waiting", udp: "waiting", tcp: "waiting", tls: "waiting" });

export const noDevice = (): DeviceFinding => ({ state: "idle", code: null, label: "", size: "" });

export const noNetwork = (): NetworkFinding => ({
  state: "idle",
  ways: untried(),
  way: null,
  measured: null,
  answerMs: null,
  refusal: null,
  progress: 0,
});
