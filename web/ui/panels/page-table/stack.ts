// An address space as a stack of boxes: what stands where, how high it is, and what is
// left out. Highest address first, as the books draw it.

import type { Addr, Region } from 'orrery-wasm';
import { isSame, type Compared } from '../changes.ts';
import { pageNumber } from './address.ts';

/** One thing in the stack. */
export type Storey =
  | { kind: 'region'; region: Compared<Region>; height: number }
  /** Nothing is mapped here. */
  | { kind: 'gap'; end: Addr; pages: number }
  /** Many of the same sort, unchanged, drawn as one; `key` names them. */
  | { kind: 'fold'; key: Addr; end: Addr; regions: Compared<Region>[] };

/** What numbers one of many: `kernel stack` is a name, ` of pid 3` is not. */
export const NUMBERED = /(?: of)? (?:pid|slot) \d+$/;
/** So many of a sort are worth folding, counting what stands between them. */
const FOLD_FROM = 6;
/** The lowest box, for two lines of text, and the highest, in pixels. */
const LOWEST = 44;
const HIGHEST = 120;

/** The stack of `regions`, which are in order of address; folds named in `unfolded` are open. */
export function storeys(regions: readonly Compared<Region>[], unfolded: ReadonlySet<Addr>): Storey[] {
  const stack: Storey[] = [];
  let end: Addr | undefined;
  const put = (storey: Storey, from: Addr, to: Addr) => {
    const free = pages(end ?? from, from);
    if (free > 0) stack.push({ kind: 'gap', end: from, pages: free });
    stack.push(storey);
    end = to;
  };
  for (let n = 0; n < regions.length;) {
    const alike = regions.slice(n, n + alikeFrom(regions, n));
    const [first, last] = [alike[0]?.item, alike.at(-1)?.item];
    if (alike.length >= FOLD_FROM && first && last && !unfolded.has(first.start)) {
      put({ kind: 'fold', key: first.start, end: last.end, regions: alike }, first.start, last.end);
    } else {
      for (const region of alike) put({ kind: 'region', region, height: heightOf(region.item.pages) }, region.item.start, region.item.end);
    }
    n += alike.length;
  }
  return stack.reverse();
}

/** Twice the pages, a little higher: from one page to many millions on one screen. */
export function heightOf(pages: number): number {
  return Math.round(Math.min(HIGHEST, LOWEST + 8 * Math.log2(Math.max(1, pages))));
}

/** `pages` of 4 KiB as an amount of memory. */
export function amount(pages: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = pages * 4;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))} ${units[unit] ?? ''}`;
}

/** How many pages lie from `from` to `to`. */
function pages(from: Addr, to: Addr): number {
  return pageNumber(to) - pageNumber(from);
}

/** How many from `n` on repeat the first, or the first two in turn. */
function alikeFrom(regions: readonly Compared<Region>[], n: number): number {
  let longest = 1;
  for (const period of [1, 2]) {
    let length = period;
    while (isAlike(regions[n + length], regions[n + length - period]) && isSpacedAs(regions, n + length, n + length - period)) length += 1;
    if (length > period) longest = Math.max(longest, length);
  }
  return longest;
}

function isAlike(a: Compared<Region> | undefined, b: Compared<Region> | undefined): boolean {
  return a !== undefined && b !== undefined && a.change === 'same' && b.change === 'same' && isSame(sort(a.item), sort(b.item));
}

/** Whether what comes before region `a` is as far from it as from `b`, the first of which has nothing before it that counts. */
function isSpacedAs(regions: readonly Compared<Region>[], a: number, b: number): boolean {
  const space = (at: number) => pages(regions[at - 1]?.item.end ?? '0x0', regions[at]?.item.start ?? '0x0');
  return space(a) === (a - b === 1 ? space(b + 1) : 0);
}

/** What a region has in common with others of its sort: all but its number and its place. */
function sort({ kind, name, pages, flags }: Region): unknown {
  return [kind, name?.replace(NUMBERED, ''), pages, flags.filter((flag) => flag !== 'A' && flag !== 'D')];
}
