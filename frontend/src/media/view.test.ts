import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { View } from "./types";
import { devicePixels, ViewTeller } from "./view";

const VIEW: View = { big: 720, thumbs: 9, thumb: 168, page: 0 };

describe("the view", () => {
  let said: View[];
  let line: boolean;
  let teller: ViewTeller;
  beforeEach(() => {
    vi.useFakeTimers();
    said = [];
    line = true;
    teller = new ViewTeller((view) => {
      if (line) said.push(view);
      return line;
    });
  });
  afterEach(() => vi.useRealTimers());
  const rest = () => vi.advanceTimersByTime(100);

  it("is told when it rests", () => {
    for (const big of [700, 710, 720]) {
      teller.set({ ...VIEW, big });
      vi.advanceTimersByTime(60);
    }
    expect(said).toEqual([]);
    rest();
    expect(said).toEqual([VIEW]);
  });

  it("is not told twice, but to a new listener", () => {
    teller.set(VIEW);
    rest();
    teller.set({ ...VIEW });
    rest();
    expect(said).toHaveLength(1);
    teller.again();
    expect(said).toEqual([VIEW, VIEW]);
  });

  it("of a hidden page is nothing, at once, and comes back at once", () => {
    teller.set(VIEW);
    rest();
    teller.hide(true);
    teller.hide(false);
    expect(said.slice(1)).toEqual([{ big: 0, thumbs: 0, thumb: 0, page: 0 }, VIEW]);
  });

  it("of a page that was never shown is not told", () => {
    teller.hide(true);
    teller.again();
    expect(said).toEqual([]);
  });

  it("that found no line is told with the next one", () => {
    line = false;
    teller.set(VIEW);
    rest();
    line = true;
    teller.again();
    expect(said).toEqual([VIEW]);
  });
});

it.each([
  [84, 2, 168],
  [84, 0.5, 84],
  [720.4, 1, 720],
  [9000, 3, 4320],
])("%d CSS pixels at %d are %d of the device", (height, ratio, pixels) => {
  expect(devicePixels(height, ratio)).toBe(pixels);
});
