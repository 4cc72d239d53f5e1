import { expect, it, vi } from "vitest";
import { useSwipe } from "./swipe";

const touch = (x: number, y: number, at: number, fingers = 1) => {
  const finger = { clientX: x, clientY: y };
  return { touches: Array.from({ length: fingers }, () => finger), changedTouches: [finger], timeStamp: at } as unknown as TouchEvent;
};

it.each([
  ["to the left turns on", [300, 200], [100, 210], 200, 1],
  ["to the right turns back", [100, 200], [300, 190], 200, -1],
  ["that is short does nothing", [100, 200], [130, 200], 100, null],
  ["that is steep scrolls", [100, 200], [160, 400], 100, null],
  ["that is slow reads along", [300, 200], [100, 200], 900, null],
])("a stroke %s", (_, [x1 = 0, y1 = 0], [x2 = 0, y2 = 0], took, step) => {
  const turn = vi.fn();
  const swipe = useSwipe(turn);
  swipe.start(touch(x1, y1, 0));
  swipe.end(touch(x2, y2, took));
  expect(turn.mock.calls).toEqual(step === null ? [] : [[step]]);
});

it("two fingers zoom", () => {
  const turn = vi.fn();
  const swipe = useSwipe(turn);
  swipe.start(touch(300, 200, 0, 2));
  swipe.end(touch(100, 200, 100));
  expect(turn).not.toHaveBeenCalled();
});
