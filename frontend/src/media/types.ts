/** The words of the media engine. Above this folder nobody knows which engine runs, or what SDP is. */

export type MediaState = "idle" | "connecting" | "connected" | "reconnecting" | "failed";

/** Why the state is what it is, when a person should know. */
export type MediaReason = "moved" | "unavailable" | "network" | null;

export type DeviceKind = "microphone" | "camera" | "screen";

export type DeviceErrorCode =
  | "PERMISSION_DENIED"
  | "DEVICE_NOT_FOUND"
  | "DEVICE_BUSY"
  | "INSECURE_CONTEXT"
  | "UNSUPPORTED";

export interface DeviceError {
  device: DeviceKind;
  code: DeviceErrorCode;
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
  /** Sound only. */
  energy: number;
}

export interface MediaStats {
  rttMs: number | null;
  sentBytes: number;
  receivedBytes: number;
  slots: SlotStats[];
}

export interface MediaEvents {
  state: { state: MediaState; reason: MediaReason };
  slots: SlotTable;
  rights: MediaRights;
  local: LocalMedia;
  /** The browser plays no sound before the person touches the page: call `resumeSound()` from a click. */
  "needs-gesture": undefined;
  "device-error": DeviceError;
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
  join(): Promise<void>;
  leave(): void;
  setMicrophone(on: boolean, deviceId?: string): Promise<void>;
  setCamera(on: boolean, deviceId?: string): Promise<void>;
  setScreen(on: boolean): Promise<void>;
  setSpeaker(deviceId: string): Promise<void>;
  /** How many small pictures the page shows; nothing else is sent. */
  setThumbs(count: number): void;
  /** For `<video>.srcObject`: the same object for the life of the engine, whoever is in the slot. */
  stream(slot: VideoSlot): MediaStream;
  resumeSound(): Promise<void>;
  on<Name extends keyof MediaEvents>(event: Name, listener: (value: MediaEvents[Name]) => void): () => void;
  stats(): Promise<MediaStats>;
}
