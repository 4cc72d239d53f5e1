/**
 * What is wrong with a camera or microphone, decided from what the browser lets us see. Pure. The sentences are the
 * page's; here are only the few different things that a person can do something about.
 */
import type { DeviceErrorCode, DeviceKind, DeviceTrouble } from "./types";

/** What `navigator.permissions` says; null where the browser does not tell. */
export type Permission = "granted" | "denied" | "prompt" | null;

/** Why a device did not open. */
export function refusal(error: unknown, permission: Permission): DeviceErrorCode {
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      // The page has leave and still may not: then it is the system (privacy settings, a policy) that forbids it.
      if (/by system|by the platform/i.test(message) || permission === "granted") return "DENIED_BY_SYSTEM";
      return permission === "prompt" || /dismissed/i.test(message) ? "PERMISSION_DISMISSED" : "PERMISSION_DENIED";
    case "SecurityError":
      return "PERMISSION_DENIED";
    case "NotFoundError":
    case "OverconstrainedError":
    case "DevicesNotFoundError":
      return "DEVICE_NOT_FOUND";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return /by system|permission/i.test(message) ? "DENIED_BY_SYSTEM" : "DEVICE_BUSY";
    default:
      return "UNSUPPORTED";
  }
}

/** One device as a list of devices names it. */
export interface Named {
  id: string;
  kind: DeviceKind | "speaker";
  label: string;
  /** The physical device: a headset is one, with a microphone and a speaker. */
  group: string;
}

/** Pseudo-devices that only stand for another one of the list. */
const STANDS_FOR_ANOTHER = ["", "default", "communications"];

/** Which devices are new and which are gone. Without permission lists have no ids: then nothing can be said. */
export function changes(before: readonly Named[], after: readonly Named[]): { plugged: Named[]; unplugged: Named[] } {
  const missingIn = (list: readonly Named[]) => (device: Named) =>
    !STANDS_FOR_ANOTHER.includes(device.id) && !list.some(({ id, kind }) => id === device.id && kind === device.kind);
  const known = before.some(({ id }) => id !== "");
  return { plugged: known ? after.filter(missingIn(before)) : [], unplugged: before.filter(missingIn(after)) };
}

/** The device to go on with when `lost` is gone: the system's own choice first, never the lost one. */
export function successor(devices: readonly Named[], kind: Named["kind"], lost: string): Named | null {
  const left = devices.filter((device) => device.kind === kind && device.id !== lost && device.id !== "");
  const real = left.filter(({ id }) => !STANDS_FOR_ANOTHER.includes(id));
  const chosen = left.find(({ id }) => id === "default");
  return real.find(({ group }) => group === chosen?.group && group !== "") ?? real[0] ?? null;
}

/** Somebody who was never heard speaks into nothing; somebody who was may only be thinking. */
const NEVER_HEARD_MS = 5000;
const PAUSE_MS = 20_000;
/** Root mean square of full scale; a working microphone in a quiet room has more. */
const FLAT = 0.0008;

/** Listens whether a microphone that should be heard is flat. */
export class Silence {
  private since: number | null = null;
  private heard = false;

  /** `loudness` is null where the browser does not tell. True while it is silent for too long. */
  listen(loudness: number | null, expected: boolean, now: number): boolean {
    if (!expected || loudness === null) {
      this.since = null;
      if (!expected) this.heard = false;
      return false;
    }
    if (loudness > FLAT) {
      this.heard = true;
      this.since = null;
      return false;
    }
    this.since ??= now;
    return now - this.since >= (this.heard ? PAUSE_MS : NEVER_HEARD_MS);
  }
}

export type DeviceState = "off" | "on" | "silent" | "denied" | "missing" | "busy";

/** A device as the technician's board has it. */
export function deviceState(on: boolean, trouble: DeviceTrouble | null): DeviceState {
  switch (trouble) {
    case "SILENT":
    case "MUTED":
      return on ? "silent" : "off";
    case "PERMISSION_DENIED":
    case "PERMISSION_DISMISSED":
    case "DENIED_BY_SYSTEM":
    case "INSECURE_CONTEXT":
      return "denied";
    case "DEVICE_BUSY":
      return "busy";
    case "DEVICE_NOT_FOUND":
    case "UNPLUGGED":
    case "UNSUPPORTED":
      return "missing";
    case null:
      return on ? "on" : "off";
  }
}
