import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Handover } from "./handover";
import { NO_STATS } from "./stats";
import type { MediaStats } from "./types";

let frames: number;
let told: string[];
const next = {
  stats: (): Promise<MediaStats> =>
    Promise.resolve({
      ...NO_STATS,
      slots: [{ slot: "big", framesDecoded: frames, framesPerSecond: 0, packetsLost: 0, freezes: 0, packetsReceived: 0, bytesReceived: 0, energy: 0 }],
    }),
};
const begin = () => new Handover(next, () => told.push("done"), () => told.push("failed"));

beforeEach(() => {
  vi.useFakeTimers();
  frames = 0;
  told = [];
});
afterEach(() => vi.useRealTimers());

it("the new connection takes over with its first picture", async () => {
  const handover = begin();
  handover.onIce("checking");
  await vi.advanceTimersByTimeAsync(1000);
  handover.onIce("connected");
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([]);
  frames = 1;
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual(["done"]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual(["done"]);
});

it("where there are no pictures, three seconds of being connected are enough", async () => {
  begin().onIce("connected");
  await vi.advanceTimersByTimeAsync(2900);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(told).toEqual(["done"]);
});

it.each([
  ["that fails", (handover: Handover<typeof next>) => handover.onIce("failed"), 0],
  ["that never connects", () => undefined, 8000],
])("a connection %s is given up", async (_, happens, after) => {
  happens(begin());
  await vi.advanceTimersByTimeAsync(after);
  expect(told).toEqual(["failed"]);
});

it("one that nobody wants any more says nothing", async () => {
  const handover = begin();
  handover.onIce("connected");
  handover.stop();
  frames = 5;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual([]);
});
