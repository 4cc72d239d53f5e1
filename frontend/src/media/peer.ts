/**
 * One RTCPeerConnection with its fixed m-lines: microphone, camera, screen, three voices, the big picture, thumbs.
 * It is negotiated once; everything later is `replaceTrack`, or a new offer that restarts ICE.
 */
import { newId } from "@/live/ids";
import { type CameraPlan, layersOf, runningRids } from "./camera";
import { Encodings } from "./encodings";
import { prime } from "./prime";
import { AUDIO_SLOTS, BIG, CAMERA, FIRST_SLOT, MICROPHONE, SCREEN, type Watched } from "./slots";
import { type LineNames, readStats } from "./stats";
import type { DeviceKind, LocalMedia, MediaStats } from "./types";

const LINES: Record<DeviceKind, number> = { microphone: MICROPHONE, camera: CAMERA, screen: SCREEN };

/** Text wants sharp pictures rather than many: frames go first when the link is narrow. */
const SCREEN_BITRATE = 2_500_000;
const SCREEN_WATCHED = { active: true, maxBitrate: SCREEN_BITRATE, maxFramerate: 15 };
/** Nobody looks: not nothing, for a screen that stands still may have no frame to begin with again. */
const SCREEN_IDLE = { active: true, maxBitrate: 100_000, maxFramerate: 1 };
/** The server notices a camera within its first packets. */
const KNOCK_MS = 3000;

export interface PeerOptions {
  thumbs: number;
  servers: RTCIceServer[];
  camera: CameraPlan;
}

export class Peer {
  readonly connection = newId();
  onIce: (state: RTCIceConnectionState) => void = () => undefined;
  private readonly pc: RTCPeerConnection;
  private readonly lines: RTCRtpTransceiver[];
  private readonly camera: Encodings;
  private readonly screen: Encodings;
  private readonly rids: string[];
  private watched: Watched | null = null;
  private primed: Promise<void> | null = null;
  private knocking: number | undefined;

  constructor({ thumbs, servers, camera }: PeerOptions) {
    const pc = (this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: servers }));
    pc.addTransceiver("audio", { direction: "sendonly" });
    const pictures = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: camera.encodings });
    const screen = pc.addTransceiver("video", { direction: "sendonly", sendEncodings: [{ ...SCREEN_WATCHED }] });
    for (let place = 0; place < AUDIO_SLOTS; place++) pc.addTransceiver("audio", { direction: "recvonly" });
    for (let place = 0; place < 1 + thumbs; place++) pc.addTransceiver("video", { direction: "recvonly" });
    this.lines = pc.getTransceivers();
    this.rids = camera.encodings.map(({ rid }) => rid ?? "");
    this.camera = new Encodings(pictures.sender);
    this.screen = new Encodings(screen.sender);
    pc.oniceconnectionstatechange = () => this.onIce(pc.iceConnectionState);
  }

  get iceState(): RTCIceConnectionState {
    return this.pc.iceConnectionState;
  }

  /** An offer for the first time, or for an ICE restart. Candidates are not waited for: the server needs none. */
  async offer(restart: boolean): Promise<string> {
    const offer = await this.pc.createOffer({ iceRestart: restart });
    await this.pc.setLocalDescription(offer);
    return offer.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    if (this.pc.signalingState === "have-local-offer") await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  /** For the next gathering, which is the next ICE restart: credentials of TURN live for minutes only. */
  lend(iceServers: RTCIceServer[]): void {
    this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers });
  }

  // --- what it sends ----------------------------------------------------------------------------------------------

  async attach(local: LocalMedia): Promise<void> {
    for (const device of ["microphone", "camera", "screen"] as const) {
      if (local[device] !== null) await this.put(device, local[device]);
    }
  }

  async put(device: DeviceKind, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.lines[LINES[device]]?.sender;
    if (sender === undefined || this.pc.signalingState === "closed") return;
    await sender.replaceTrack(track);
    if (device === "camera") this.knock();
  }

  /** The camera is new, or has its right anew: let the server see it, even if nobody watches yet. */
  knock(): void {
    window.clearTimeout(this.knocking);
    this.knocking = window.setTimeout(() => {
      this.knocking = undefined;
      this.tune();
    }, KNOCK_MS);
    this.tune();
  }

  /** Which encodings somebody watches. */
  watch(watched: Watched): void {
    this.watched = watched;
    this.tune();
  }

  /** Once, when connected. The encodings are left alone until it is done: a line that never sent tells no bandwidth. */
  prime(): void {
    const sender = this.lines[CAMERA]?.sender;
    if (this.primed !== null || sender === undefined) return;
    this.primed = prime(sender).catch(() => undefined); // closed meanwhile
    void this.primed.then(() => this.tune());
  }

  private tune(): void {
    const { watched } = this;
    if (watched === null || this.primed === null) return;
    void this.primed.then(() => {
      if (this.watched !== watched || this.pc.signalingState === "closed") return;
      const { width = 1280, height = 720 } = this.lines[CAMERA]?.sender.track?.getSettings() ?? {};
      const running = runningRids(this.rids, watched.camera, layersOf(width, height), this.knocking !== undefined);
      void this.camera.want(Object.fromEntries(this.rids.map((rid) => [rid, { active: running.includes(rid) }])));
      void this.screen.want({ "": watched.screen ? SCREEN_WATCHED : SCREEN_IDLE });
    });
  }

  // --- what it receives -------------------------------------------------------------------------------------------

  voices(): MediaStreamTrack[] {
    return this.lines.slice(FIRST_SLOT, BIG).map((line) => line.receiver.track);
  }

  /** The big picture, then the thumbs. */
  pictures(): MediaStreamTrack[] {
    return this.lines.slice(BIG).map((line) => line.receiver.track);
  }

  /** The publisher's number of the last packet in a slot, to confirm what the `slots` frame says. */
  sourceAt(index: number): number | null {
    return this.lines[index]?.receiver.getContributingSources()[0]?.source ?? null;
  }

  async stats(): Promise<MediaStats> {
    const rows: Record<string, unknown>[] = [];
    (await this.pc.getStats()).forEach((row: Record<string, unknown>) => rows.push(row));
    const names = this.lines.map((line): LineNames => ({ mid: line.mid, track: line.receiver.track.id }));
    return readStats(rows, names);
  }

  close(): void {
    window.clearTimeout(this.knocking);
    this.onIce = () => undefined;
    this.pc.oniceconnectionstatechange = null;
    this.pc.close();
  }
}
