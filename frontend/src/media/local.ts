/**
 * My microphone, camera and screen: opened and closed, exchanged when one is pulled out, and what is wrong with them.
 * They belong to the engine and survive every connection. Whether somebody hears them is not known here.
 */
import { DeviceRefused, namedDevices, onDevicesChanged, openDevice, rememberDevice, rememberedDevice, type Size } from "./devices";
import { changes, type Named, successor } from "./troubles";
import type { DeviceKind, DeviceNews, DeviceTrouble, LocalMedia, Troubles } from "./types";

export interface LocalListener {
  changed(device: DeviceKind, track: MediaStreamTrack | null): void | Promise<void>;
  troubled(troubles: Troubles): void;
  news(news: DeviceNews): void;
}

export const DEVICES = ["microphone", "camera", "screen"] as const;
export const NO_TROUBLES: Troubles = { microphone: null, camera: null, screen: null };

export class LocalDevices {
  tracks: LocalMedia = { microphone: null, camera: null, screen: null };
  troubles: Troubles = NO_TROUBLES;
  private readonly opening: Record<DeviceKind, number> = { microphone: 0, camera: 0, screen: 0 };
  private known: Named[] = [];
  private forgetDevices: (() => void) | null = null;

  constructor(
    private readonly listener: LocalListener,
    private readonly size: Size,
  ) {}

  async set(device: DeviceKind, on: boolean, deviceId?: string): Promise<void> {
    if (!on) {
      this.stop(device);
      return this.trouble(device, null);
    }
    await this.open(device, device === "screen" ? undefined : (deviceId ?? rememberedDevice(device)), deviceId !== undefined);
  }

  stop(device: DeviceKind): void {
    this.opening[device] += 1;
    const track = this.tracks[device];
    if (track === null) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
    this.keep(device, null);
  }

  stopAll(): void {
    for (const device of DEVICES) this.stop(device);
    this.forgetDevices?.();
    this.forgetDevices = null;
  }

  trouble(device: DeviceKind, trouble: DeviceTrouble | null): void {
    if (this.troubles[device] === trouble) return;
    this.troubles = { ...this.troubles, [device]: trouble };
    this.listener.troubled(this.troubles);
  }

  /** True when it is open now. */
  private async open(device: DeviceKind, deviceId: string | undefined, chosen: boolean): Promise<boolean> {
    const turn = ++this.opening[device];
    let track: MediaStreamTrack;
    try {
      track = await openDevice(device, deviceId, this.size);
    } catch (error) {
      if (!(error instanceof DeviceRefused)) throw error;
      if (turn !== this.opening[device]) return false;
      // To close the browser's list of screens is to change one's mind.
      const changedMind = device === "screen" && error.code.startsWith("PERMISSION");
      this.trouble(device, changedMind ? null : error.code);
      return false;
    }
    if (turn !== this.opening[device]) {
      track.stop(); // a later click won
      return false;
    }
    if (chosen && deviceId !== undefined && device !== "screen") rememberDevice(device, deviceId);
    this.tracks[device]?.stop();
    this.look(device, track);
    await this.keep(device, track);
    await this.watchDevices();
    return true;
  }

  private look(device: DeviceKind, track: MediaStreamTrack): void {
    track.onended = () => void this.ended(device, track);
    if (device === "screen") return this.trouble(device, null);
    // A switch on the device or in the system: the track lives and brings nothing.
    track.onmute = () => this.tracks[device] === track && this.trouble(device, "MUTED");
    track.onunmute = () => this.tracks[device] === track && this.trouble(device, null);
    this.trouble(device, track.muted ? "MUTED" : null);
  }

  private keep(device: DeviceKind, track: MediaStreamTrack | null): void | Promise<void> {
    this.tracks = { ...this.tracks, [device]: track };
    return this.listener.changed(device, track);
  }

  /** Pulled out, taken away by the system, or, for a screen, ended in the browser's own bar. */
  private async ended(device: DeviceKind, track: MediaStreamTrack): Promise<void> {
    if (this.tracks[device] !== track) return;
    const lost = track.getSettings().deviceId ?? "";
    this.stop(device);
    if (device === "screen") return;
    const turn = this.opening[device];
    const next = successor(await namedDevices(), device, lost);
    if (turn !== this.opening[device]) return;
    if (next === null) return this.trouble(device, "UNPLUGGED");
    if (await this.open(device, next.id, false)) this.listener.news({ device, code: "SWITCHED", label: next.label });
  }

  private async watchDevices(): Promise<void> {
    this.known = await namedDevices();
    this.forgetDevices ??= onDevicesChanged(() => void this.compare());
  }

  private async compare(): Promise<void> {
    const before = this.known;
    this.known = await namedDevices();
    for (const { kind, id, label } of changes(before, this.known).plugged) {
      if (kind === "screen") continue;
      const missing = kind !== "speaker" && (this.troubles[kind] === "UNPLUGGED" || this.troubles[kind] === "DEVICE_NOT_FOUND");
      // The one that was missed is back: go on with it without being asked.
      const back = missing && (await this.open(kind, id, false));
      this.listener.news({ device: kind, code: back ? "SWITCHED" : "PLUGGED", label });
    }
  }
}
