/** What a device's button says: the device is mine to switch on, being heard is the meeting's to grant. Pure. */
export type Tone = "off" | "ready" | "on" | "call";

export interface DeviceWords {
  tone: Tone;
  /** The last part of the words' key: `room.microphone.<state>`. */
  state: "closed" | "off" | "ready" | "on" | "muted" | "call";
}

export interface DeviceFacts {
  on: boolean;
  /** The server lets it through. */
  right: boolean;
  /** Shut by the staff. */
  muted?: boolean;
  /** I have the floor: it should be on. */
  turn?: boolean;
}

export function deviceWords({ on, right, muted, turn }: DeviceFacts): DeviceWords {
  if (muted) return { tone: "off", state: "muted" };
  if (on && right) return { tone: "on", state: "on" };
  if (on) return { tone: "ready", state: "ready" };
  if (right && turn) return { tone: "call", state: "call" };
  return { tone: "off", state: right ? "closed" : "off" };
}
