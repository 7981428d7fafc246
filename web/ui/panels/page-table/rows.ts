// The rows of the tree: which entries have one, at which depth, and which many share one.
// A large program has thousands of pages, in frames that do not follow each other.

import type { Entry } from 'orrery-wasm';
import type { Change } from '../changes.ts';
import { isTable, type EntryChange } from './changes.ts';
import { NUMBERED } from './stack.ts';

/** A row of the tree. */
export interface Row {
  key: string;
  depth: number;
  /** A table, a run of leaves, or many of those that differ in nothing but where they are. */
  kind: 'table' | 'leaf' | 'fold';
  /** The entry; of a fold, its first. */
  item: Entry;
  before: Entry | undefined;
  change: Change;
  /** Whether what is below it is shown; of a leaf, `undefined`. */
  isOpen: boolean | undefined;
  /** How many are below it: of a table, entries in use; of a fold, names. */
  n: number;
  /** 4 KiB pages it maps. */
  pages: number;
  isLit: boolean;
}

/** What the rows depend on besides the entries. */
export interface RowsAround {
  /** Keys of tables that are closed, and of folds that are open. */
  toggled: ReadonlySet<string>;
  /** Whether an entry leads to, or is, what is chosen. */
  isLit(entry: Entry): boolean;
}

/** So many leaves of a sort share a row: of those that are numbered, as kernel stacks are, and of others. */
const FOLD_NUMBERED_FROM = 8;
const FOLD_FROM = 24;
/** No more are drawn, whatever a damaged table holds. */
const MOST_ROWS = 800;

/** The rows of a tree; the last may be missing if there are too many. */
export function rowsOf(entries: readonly EntryChange[], around: RowsAround): { rows: Row[]; isCut: boolean } {
  const rows = below(entries, around, 0);
  return { rows: rows.slice(0, MOST_ROWS), isCut: rows.length > MOST_ROWS };
}

function below(entries: readonly EntryChange[], around: RowsAround, depth: number): Row[] {
  const sorts = entries.map(sortOf);
  const rows: Row[] = [];
  for (let n = 0; n < entries.length;) {
    let end = n + 1;
    while (sorts[n] !== undefined && sorts[end] === sorts[n]) end += 1;
    const alike = entries.slice(n, end);
    rows.push(...(alike.length >= foldFrom(alike[0]) ? folded(alike, around, depth) : alike.flatMap((entry) => single(entry, around, depth))));
    n = end;
  }
  return rows;
}

function single({ item, before, change, children }: EntryChange, around: RowsAround, depth: number): Row[] {
  const key = `${item.level} ${item.va}${change === 'gone' ? ' gone' : ''}`;
  const row = { key, depth, item, before, change, pages: item.count * 512 ** item.level, isLit: around.isLit(item) };
  if (!isTable(item)) return [{ ...row, kind: 'leaf', isOpen: undefined, n: item.count }];
  const isOpen = !around.toggled.has(key);
  const n = children.filter((child) => child.change !== 'gone').reduce((sum, child) => sum + child.item.count, 0);
  return [{ ...row, kind: 'table', isOpen, n }, ...(isOpen ? below(children, around, depth + 1) : [])];
}

/** One row for many, and below it all of them or, if it is closed, those that are chosen. */
function folded(alike: readonly EntryChange[], around: RowsAround, depth: number): Row[] {
  const leaves = alike.flatMap((entry) => single(entry, around, depth + 1));
  const [first] = leaves;
  if (first === undefined) return [];
  const key = `alike ${first.key}`;
  const isOpen = around.toggled.has(key);
  const pages = leaves.reduce((sum, leaf) => sum + leaf.pages, 0);
  // What has a name of its own may be in several runs.
  const n = new Set(leaves.map(({ item }) => item.name ?? item.va)).size;
  return [{ ...first, key, depth, kind: 'fold', isOpen, n, pages, isLit: false }, ...leaves.filter(({ isLit }) => isOpen || isLit)];
}

/** What a leaf has in common with others of its sort: all but its place, its frame and its number. */
function sortOf({ item, before, change }: EntryChange): string | undefined {
  if (isTable(item)) return undefined;
  const told = ({ flags, shared_with: who }: Entry) => `${flags.join()} ${who.map(({ pid }) => pid).join()}`;
  const isMoved = before !== undefined && before.pa !== item.pa;
  return [change, item.flaw ?? '', item.name?.replace(NUMBERED, '') ?? '', told(item), before ? told(before) : '', isMoved].join('|');
}

function foldFrom(entry: EntryChange | undefined): number {
  return entry?.item.name !== undefined && NUMBERED.test(entry.item.name) ? FOLD_NUMBERED_FROM : FOLD_FROM;
}
