import { describe, expect, test } from "vitest";
import { tiling } from "./tiling";

const WALL = { width: 1000, height: 560 };
const PHONE = { width: 390, height: 500 };

describe("equal pictures", () => {
  test.each([
    [1, WALL, 1],
    [2, WALL, 2],
    [3, WALL, 2],
    [4, WALL, 2],
    [5, WALL, 3],
    [9, WALL, 3],
    [2, PHONE, 1],
    [4, PHONE, 1],
    [9, PHONE, 2],
  ])("%i of them in %o stand in %i columns", (count, place, columns) => {
    expect(tiling(count, place, 8).columns).toBe(columns);
  });

  test("never leave their place and are never stretched", () => {
    for (let count = 1; count <= 10; count++) {
      for (const place of [WALL, PHONE, { width: 300, height: 40 }, { width: 40, height: 900 }]) {
        const { columns, width, height } = tiling(count, place, 8);
        const rows = Math.ceil(count / columns);
        expect(columns * width + (columns - 1) * 8).toBeLessThanOrEqual(place.width);
        expect(rows * height + (rows - 1) * 8).toBeLessThanOrEqual(place.height);
        expect(Math.abs(height - (width * 9) / 16)).toBeLessThanOrEqual(1);
      }
    }
  });

  test("are not there before there is a place, and nobody is no picture", () => {
    expect(tiling(3, { width: 0, height: 0 }, 8)).toEqual({ columns: 1, width: 0, height: 0 });
    expect(tiling(0, WALL, 8).width).toBe(0);
  });
});
