/**
 * From counters to rates. Pure.
 *
 * The mirror numbers what it gives back without holes, so what is lost on the way down shows as holes, and all that did
 * not come up is what is then still missing: both directions from one browser's counters.
 */
import type { Measured } from "./findings";

export interface Sample {
  /** Milliseconds. */
  at: number;
  sentPackets: number;
  sentBytes: number;
  gotPackets: number;
  gotBytes: number;
  lost: number;
  rttMs: number | null;
  /** What the browser believes the line takes, in kbit/s. */
  room: number | null;
}

/** The first seconds are the sender's warming up. */
const WARM_UP_MS = 2500;
/** Packets on their way at the two ends of the window are no loss. */
const NOISE = 0.01;
/** The sender stays a little below what it believes; half of it is another matter. */
const IDLE_SHARE = 0.6;

export function measure(samples: readonly Sample[]): Measured | null {
  const first = samples[0];
  const last = samples[samples.length - 1];
  if (!first || !last) return null;
  const start = samples.find(({ at }) => at - first.at >= WARM_UP_MS) ?? first;
  const seconds = (last.at - start.at) / 1000;
  const sent = last.sentPackets - start.sentPackets;
  const got = last.gotPackets - start.gotPackets;
  const lost = Math.max(0, last.lost - start.lost);
  if (seconds <= 0 || sent <= 0) return null;
  const arrived = Math.min(1, (got + lost) / sent);
  const upKbps = Math.round((((last.sentBytes - start.sentBytes) * 8) / 1000 / seconds) * arrived);
  const room = median(known(samples.filter(({ at }) => at >= start.at).map((sample) => sample.room)));
  return {
    upKbps,
    downKbps: Math.round(((last.gotBytes - start.gotBytes) * 8) / 1000 / seconds),
    lossUp: quiet(1 - arrived),
    lossDown: quiet(got + lost > 0 ? lost / (got + lost) : 0),
    rttMs: median(known(samples.map(({ rttMs }) => rttMs))),
    slowDevice: room !== null && upKbps < room * IDLE_SHARE && quiet(1 - arrived) === 0,
  };
}

const known = (values: (number | null)[]): number[] => values.filter((each): each is number => each !== null);

const quiet = (share: number): number => (share < NOISE ? 0 : share);

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : Math.round(middle);
}
