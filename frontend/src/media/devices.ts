/** Cameras, microphones and speakers: which there are, which was chosen last, and why one cannot be used. */
import type { DeviceErrorCode, DeviceKind } from "./types";

export type ChoosableDevice = "microphone" | "camera" | "speaker";

const KINDS: Record<ChoosableDevice, MediaDeviceKind> = {
  microphone: "audioinput",
  camera: "videoinput",
  speaker: "audiooutput",
};

export class DeviceRefused extends Error {
  constructor(readonly code: DeviceErrorCode) {
    super(code);
  }
}

/** The browser's many names for the few things that can be wrong. */
export function codeOf(error: unknown): DeviceErrorCode {
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "PERMISSION_DENIED";
    case "NotFoundError":
    case "OverconstrainedError":
      return "DEVICE_NOT_FOUND";
    case "NotReadableError":
    case "AbortError":
      return "DEVICE_BUSY";
    default:
      return "UNSUPPORTED";
  }
}

/** Devices of a kind. Without permission browsers give them no names. */
export async function listDevices(device: ChoosableDevice): Promise<MediaDeviceInfo[]> {
  if (!hasDevices()) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((each) => each.kind === KINDS[device] && each.deviceId !== "");
}

export function onDevicesChanged(listener: () => void): () => void {
  if (!hasDevices()) return () => undefined;
  navigator.mediaDevices.addEventListener("devicechange", listener);
  return () => navigator.mediaDevices.removeEventListener("devicechange", listener);
}

export function rememberedDevice(device: ChoosableDevice): string | undefined {
  try {
    return localStorage.getItem(`media.${device}`) ?? undefined;
  } catch {
    return undefined; // storage may be forbidden; then nothing is remembered
  }
}

export function rememberDevice(device: ChoosableDevice, deviceId: string): void {
  try {
    localStorage.setItem(`media.${device}`, deviceId);
  } catch {
    // see above
  }
}

/** Open a device. Raises DeviceRefused. A remembered device that is gone gives way to the default one. */
export async function openDevice(device: DeviceKind, deviceId?: string): Promise<MediaStreamTrack> {
  if (!hasDevices()) throw new DeviceRefused(window.isSecureContext ? "UNSUPPORTED" : "INSECURE_CONTEXT");
  try {
    return await open(device, deviceId);
  } catch (error) {
    const code = error instanceof DeviceRefused ? error.code : codeOf(error);
    if (device === "screen" || deviceId === undefined || code !== "DEVICE_NOT_FOUND") throw new DeviceRefused(code);
  }
  try {
    return await open(device, undefined);
  } catch (error) {
    throw error instanceof DeviceRefused ? error : new DeviceRefused(codeOf(error));
  }
}

async function open(device: DeviceKind, deviceId: string | undefined): Promise<MediaStreamTrack> {
  const stream = await request(device, deviceId);
  const track = stream.getTracks()[0];
  if (track === undefined) throw new DeviceRefused("DEVICE_NOT_FOUND");
  if (device === "camera") track.contentHint = "motion";
  if (device === "screen") track.contentHint = "detail";
  return track;
}

function request(device: DeviceKind, deviceId: string | undefined): Promise<MediaStream> {
  const exact = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  switch (device) {
    case "microphone":
      return navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...exact },
      });
    case "camera":
      return navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 30 }, ...exact },
      });
    case "screen":
      if (!("getDisplayMedia" in navigator.mediaDevices)) throw new DeviceRefused("UNSUPPORTED");
      return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 8, max: 15 } } });
  }
}

function hasDevices(): boolean {
  return typeof navigator !== "undefined" && "mediaDevices" in navigator && navigator.mediaDevices !== undefined;
}
