/**
 * How a camera is sent: h, m and l at once, so that the server can choose for each viewer. Pure.
 *
 * The order is part of it: of a small picture browsers send only the first entries of the list, so the largest is first.
 */

export interface Machine {
  /** CSS pixels of the window. */
  width: number;
  cores: number;
  /** GiB, where the browser tells. */
  memory: number | null;
  /** Sends several layers of one camera. */
  simulcast: boolean;
}

export interface CameraPlan {
  width: number;
  height: number;
  encodings: RTCRtpEncodingParameters[];
}

const PHONE = 720;

/** Has enough to do with showing the others. */
export const isSlow = ({ cores, memory }: Pick<Machine, "cores" | "memory">): boolean =>
  cores < 2 || (memory !== null && memory <= 2);

export function cameraPlan(machine: Machine): CameraPlan {
  const small = { width: 640, height: 360 };
  // One layer for all viewers: in between, for nobody can be given less.
  if (!machine.simulcast) return { ...small, encodings: [{ rid: "h", maxBitrate: 600_000 }] };
  const scaled = (h: number, m: number, l: number): RTCRtpEncodingParameters[] => [
    { rid: "h", maxBitrate: h, scaleResolutionDownBy: 1 },
    { rid: "m", maxBitrate: m, scaleResolutionDownBy: 2 },
    { rid: "l", maxBitrate: l, scaleResolutionDownBy: 4 },
  ];
  if (machine.width < PHONE || isSlow(machine)) return { ...small, encodings: scaled(600_000, 200_000, 100_000) };
  return { width: 1280, height: 720, encodings: scaled(1_200_000, 400_000, 120_000) };
}

/** Of this many entries browsers really send the first ones (measured in Chromium 156). */
export function layersOf(width: number, height: number): number {
  const area = width * height;
  if (area >= 960 * 540) return 3;
  return area >= 480 * 270 ? 2 : 1;
}

/**
 * Which encodings run: everything while nobody has said, nothing when nobody watches; else what is watched and the
 * smallest. A single running one Chromium shrinks as it likes (720 to 180 lines at the start, and slowly back); with a
 * second beside it sizes stay, and on a narrow uplink the smallest goes on when the others stop.
 *
 * `knocks`: the server has to see some packets of a camera that was switched on or got its right just now.
 */
export function runningRids(rids: readonly string[], watched: readonly string[] | null, sent: number, knocks: boolean): string[] {
  if (watched === null) return [...rids];
  if (watched.length === 0 && !knocks) return [];
  const possible = rids.slice(0, Math.max(1, sent));
  return possible.filter((rid, place) => watched.includes(rid) || place === possible.length - 1);
}

export function thisMachine(): Machine {
  const { hardwareConcurrency, deviceMemory, userAgent } = navigator as Navigator & { deviceMemory?: number };
  return {
    width: window.innerWidth,
    cores: hardwareConcurrency || 2,
    memory: deviceMemory ?? null,
    // Firefox could, but only two of its layers were ever tried with our server: one, until three are.
    simulcast: !/Firefox\//.test(userAgent),
  };
}
