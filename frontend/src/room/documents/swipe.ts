/** Turning with a finger: a quick, mostly horizontal stroke. A slow or steep one is scrolling or reading along. */
const FAR = 48;
const QUICK_MS = 600;

export function useSwipe(turn: (step: 1 | -1) => void) {
  let from: { x: number; y: number; at: number } | null = null;
  return {
    start: ({ touches, timeStamp }: TouchEvent) => {
      const [finger] = touches;
      from = finger && touches.length === 1 ? { x: finger.clientX, y: finger.clientY, at: timeStamp } : null;
    },
    end: ({ changedTouches, timeStamp }: TouchEvent) => {
      const [finger] = changedTouches;
      if (!from || !finger) return;
      const [across, down] = [finger.clientX - from.x, finger.clientY - from.y];
      if (timeStamp - from.at < QUICK_MS && Math.abs(across) > FAR && Math.abs(across) > 2 * Math.abs(down)) {
        turn(across < 0 ? 1 : -1);
      }
      from = null;
    },
  };
}
