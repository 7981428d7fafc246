// What became of a page table since the last stop. The view joins neighbouring leaves to
// runs, and a run that was one may be three now, so runs are compared piece by piece.

import type { Entry, Flag, ProcessRef, Region } from 'orrery-wasm';
import { isSame, type Change, type Compared } from '../changes.ts';
import { atOffset, pageNumber } from './address.ts';

/** Whether an entry leads to a table: valid, and neither R nor W nor X. */
export function isTable({ flags, flaw }: Entry): boolean {
  return flaw === undefined && flags.includes('V') && !flags.some((flag) => flag === 'R' || flag === 'W' || flag === 'X');
}

/** An entry, or the part of a run that had one fate, and what became of it. */
export interface EntryChange extends Compared<Entry> {
  children: EntryChange[];
}

/** The entries of one table, what is gone included, in order of index. */
export function compareEntries(before: readonly Entry[] | undefined, now: readonly Entry[]): EntryChange[] {
  if (before === undefined) {
    return now.map((item) => ({ item, before: item, change: 'same', children: compareEntries(undefined, item.children) }));
  }
  const pieces: EntryChange[] = [];
  const [wasAt, isAt] = [byIndex(before), byIndex(now)];
  for (const [from, to] of stretches([...before, ...now])) {
    const was = wasAt.get(from);
    const is = isAt.get(from);
    for (const piece of fates(was && part(was, from, to), is && part(is, from, to))) {
      const last = pieces.at(-1);
      const joined = last && joinable(last, piece) ? join(last, piece) : undefined;
      if (joined) pieces[pieces.length - 1] = joined;
      else pieces.push(piece);
    }
  }
  return pieces;
}

/** What can become of a flag. */
export type FlagFate = 'set' | 'clear' | 'added' | 'removed';

/** Every flag of `known` and what became of it. */
export function compareFlags(before: readonly Flag[], now: readonly Flag[], known: readonly Flag[]): { flag: Flag; fate: FlagFate }[] {
  return known.map((flag) => {
    const was = before.includes(flag);
    const is = now.includes(flag);
    return { flag, fate: is ? (was ? 'set' : 'added') : was ? 'removed' : 'clear' };
  });
}

/** The regions of an address space, what is gone included. Both are in order of address, and so is the answer. */
export function compareRegions(before: readonly Region[] | undefined, now: readonly Region[]): Compared<Region>[] {
  if (before === undefined) return now.map((item) => ({ item, before: item, change: 'same' }));
  const [olds, items] = [before.map(spanOf), now.map(spanOf)];
  const here = items.map((span): Compared<Region> => {
    const item = span.region;
    const there = overlapping(olds, span);
    const old = there.find(({ region }) => region.start === item.start && isOneThing(region, item)) ?? there[0];
    if (old === undefined) return { item, before: undefined, change: 'new' };
    const was = isSplit(old, items) ? clipped(old.region, item) : old.region;
    return { item, before: was, change: isSameRegion(was, item) ? 'same' : 'changed' };
  });
  const gone = olds
    .filter((old) => overlapping(items, old).length === 0)
    .map(({ region }): Compared<Region> => ({ item: region, before: region, change: 'gone' }));
  if (gone.length === 0) return here;
  return [...here, ...gone].sort((a, b) => pageNumber(a.item.start) - pageNumber(b.item.start));
}

/** A region and its pages `[from, to)`, as numbers. */
interface Span {
  region: Region;
  from: number;
  to: number;
}

function spanOf(region: Region): Span {
  return { region, from: pageNumber(region.start), to: pageNumber(region.start) + region.pages };
}

/** Those of `spans`, which are in order, that have pages in common with `other`. */
function overlapping(spans: readonly Span[], other: Span): Span[] {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? 0) <= other.from) low = middle + 1;
    else high = middle;
  }
  const found: Span[] = [];
  for (let span = spans[low]; span !== undefined && span.from < other.to; span = spans[low]) {
    found.push(span);
    low += 1;
  }
  return found;
}

/** Whether all of `old` is still the same thing, in however many regions. */
function isSplit(old: Span, now: readonly Span[]): boolean {
  const kept = overlapping(now, old).filter(({ region }) => isOneThing(old.region, region));
  return kept.reduce((sum, { from, to }) => sum + Math.min(to, old.to) - Math.max(from, old.from), 0) === old.region.pages;
}

function isOneThing(a: Region, b: Region): boolean {
  return a.kind === b.kind && a.name === b.name;
}

/** The part of `old` that `item` has. What grew keeps its old size, and what lies beyond is not clipped. */
function clipped(old: Region, item: Region): Region {
  const startsInside = pageNumber(item.start) >= pageNumber(old.start);
  const endsInside = pageNumber(item.end) <= pageNumber(old.end);
  if (!startsInside || !endsInside) return old;
  // The frames of a region may lie anywhere: only that of its start is known.
  return { ...old, start: item.start, end: item.end, pages: item.pages, pa: item.start === old.start ? old.pa : item.pa };
}

function isSameRegion(was: Region, now: Region): boolean {
  return was.start === now.start && was.pages === now.pages && isOneThing(was, now) && was.pa === now.pa && isSame(telling(was), telling(now))
    && isSame(pids(was.shared_with), pids(now.shared_with));
}

/** The flags by which the inspector tells regions apart: A and D change with every access. */
function telling({ flags }: Region): Flag[] {
  return flags.filter((flag) => flag !== 'A' && flag !== 'D');
}

/** What became of a stretch that was `was` and is `is`; a leaf in a table's place is no change but two. */
function fates(was: Entry | undefined, is: Entry | undefined): EntryChange[] {
  if (was && is && isTable(was) !== isTable(is)) return [...fates(was, undefined), ...fates(undefined, is)];
  const item = is ?? was;
  if (item === undefined) return [];
  const change: Change = was === undefined ? 'new' : is === undefined ? 'gone' : isSameEntry(was, is) ? 'same' : 'changed';
  return [{ item, before: was, change, children: children(was, is) }];
}

function children(was: Entry | undefined, is: Entry | undefined): EntryChange[] {
  return compareEntries(was?.children ?? [], is?.children ?? []);
}

function isSameEntry(a: Entry, b: Entry): boolean {
  return a.pa === b.pa && isSame(a.flags, b.flags) && isSame(a.flaw, b.flaw) && isSame(pids(a.shared_with), pids(b.shared_with));
}

function pids(processes: readonly ProcessRef[]): number[] {
  return processes.map(({ pid }) => pid);
}

/** The stretches of indices between all starts and ends of `runs`. */
function stretches(runs: readonly Entry[]): [from: number, to: number][] {
  const edges = [...new Set(runs.flatMap(({ index, count }) => [index, index + count]))].sort((a, b) => a - b);
  return edges.slice(0, -1).map((from, n) => [from, edges[n + 1] ?? from]);
}

/** The run that each index belongs to. */
function byIndex(runs: readonly Entry[]): Map<number, Entry> {
  const at = new Map<number, Entry>();
  for (const run of runs) for (let index = run.index; index < run.index + run.count; index++) at.set(index, run);
  return at;
}

/** The entries `from` to `to` of a run. */
function part(run: Entry, from: number, to: number): Entry {
  if (from === run.index && to - from === run.count) return run;
  const pages = (from - run.index) * 512 ** run.level;
  return {
    ...run,
    index: from,
    count: to - from,
    va: atOffset(run.va, pages),
    pa: atOffset(run.pa, pages),
    pte: `0x${(BigInt(run.pte) + (BigInt(pages) << 10n)).toString(16)}`,
    at: `0x${(BigInt(run.at) + 8n * BigInt(from - run.index)).toString(16)}`,
  };
}

/** Whether `b` only goes on with what `a` began. */
function joinable(a: EntryChange, b: EntryChange): boolean {
  const follows = (x: Entry | undefined, y: Entry | undefined) =>
    x === undefined || y === undefined
      ? x === y
      : x.index + x.count === y.index && atOffset(x.pa, x.count * 512 ** x.level) === y.pa && isSame(x.flags, y.flags)
        && isSame(x.flaw, y.flaw) && x.name === y.name && isSame(x.shared_with, y.shared_with);
  return a.change === b.change && a.children.length + b.children.length === 0 && follows(a.item, b.item) && follows(a.before, b.before);
}

function join(a: EntryChange, b: EntryChange): EntryChange {
  const longer = (x: Entry) => ({ ...x, count: x.count + b.item.count });
  return { ...a, item: longer(a.item), before: a.before && longer(a.before) };
}
