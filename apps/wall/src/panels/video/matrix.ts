/** How tiles stand in a box: equal cells, the first tile `focus` cells wide and high (1: as the others). */
export interface Matrix {
  columns: number;
  rows: number;
  focus: number;
  /** cells nobody stands in, at the end */
  free: number;
  /** px of one cell */
  width: number;
  height: number;
}

const ASPECT = 16 / 9;

/**
 * The arrangement in which pictures of 16:9 cover most of the box.
 * @param tiles at least 1
 * @param focus whether one of them is larger
 */
export function matrixOf(tiles: number, width: number, height: number, gap: number, focus: boolean): Matrix {
  let best: Matrix = { columns: 1, rows: Math.max(1, tiles), focus: 1, free: 0, width: 0, height: 0 };
  let most = -1;
  for (const span of focus && tiles > 3 ? [2, 3] : [1]) {
    const cells = tiles - 1 + span * span;
    for (let columns = span; columns <= cells; columns++) {
      const rows = Math.max(span, Math.ceil(cells / columns));
      const wide = (width - gap * (columns - 1)) / columns;
      const high = (height - gap * (rows - 1)) / rows;
      const w = Math.min(wide, high * ASPECT);
      const covered = (w * w * cells) / ASPECT;
      if (w <= 0 || covered <= most) continue;
      most = covered;
      best = { columns, rows, focus: span, free: columns * rows - cells, width: w, height: w / ASPECT };
    }
  }
  return best;
}
