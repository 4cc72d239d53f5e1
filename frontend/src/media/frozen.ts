/**
 * Finds slots whose decoder is dead: packets arrive, no picture comes out, and neither key frames nor the browser's own
 * freeze counter notice (`freezeCount` stays 0). Only a new connection revives them. Pure.
 *
 * A picture that stands still while packets are lost is another matter: a line too narrow or too bad, which a new
 * connection makes worse, for it knows nothing of the line.
 */
import type { SlotStats } from "./types";

const DEAD_AFTER_MS = 3000;
/** Fewer packets a second than this may be a screen that stands still. */
const PACKETS_PER_SECOND = 4;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 480_000;

interface Since {
  at: number;
  frames: number;
  packets: number;
  lost: number;
}

export class FrozenSlots {
  private readonly since = new Map<string, Since>();

  /** The names of slots that are dead at `now`. */
  look(slots: readonly SlotStats[], now: number): string[] {
    return slots.filter((slot) => isPicture(slot.slot) && this.isDead(slot, now)).map(({ slot }) => slot);
  }

  forget(): void {
    this.since.clear();
  }

  private isDead({ slot, framesDecoded, packetsReceived, packetsLost }: SlotStats, now: number): boolean {
    const since = this.since.get(slot);
    // A packet that was lost may be counted as received later: less is as good a sign of a bad line as more.
    const lives = since === undefined || framesDecoded !== since.frames || packetsReceived === since.packets;
    if (lives || packetsLost !== since.lost) {
      this.since.set(slot, { at: now, frames: framesDecoded, packets: packetsReceived, lost: packetsLost });
      return false;
    }
    const milliseconds = now - since.at;
    return milliseconds >= DEAD_AFTER_MS && packetsReceived - since.packets >= (milliseconds / 1000) * PACKETS_PER_SECOND;
  }
}

const isPicture = (slot: string): boolean => slot === "big" || slot.startsWith("t");

/** A cure that may be tried at once, and then less and less often. */
export class Cure {
  private notBefore = 0;
  private pause = FIRST_PAUSE_MS;

  /** True at most once per pause. */
  take(now: number): boolean {
    if (now < this.notBefore) return false;
    // Long ago: that was another trouble.
    if (now - this.notBefore > LONGEST_PAUSE_MS) this.pause = FIRST_PAUSE_MS;
    this.notBefore = now + this.pause;
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
    return true;
  }
}
