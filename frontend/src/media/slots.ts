/** Slots by order: which m-line is which slot, and what a `slots` frame says. Pure. */
import type { MediaRights, SlotTable } from "./types";

export const MICROPHONE = 0;
export const CAMERA = 1;
export const SCREEN = 2;
export const FIRST_SLOT = 3;
export const AUDIO_SLOTS = 3;
export const BIG = FIRST_SLOT + AUDIO_SLOTS;
export const FIRST_THUMB = BIG + 1;

export const NO_SLOTS: SlotTable = { audio: [null, null, null], big: null, screen: false, thumbs: [], pages: 1 };
export const NO_RIGHTS: MediaRights = { audio: false, camera: false, screen: false };

/** Nine small pictures on a desk, four on a phone. */
export function thumbsFor(width: number): number {
  return width < 720 ? 4 : 9;
}

/** The name of the slot on m-line `index`, or null for lines that send. */
export function slotAt(index: number): string | null {
  if (index < FIRST_SLOT) return null;
  if (index < BIG) return `a${index - FIRST_SLOT}`;
  return index === BIG ? "big" : `t${index - FIRST_THUMB}`;
}

/** Read the `slots` of a frame; what is not there is nobody. */
export function readSlots(words: unknown, thumbs: number, pages: unknown = 1): SlotTable {
  const said = (typeof words === "object" && words !== null ? words : {}) as Record<string, unknown>;
  const name = (slot: string): string | null => {
    const value = said[slot];
    return typeof value === "string" ? value : null;
  };
  return {
    audio: Array.from({ length: AUDIO_SLOTS }, (_, place) => name(`a${place}`)),
    big: name("big"),
    screen: said.screen === true,
    thumbs: Array.from({ length: thumbs }, (_, place) => name(`t${place}`)),
    pages: typeof pages === "number" && pages >= 1 ? Math.floor(pages) : 1,
  };
}

/** The encodings that somebody watches: `camera` by rid. */
export interface Watched {
  camera: readonly string[];
  screen: boolean;
}

export function readWatched(frame: Record<string, unknown>): Watched {
  const rids: unknown[] = Array.isArray(frame.camera) ? frame.camera : [];
  return { camera: rids.filter((rid): rid is string => typeof rid === "string"), screen: frame.screen === true };
}

export function readRights(frame: Record<string, unknown>): MediaRights {
  return { audio: frame.audio === true, camera: frame.camera === true, screen: frame.screen === true };
}
