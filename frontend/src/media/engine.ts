/**
 * The media engine over our own SFU. It knows `media` frames and browsers, no WebSocket and no meeting.
 *
 * The server's last word is the truth for rights and slots. Devices belong to the engine and survive every new
 * connection; a track without a right is silent, and the server would drop it anyway.
 */
import { Emitter } from "@/live/emitter";
import { DeviceRefused, openDevice, rememberDevice, rememberedDevice } from "./devices";
import { Peer } from "./peer";
import { Playback } from "./playback";
import { prime } from "./prime";
import { ATTEMPT_MS, nextStep, PATIENCE_MS } from "./recovery";
import { NO_RIGHTS, NO_SLOTS, readRights, readSlots, thumbsFor } from "./slots";
import type {
  DeviceKind,
  LocalMedia,
  MediaEngine,
  MediaEvents,
  MediaLine,
  MediaReason,
  MediaRights,
  MediaState,
  MediaStats,
  SlotTable,
  VideoSlot,
} from "./types";

export interface EngineOptions {
  /** Small pictures negotiated: 9 on a desk, 4 on a phone. */
  thumbs?: number;
  random?: () => number;
}

type Channels = { [Name in keyof MediaEvents]: Emitter<MediaEvents[Name]> };

export function createMediaEngine(line: MediaLine, options: EngineOptions = {}): MediaEngine {
  return new SfuEngine(line, options);
}

class SfuEngine implements MediaEngine {
  state: MediaState = "idle";
  slots: SlotTable = NO_SLOTS;
  rights: MediaRights = NO_RIGHTS;
  local: LocalMedia = { microphone: null, camera: null, screen: null };

  private readonly thumbs: number;
  private readonly random: () => number;
  private readonly channels: Channels = {
    state: new Emitter(),
    slots: new Emitter(),
    rights: new Emitter(),
    local: new Emitter(),
    "needs-gesture": new Emitter(),
    "device-error": new Emitter(),
  };
  private readonly streams = new Map<string, MediaStream>();
  private readonly playback = new Playback(() => this.channels["needs-gesture"].emit(undefined));
  private readonly opening: Record<DeviceKind, number> = { microphone: 0, camera: 0, screen: 0 };
  private reason: MediaReason = null;
  private peer: Peer | null = null;
  private epoch: string | null = null;
  private failures = 0;
  private timer: number | undefined;
  private wantedThumbs: number | null = null;
  private leaving: (() => void)[] = [];
  private firstConnected: (() => void) | null = null;

  constructor(
    private readonly line: MediaLine,
    options: EngineOptions,
  ) {
    this.thumbs = options.thumbs ?? thumbsFor(window.innerWidth);
    this.random = options.random ?? Math.random;
    const speaker = rememberedDevice("speaker");
    if (speaker !== undefined) void this.playback.setSpeaker(speaker);
  }

  // --- life -------------------------------------------------------------------------------------------------------

  join(): Promise<void> {
    if (this.state !== "idle" && this.state !== "failed") return Promise.resolve();
    this.hangUp();
    this.leaving = [this.line.onFrame((frame) => void this.onFrame(frame))];
    const connected = new Promise<void>((done) => {
      this.firstConnected = done;
    });
    this.become("connecting");
    this.build();
    // After a new line the server may have forgotten where our frames go: offer again.
    let first = true;
    const welcomed = this.line.onWelcome?.(() => {
      if (!first) this.again();
    });
    first = false;
    if (welcomed !== undefined) this.leaving.push(welcomed);
    return connected;
  }

  leave(): void {
    if (this.state === "idle") return;
    this.line.send({ op: "leave" });
    this.hangUp();
    for (const device of ["microphone", "camera", "screen"] as const) this.stopDevice(device);
    this.become("idle");
    this.tellSlots(NO_SLOTS);
  }

  private hangUp(): void {
    window.clearTimeout(this.timer);
    for (const leave of this.leaving.splice(0)) leave();
    this.peer?.close();
    this.peer = null;
    this.playback.stop();
    this.failures = 0;
  }

  private build(): void {
    window.clearTimeout(this.timer);
    this.peer?.close();
    const peer = new Peer(this.thumbs, (state) => {
      if (this.peer === peer) this.onIce(state);
    });
    this.peer = peer;
    void this.attach(peer);
    this.playback.play(peer.voices());
    peer.pictures().forEach((track, place) => this.show(place === 0 ? "big" : `t${place - 1}`, track));
    void this.negotiate(peer, false);
  }

  private async negotiate(peer: Peer, restart: boolean): Promise<void> {
    const sdp = await peer.offer(restart);
    if (this.peer !== peer) return;
    // An ICE restart is for the worker we know: a new one tells us to start anew.
    this.line.send({ op: "offer", sdp, connection: peer.connection, ...(restart && this.epoch ? { epoch: this.epoch } : {}) });
    this.expect(ATTEMPT_MS);
  }

  /** Something must happen within this time, or the next step is taken. */
  private expect(milliseconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.recover(), milliseconds);
  }

  private recover(): void {
    const peer = this.peer;
    if (peer === null) return;
    if (this.state === "connected") this.become("reconnecting", "network");
    const step = nextStep(this.state === "connecting" ? Math.max(2, this.failures) : this.failures, this.random());
    this.failures += 1;
    if (step.kind === "restart") void this.negotiate(peer, true);
    else this.timer = window.setTimeout(() => this.build(), step.afterMs);
  }

  private again(): void {
    if (this.peer === null) return;
    if (this.state === "connected") void this.negotiate(this.peer, true);
    else this.build();
  }

  private onIce(state: RTCIceConnectionState): void {
    if (state === "connected" || state === "completed") {
      window.clearTimeout(this.timer);
      this.failures = 0;
      const sender = this.peer?.sender("camera");
      if (this.state !== "connected" && sender !== undefined) void prime(sender);
      this.become("connected");
      this.firstConnected?.();
    } else if (state === "disconnected" && this.state === "connected") {
      this.expect(PATIENCE_MS);
    } else if (state === "failed") {
      this.expect(0);
    }
  }

  private become(state: MediaState, reason: MediaReason = null): void {
    if (state === this.state && reason === this.reason) return;
    this.state = state;
    this.reason = reason;
    this.channels.state.emit({ state, reason });
  }

  // --- what the server says ---------------------------------------------------------------------------------------

  private async onFrame(frame: { op: string } & Record<string, unknown>): Promise<void> {
    switch (frame.op) {
      case "answer":
        return this.onAnswer(frame);
      case "slots":
        return this.tellSlots(readSlots(frame.slots, this.thumbs));
      case "rights":
        return this.onRights(readRights(frame));
      case "reset":
        this.become("reconnecting", "unavailable");
        return this.build();
      case "unavailable":
        this.become(this.state === "connecting" ? "connecting" : "reconnecting", "unavailable");
        this.failures += 1;
        return this.expect(500 + this.random() * 1500);
      case "moved":
        this.hangUp();
        for (const device of ["microphone", "camera", "screen"] as const) this.stopDevice(device);
        this.tellSlots(NO_SLOTS);
        return this.become("failed", "moved");
    }
  }

  private async onAnswer(frame: Record<string, unknown>): Promise<void> {
    const peer = this.peer;
    if (peer === null || frame.connection !== peer.connection || typeof frame.sdp !== "string") return;
    this.epoch = typeof frame.epoch === "string" ? frame.epoch : null;
    if (typeof frame.epoch === "string") peer.epoch = frame.epoch;
    await peer.answer(frame.sdp);
    if (this.wantedThumbs !== null) this.line.send({ op: "view", thumbs: this.wantedThumbs });
    if (this.state === "connected" && /^(connected|completed)$/.test(peer.iceState)) window.clearTimeout(this.timer);
  }

  private tellSlots(slots: SlotTable): void {
    this.slots = slots;
    this.channels.slots.emit(slots);
  }

  private onRights(rights: MediaRights): void {
    this.rights = rights;
    this.applyRights();
    this.channels.rights.emit(rights);
  }

  private applyRights(): void {
    if (this.local.microphone !== null) this.local.microphone.enabled = this.rights.audio;
  }

  // --- devices ----------------------------------------------------------------------------------------------------

  setMicrophone(on: boolean, deviceId?: string): Promise<void> {
    return this.setDevice("microphone", on, deviceId);
  }

  setCamera(on: boolean, deviceId?: string): Promise<void> {
    return this.setDevice("camera", on, deviceId);
  }

  setScreen(on: boolean): Promise<void> {
    return this.setDevice("screen", on);
  }

  private async setDevice(device: DeviceKind, on: boolean, deviceId?: string): Promise<void> {
    const turn = ++this.opening[device];
    if (!on) return this.stopDevice(device);
    const remembered = device === "screen" ? undefined : (deviceId ?? rememberedDevice(device));
    let track: MediaStreamTrack;
    try {
      track = await openDevice(device, remembered);
    } catch (error) {
      if (!(error instanceof DeviceRefused)) throw error;
      this.channels["device-error"].emit({ device, code: error.code });
      return;
    }
    if (turn !== this.opening[device]) return track.stop(); // a later click won
    if (deviceId !== undefined && device !== "screen") rememberDevice(device, deviceId);
    this.local[device]?.stop();
    track.onended = () => this.unplugged(device, track);
    this.setLocal(device, track);
    await this.peer?.sender(device)?.replaceTrack(track);
  }

  private stopDevice(device: DeviceKind): void {
    this.opening[device] += 1;
    const track = this.local[device];
    if (track === null) return;
    track.onended = null;
    track.stop();
    this.setLocal(device, null);
    void this.peer?.sender(device)?.replaceTrack(null);
  }

  private unplugged(device: DeviceKind, track: MediaStreamTrack): void {
    if (this.local[device] !== track) return;
    this.stopDevice(device);
    // Ending a shared screen from the browser's own bar is no error.
    if (device !== "screen") this.channels["device-error"].emit({ device, code: "DEVICE_NOT_FOUND" });
  }

  private setLocal(device: DeviceKind, track: MediaStreamTrack | null): void {
    this.local = { ...this.local, [device]: track };
    this.applyRights();
    this.channels.local.emit(this.local);
  }

  private async attach(peer: Peer): Promise<void> {
    for (const device of ["microphone", "camera", "screen"] as const) {
      const track = this.local[device];
      if (track !== null) await peer.sender(device)?.replaceTrack(track);
    }
  }

  // --- what people see and hear -----------------------------------------------------------------------------------

  stream(slot: VideoSlot): MediaStream {
    const known = this.streams.get(slot);
    if (known !== undefined) return known;
    const stream = new MediaStream();
    this.streams.set(slot, stream);
    return stream;
  }

  private show(slot: VideoSlot, track: MediaStreamTrack): void {
    const stream = this.stream(slot);
    for (const old of stream.getTracks()) stream.removeTrack(old);
    stream.addTrack(track);
  }

  setThumbs(count: number): void {
    this.wantedThumbs = count;
    if (this.state === "connected") this.line.send({ op: "view", thumbs: count });
  }

  setSpeaker(deviceId: string): Promise<void> {
    rememberDevice("speaker", deviceId);
    return this.playback.setSpeaker(deviceId);
  }

  resumeSound(): Promise<void> {
    return this.playback.resume();
  }

  on<Name extends keyof MediaEvents>(event: Name, listener: (value: MediaEvents[Name]) => void): () => void {
    return this.channels[event].on(listener);
  }

  async stats(): Promise<MediaStats> {
    return this.peer === null ? { rttMs: null, sentBytes: 0, receivedBytes: 0, slots: [] } : this.peer.stats();
  }
}
