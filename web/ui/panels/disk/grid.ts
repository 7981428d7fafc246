// Runs of blocks on a grid.

import type { BlockRole, BlockRun } from 'orrery-wasm';

/** A rectangle of cells. */
export interface CellRect {
  column: number;
  row: number;
  columns: number;
  rows: number;
}

/** The blocks `first` to `first + count` on a grid `width` wide: the rest of a row, whole rows, the start of a row. */
export function rects(first: number, count: number, width: number): CellRect[] {
  const end = first + count;
  const at = (from: number, columns: number, rows: number): CellRect[] =>
    columns <= 0 || rows <= 0 ? [] : [{ column: from % width, row: Math.floor(from / width), columns, rows }];
  const rowEnd = Math.min(end, Math.ceil(first / width) * width);
  const wholeRows = Math.floor((end - rowEnd) / width);
  const rest = rowEnd + wholeRows * width;
  return [...at(first, rowEnd - first, 1), ...at(rowEnd, width, wholeRows), ...at(rest, end - rest, 1)];
}

/** What `block` is for. */
export function roleOf(runs: readonly BlockRun[], block: number): BlockRole {
  return runs.find(({ first, count }) => first <= block && block < first + count)?.role ?? 'unused';
}
