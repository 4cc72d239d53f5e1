/** Cameras, microphones and speakers: which there are, which was chosen last, how one is opened. */
import { type Named, type Permission, refusal } from "./troubles";
import type { DeviceErrorCode, DeviceKind } from "./types";

export type ChoosableDevice = "microphone" | "camera" | "speaker";

const KINDS: Record<ChoosableDevice, MediaDeviceKind> = {
  microphone: "audioinput",
  camera: "videoinput",
  speaker: "audiooutput",
};

/** How large a camera's picture should be. */
export interface Size {
  width: number;
  height: number;
}

const MEDIUM: Size = { width: 640, height: 360 };

export class DeviceRefused extends Error {
  constructor(readonly code: DeviceErrorCode) {
    super(code);
  }
}

/** Devices of a kind. Without permission browsers give them no names. */
export async function listDevices(device: ChoosableDevice): Promise<MediaDeviceInfo[]> {
  if (!hasDevices()) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((each) => each.kind === KINDS[device] && each.deviceId !== "");
}

/** All of them, as `troubles` compares them. */
export async function namedDevices(): Promise<Named[]> {
  if (!hasDevices()) return [];
  const kinds = Object.entries(KINDS) as [ChoosableDevice, MediaDeviceKind][];
  return (await navigator.mediaDevices.enumerateDevices()).flatMap(({ kind, deviceId, label, groupId }) => {
    const named = kinds.find(([, its]) => its === kind);
    return named === undefined ? [] : [{ id: deviceId, kind: named[0], label, group: groupId }];
  });
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
export async function openDevice(device: DeviceKind, deviceId?: string, size: Size = MEDIUM): Promise<MediaStreamTrack> {
  if (!hasDevices()) throw new DeviceRefused(window.isSecureContext ? "UNSUPPORTED" : "INSECURE_CONTEXT");
  try {
    return await open(device, deviceId, size);
  } catch (error) {
    const code = await codeOf(error, device);
    if (device === "screen" || deviceId === undefined || code !== "DEVICE_NOT_FOUND") throw new DeviceRefused(code);
  }
  try {
    return await open(device, undefined, size);
  } catch (error) {
    throw new DeviceRefused(await codeOf(error, device));
  }
}

async function codeOf(error: unknown, device: DeviceKind): Promise<DeviceErrorCode> {
  return error instanceof DeviceRefused ? error.code : refusal(error, await permissionFor(device));
}

async function permissionFor(device: DeviceKind): Promise<Permission> {
  if (device === "screen") return null;
  try {
    return (await navigator.permissions.query({ name: device as PermissionName })).state;
  } catch {
    return null; // Firefox before 131 knows no such permission, old browsers no permissions at all
  }
}

async function open(device: DeviceKind, deviceId: string | undefined, size: Size): Promise<MediaStreamTrack> {
  const stream = await request(device, deviceId, size);
  const track = stream.getTracks()[0];
  if (track === undefined) throw new DeviceRefused("DEVICE_NOT_FOUND");
  if (device === "camera") track.contentHint = "motion";
  // Browsers ignore a hint that they do not know.
  if (device === "screen") for (const hint of ["detail", "text"]) track.contentHint = hint;
  return track;
}

function request(device: DeviceKind, deviceId: string | undefined, size: Size): Promise<MediaStream> {
  const exact = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  switch (device) {
    case "microphone":
      return navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...exact },
      });
    case "camera":
      return navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: size.width }, height: { ideal: size.height }, frameRate: { ideal: 20, max: 30 }, ...exact },
      });
    case "screen":
      if (!("getDisplayMedia" in navigator.mediaDevices)) throw new DeviceRefused("UNSUPPORTED");
      return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 8, max: 15 } } });
  }
}

function hasDevices(): boolean {
  return typeof navigator !== "undefined" && "mediaDevices" in navigator && navigator.mediaDevices !== undefined;
}
