/** Equal pictures on a table: how many in a row, so that they are as large as the place allows. Pure. */

export interface Tiling {
  columns: number;
  /** Of one picture, in whole CSS pixels; 16:9. */
  width: number;
  height: number;
}

const RATIO = 16 / 9;

/** `gap` is between pictures, in CSS pixels. Of two ways that give the same size, the one with fewer columns. */
export function tiling(count: number, place: { width: number; height: number }, gap: number): Tiling {
  let best: Tiling = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (place.width - gap * (columns - 1)) / columns;
    const down = (place.height - gap * (rows - 1)) / rows;
    const width = Math.max(0, Math.floor(Math.min(across, down * RATIO)));
    if (width > best.width) best = { columns, width, height: Math.floor(width / RATIO) };
  }
  return best;
}
