/**
 * The media engine over our own SFU. It knows `media` frames and browsers, no WebSocket and no meeting.
 *
 * The server's last word is the truth for rights and slots. Devices belong to the engine and survive every new
 * connection; a track without a right is silent, and the server would drop it anyway.
 */
import { Emitter } from "@/live/emitter";
import { type CameraPlan, cameraPlan, thisMachine } from "./camera";
import { rememberDevice, rememberedDevice } from "./devices";
import { Handover } from "./handover";
import { IceServers } from "./ice";
import { LocalDevices } from "./local";
import { Peer } from "./peer";
import { Playback } from "./playback";
import { type Body, Pulse } from "./pulse";
import { readQuality } from "./quality";
import { ATTEMPT_MS, nextStep, PATIENCE_MS } from "./recovery";
import { NO_RIGHTS, NO_SLOTS, readRights, readSlots, readWatched, thumbsFor } from "./slots";
import { NO_STATS } from "./stats";
import type {
  DeviceKind,
  Figures,
  LocalMedia,
  MediaEngine,
  MediaEvents,
  MediaLine,
  MediaReason,
  MediaRights,
  MediaState,
  MediaStats,
  Quality,
  SlotTable,
  Troubles,
  VideoSlot,
  View,
} from "./types";
import { ViewTeller } from "./view";

export interface EngineOptions {
  /** Small pictures negotiated: 9 on a desk, 4 on a phone. */
  thumbs?: number;
  /** How the camera is sent; by default what this machine can do. */
  camera?: CameraPlan;
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

  private readonly thumbs: number;
  private readonly camera: CameraPlan;
  private readonly random: () => number;
  private readonly channels: Channels = {
    state: new Emitter(),
    slots: new Emitter(),
    rights: new Emitter(),
    local: new Emitter(),
    "needs-gesture": new Emitter(),
    troubles: new Emitter(),
    "device-news": new Emitter(),
    quality: new Emitter(),
    ended: new Emitter(),
  };
  private readonly streams = new Map<string, MediaStream>();
  private readonly playback = new Playback(() => this.channels["needs-gesture"].emit(undefined));
  private readonly devices: LocalDevices;
  private readonly ice: IceServers;
  private readonly view: ViewTeller;
  private readonly pulse: Pulse;
  private reason: MediaReason = null;
  private peer: Peer | null = null;
  private handover: Handover<Peer> | null = null;
  private nextSlots: SlotTable | null = null;
  /** Counts attempts to build: a newer one makes an older one stop. */
  private building = 0;
  private epoch: string | null = null;
  private failures = 0;
  private timer: number | undefined;
  private leaving: (() => void)[] = [];
  private firstConnected: (() => void) | null = null;

  constructor(
    private readonly line: MediaLine,
    options: EngineOptions,
  ) {
    this.thumbs = options.thumbs ?? thumbsFor(window.innerWidth);
    this.camera = options.camera ?? cameraPlan(thisMachine());
    this.random = options.random ?? Math.random;
    this.ice = new IceServers(() => this.line.send({ op: "enter" }));
    this.view = new ViewTeller((view) => this.line.send({ op: "view", ...view }));
    this.devices = new LocalDevices(
      {
        changed: (device, track) => this.onLocal(device, track),
        troubled: (troubles) => this.channels.troubles.emit(troubles),
        news: (news) => this.channels["device-news"].emit(news),
      },
      this.camera,
    );
    this.pulse = new Pulse(this.body());
    const speaker = rememberedDevice("speaker");
    if (speaker !== undefined) void this.playback.setSpeaker(speaker);
  }

  get local(): LocalMedia {
    return this.devices.tracks;
  }

  get troubles(): Troubles {
    return this.devices.troubles;
  }

  get quality(): Quality | null {
    return this.pulse.quality;
  }

  get figures(): Figures {
    return this.pulse.figures;
  }

  // --- life -------------------------------------------------------------------------------------------------------

  join(): Promise<void> {
    if (this.state !== "idle" && this.state !== "failed") return Promise.resolve();
    this.hangUp();
    const seen = () => this.view.hide(document.visibilityState === "hidden");
    document.addEventListener("visibilitychange", seen);
    // Another network: the browser would find out by missing answers, some seconds later.
    const moved = () => this.peer !== null && this.state === "connected" && void this.negotiate(this.peer, true);
    window.addEventListener("online", moved);
    this.leaving = [
      this.line.onFrame((frame) => void this.onFrame(frame)),
      () => document.removeEventListener("visibilitychange", seen),
      () => window.removeEventListener("online", moved),
    ];
    seen();
    const connected = new Promise<void>((done) => {
      this.firstConnected = done;
    });
    this.become("connecting");
    void this.build();
    this.pulse.start();
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
    this.part();
    this.become("idle");
  }

  /** Media ends here: nothing is sent or shown any more, and no camera stays on. */
  private part(): void {
    this.hangUp();
    this.devices.stopAll();
    this.tellSlots(NO_SLOTS);
  }

  private hangUp(): void {
    this.building += 1;
    window.clearTimeout(this.timer);
    for (const leave of this.leaving.splice(0)) leave();
    this.dropHandover();
    this.peer?.close();
    this.peer = null;
    this.playback.stop();
    this.pulse.stop();
    this.view.stop();
    this.failures = 0;
  }

  /** A connection in the place of the one there is, which plays no longer. */
  private async build(): Promise<void> {
    const turn = ++this.building;
    window.clearTimeout(this.timer);
    this.dropHandover();
    const servers = await this.ice.servers();
    if (turn !== this.building) return;
    const peer = this.open(servers);
    this.use(peer);
    void this.negotiate(peer, false);
  }

  private open(servers: RTCIceServer[]): Peer {
    const peer = new Peer({ thumbs: this.thumbs, servers, camera: this.camera });
    void peer.attach(this.local);
    return peer;
  }

  /** From now on this is what people see and hear. */
  private use(peer: Peer): void {
    const before = this.peer;
    this.peer = peer;
    peer.onIce = (state) => this.onIce(peer, state);
    this.playback.play(peer.voices());
    peer.pictures().forEach((track, place) => this.show(place === 0 ? "big" : `t${place - 1}`, track));
    this.pulse.renewed();
    before?.close();
  }

  /** A second connection beside the first, which plays until the second one does. */
  private async replace(): Promise<void> {
    if (this.state !== "connected") return this.build();
    if (this.handover !== null) return;
    const turn = ++this.building;
    const servers = await this.ice.servers();
    if (turn !== this.building) return;
    window.clearTimeout(this.timer);
    this.nextSlots = null;
    const next = this.open(servers);
    const handover = (this.handover = new Handover(
      next,
      () => {
        this.handover = null;
        this.failures = 0;
        this.use(next);
        if (this.nextSlots !== null) this.tellSlots(this.nextSlots);
        this.become("connected");
        this.onIce(next, next.iceState);
      },
      () => void this.build(),
    ));
    next.onIce = (state) => {
      if (state === "connected") next.prime();
      handover.onIce(state);
    };
    this.line.send({ op: "offer", sdp: await next.offer(false), connection: next.connection });
  }

  private dropHandover(): void {
    this.handover?.stop();
    this.handover?.next.close();
    this.handover = null;
  }

  private async negotiate(peer: Peer, restart: boolean): Promise<void> {
    this.expect(ATTEMPT_MS);
    if (restart) peer.lend(await this.ice.servers());
    if (this.peer !== peer) return;
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
    else this.timer = window.setTimeout(() => void this.build(), step.afterMs);
  }

  private again(): void {
    this.view.again();
    if (this.peer === null || this.state !== "connected") return void this.build();
    if (this.handover !== null) return void this.build();
    void this.negotiate(this.peer, true);
  }

  private onIce(peer: Peer, state: RTCIceConnectionState): void {
    // While another connection is on its way to its place, the fate of this one is no news.
    if (this.peer !== peer || this.handover !== null) return;
    if (state === "connected" || state === "completed") {
      window.clearTimeout(this.timer);
      this.failures = 0;
      peer.prime();
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
      case "engine":
        return this.ice.heard(frame);
      case "answer":
        return this.onAnswer(frame);
      case "slots":
        return this.onSlots(readSlots(frame.slots, this.thumbs, frame.pages), frame.connection);
      case "rights":
        return this.onRights(readRights(frame));
      case "watched":
        for (const peer of this.spokenOf(frame.connection)) peer.watch(readWatched(frame));
        return;
      case "quality":
        if (this.peer !== null && this.spokenOf(frame.connection).includes(this.peer)) this.pulse.server = readQuality(frame);
        return;
      case "move":
        return this.replace();
      case "reset":
        this.become("reconnecting", "unavailable");
        return this.build();
      case "unavailable":
        this.become(this.state === "connecting" ? "connecting" : "reconnecting", "unavailable");
        this.failures += 1;
        return this.expect(500 + this.random() * 1500);
      case "moved":
        this.part();
        return this.become("failed", "moved");
      case "ended":
        this.part();
        this.become("failed", "ended");
        return this.channels.ended.emit({ reason: typeof frame.reason === "string" ? frame.reason : "" });
    }
  }

  private async onAnswer(frame: Record<string, unknown>): Promise<void> {
    const peer = [this.peer, this.handover?.next].find((each) => each?.connection === frame.connection);
    if (!peer || typeof frame.sdp !== "string") return;
    this.epoch = typeof frame.epoch === "string" ? frame.epoch : null;
    await peer.answer(frame.sdp);
    this.view.again();
    this.tellSending();
    if (peer === this.peer && this.state === "connected" && /^(connected|completed)$/.test(peer.iceState)) {
      window.clearTimeout(this.timer);
    }
  }

  /** Whom a frame is about: the connection that it names, or whichever there are. */
  private spokenOf(connection: unknown): Peer[] {
    const peers = [this.peer, this.handover?.next].filter((peer): peer is Peer => !!peer);
    return typeof connection === "string" ? peers.filter((peer) => peer.connection === connection) : peers;
  }

  /** Who is in the slots of the next connection is told when people see it. */
  private onSlots(slots: SlotTable, connection: unknown): void {
    const next = this.handover?.next;
    if (next !== undefined && this.spokenOf(connection).includes(next)) this.nextSlots = slots;
    if (this.peer !== null && this.spokenOf(connection).includes(this.peer)) this.tellSlots(slots);
  }

  private tellSlots(slots: SlotTable): void {
    this.slots = slots;
    this.channels.slots.emit(slots);
  }

  private onRights(rights: MediaRights): void {
    const before = this.rights;
    this.rights = rights;
    this.applyRights();
    if (rights.camera && !before.camera) for (const peer of [this.peer, this.handover?.next]) peer?.knock();
    this.channels.rights.emit(rights);
  }

  private applyRights(): void {
    if (this.local.microphone !== null) this.local.microphone.enabled = this.rights.audio;
  }

  // --- devices ----------------------------------------------------------------------------------------------------

  setMicrophone(on: boolean, deviceId?: string): Promise<void> {
    return this.devices.set("microphone", on, deviceId);
  }

  setCamera(on: boolean, deviceId?: string): Promise<void> {
    return this.devices.set("camera", on, deviceId);
  }

  setScreen(on: boolean): Promise<void> {
    return this.devices.set("screen", on);
  }

  private async onLocal(device: DeviceKind, track: MediaStreamTrack | null): Promise<void> {
    this.applyRights();
    this.channels.local.emit(this.local);
    this.tellSending();
    await Promise.all([this.peer?.put(device, track), this.handover?.next.put(device, track)]);
  }

  /** A camera whose encodings are all paused is on nevertheless: packets do not tell. */
  private tellSending(): void {
    if (this.peer === null) return;
    this.line.send({ op: "sending", camera: this.local.camera !== null, screen: this.local.screen !== null });
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

  setView(view: View): void {
    this.view.set(view);
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
    return this.peer === null ? NO_STATS : this.peer.stats();
  }

  private body(): Body {
    return {
      now: () => ({ state: this.state, local: this.local, troubles: this.troubles, heard: this.rights.audio }),
      stats: () => this.stats(),
      report: (report) => void this.line.send({ op: "report", ...report }),
      changed: (quality) => this.channels.quality.emit(quality),
      silent: (trouble) => this.devices.trouble("microphone", trouble),
      dead: () => void this.replace(),
    };
  }
}
