/** The words of the media engine. Above this folder nobody knows which engine runs, or what SDP is. */

export type MediaState = "idle" | "connecting" | "connected" | "reconnecting" | "failed";

/** Why the state is what it is, when a person should know. */
export type MediaReason = "moved" | "unavailable" | "network" | "ended" | null;

export type DeviceKind = "microphone" | "camera" | "screen";

/** Why a device cannot be opened. */
export type DeviceErrorCode =
  | "PERMISSION_DENIED"
  | "PERMISSION_DISMISSED"
  | "DENIED_BY_SYSTEM"
  | "DEVICE_NOT_FOUND"
  | "DEVICE_BUSY"
  | "INSECURE_CONTEXT"
  | "UNSUPPORTED";

/** What is wrong with a device of mine until it is mended. */
export type DeviceTrouble = DeviceErrorCode | "UNPLUGGED" | "MUTED" | "SILENT";

export type Troubles = Readonly<Record<DeviceKind, DeviceTrouble | null>>;

/** What happened to devices and needs no answer: another one took over, a new one is there. */
export interface DeviceNews {
  device: "microphone" | "camera" | "speaker";
  code: "SWITCHED" | "PLUGGED";
  label: string;
}

/** What the meeting lets me send. The server enforces it; the engine only spares the uplink. */
export interface MediaRights {
  audio: boolean;
  camera: boolean;
  screen: boolean;
}

/** Who is where: participant or venue ids. */
export interface SlotTable {
  audio: readonly (string | null)[];
  big: string | null;
  /** `big` carries a shared screen, not a camera. */
  screen: boolean;
  thumbs: readonly (string | null)[];
  /** How many pages of small pictures there are. */
  pages: number;
}

/** What the page shows now: heights in device pixels, 0 for what is not shown. `page` of the small pictures is from 0. */
export interface View {
  big: number;
  thumbs: number;
  thumb: number;
  page: number;
}

export type QualityLevel = "good" | "fair" | "poor";

export type QualityReason =
  | "none"
  | "interrupted"
  | "downlink_loss"
  | "downlink_bandwidth"
  | "uplink_loss"
  | "uplink_bandwidth"
  | "uplink_silent"
  | "delay"
  | "freezes"
  | "cpu";

export interface Quality {
  level: QualityLevel;
  reason: QualityReason;
  /** Not even small pictures fit: sound goes on alone. */
  audioOnly: boolean;
}

/** The figures behind a quality, over the last seconds. */
export interface Figures {
  rttMs: number | null;
  kbpsUp: number;
  kbpsDown: number;
  /** Of the packets, 0 to 1. */
  lossDown: number;
  lossUp: number | null;
}

export type VideoSlot = "big" | `t${number}`;

/** What I send now. `null` is off. */
export interface LocalMedia {
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
}

export interface SlotStats {
  slot: string;
  framesDecoded: number;
  framesPerSecond: number;
  packetsLost: number;
  freezes: number;
  packetsReceived: number;
  bytesReceived: number;
  /** Sound only. */
  energy: number;
}

export interface MediaStats {
  rttMs: number | null;
  sentBytes: number;
  receivedBytes: number;
  /** Of what we send, as the server reports it, 0 to 1. */
  lossUp: number | null;
  /** What limits our pictures, as the browser sees it. */
  limitedBy: string;
  /** How loud our microphone is, 0 to 1; null where the browser does not tell. */
  loudness: number | null;
  slots: SlotStats[];
}

export interface MediaEvents {
  state: { state: MediaState; reason: MediaReason };
  slots: SlotTable;
  rights: MediaRights;
  local: LocalMedia;
  /** The browser plays no sound before the person touches the page: call `resumeSound()` from a click. */
  "needs-gesture": undefined;
  troubles: Troubles;
  "device-news": DeviceNews;
  /** Null while nothing can be said. */
  quality: Quality | null;
  /** The server ended our media for good; `state` is `failed`. */
  ended: { reason: string };
}

/** The line to the server: frames `media`, without their `t`. `send` says false when there is no line. */
export interface MediaLine {
  send(frame: { op: string } & Record<string, unknown>): boolean | void;
  onFrame(listener: (frame: { op: string } & Record<string, unknown>) => void): () => void;
  /** The line is back (or there already): media is announced again. */
  onWelcome?(listener: () => void): () => void;
}

export interface MediaEngine {
  readonly state: MediaState;
  readonly slots: SlotTable;
  readonly rights: MediaRights;
  readonly local: LocalMedia;
  readonly troubles: Troubles;
  readonly quality: Quality | null;
  readonly figures: Figures;
  join(): Promise<void>;
  leave(): void;
  setMicrophone(on: boolean, deviceId?: string): Promise<void>;
  setCamera(on: boolean, deviceId?: string): Promise<void>;
  setScreen(on: boolean): Promise<void>;
  setSpeaker(deviceId: string): Promise<void>;
  /** What the page shows and how large; nothing else is sent. */
  setView(view: View): void;
  /** For `<video>.srcObject`: the same object for the life of the engine, whoever is in the slot. */
  stream(slot: VideoSlot): MediaStream;
  resumeSound(): Promise<void>;
  on<Name extends keyof MediaEvents>(event: Name, listener: (value: MediaEvents[Name]) => void): () => void;
  stats(): Promise<MediaStats>;
}
