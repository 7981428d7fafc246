// What panels compute before they draw: changes, layouts, pieces of addresses and of lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry, Flag, Process, Region } from 'orrery-wasm';
import { compare, count } from '../panels/changes.ts';
import { rects, roleOf } from '../panels/disk/grid.ts';
import { atOffset, isWithin, pageNumber, pieces, readAddress } from '../panels/page-table/address.ts';
import { compareEntries, compareFlags, compareRegions, type EntryChange } from '../panels/page-table/changes.ts';
import { rowsOf } from '../panels/page-table/rows.ts';
import { amount, heightOf, storeys } from '../panels/page-table/stack.ts';
import { familyOf } from '../panels/processes/family.ts';
import { tokens } from '../panels/source/tokens.ts';

const flags = (letters: string) => letters.split(' ') as Flag[];
const page = (n: number) => `0x${(n * 4096).toString(16)}`;

function leaf(index: number, n: number, frame: number, letters: string, more: Partial<Entry> = {}): Entry {
  return {
    level: 0, index, count: n, va: page(index), at: `0x${(0x1000 + index * 8).toString(16)}`, pte: `0x${(frame * 1024 + 1).toString(16)}`, pa: page(frame),
    flags: flags(letters), name: undefined, shared_with: [], flaw: undefined, children: [], ...more,
  };
}

function table(index: number, to: number, children: Entry[]): Entry {
  return leaf(index, 1, to, 'V', { level: 1, children });
}

/** Changes as text: `5-6 changed, 9 gone`. */
function told(changes: readonly EntryChange[]): string {
  return changes.map(({ item: { index, count: n }, change }) => `${index}${n > 1 ? `-${index + n - 1}` : ''} ${change}`).join(', ');
}

test('a list tells what is new, changed and gone, each in its place', () => {
  const of = (...pairs: [string, number][]) => pairs.map(([name, value]) => ({ name, value }));
  const changes = compare(of(['a', 1], ['b', 1], ['c', 1], ['d', 1]), of(['a', 1], ['c', 2], ['e', 1]), ({ name }) => name);
  assert.deepEqual(changes.map(({ item, before, change }) => [item.name, before?.value, change]), [
    ['a', 1, 'same'], ['b', 1, 'gone'], ['c', 1, 'changed'], ['d', 1, 'gone'], ['e', undefined, 'new'],
  ]);
  assert.deepEqual(count(changes), { same: 1, new: 1, changed: 1, gone: 2 });
  assert.deepEqual(compare(of(['x', 1]), [], ({ name }) => name).map(({ change }) => change), ['gone']);
  assert.deepEqual(compare(undefined, of(['x', 1]), ({ name }) => name).map(({ change }) => change), ['same']);
});

test('a run that was split is compared page by page', () => {
  const before = [leaf(4, 4, 0x100, 'V R U Cow')];
  const now = [leaf(4, 1, 0x100, 'V R U Cow'), leaf(5, 1, 0x200, 'V R W U'), leaf(6, 2, 0x102, 'V R U Cow')];
  const changes = compareEntries(before, now);
  assert.equal(told(changes), '4 same, 5 changed, 6-7 same');
  assert.equal(changes[1]?.before?.pa, page(0x101));
  assert.deepEqual(changes[1]?.before?.flags, flags('V R U Cow'));
  assert.equal(changes[1]?.before?.pte, `0x${(0x101 * 1024 + 1).toString(16)}`);
});

test('a run whose flags all changed stays one', () => {
  assert.equal(told(compareEntries([leaf(4, 4, 0x100, 'V R W U')], [leaf(4, 4, 0x100, 'V R U Cow')])), '4-7 changed');
});

test('runs that were joined are told apart only where they changed', () => {
  const before = [leaf(0, 2, 0x10, 'V R'), leaf(2, 2, 0x12, 'V R W')];
  assert.equal(told(compareEntries(before, [leaf(0, 4, 0x10, 'V R')])), '0-1 same, 2-3 changed');
});

test('a run that grew is new at its end, one that shrank is gone there', () => {
  const [short, long] = [[leaf(4, 2, 0x10, 'V R W')], [leaf(4, 5, 0x10, 'V R W')]];
  assert.equal(told(compareEntries(short, long)), '4-5 same, 6-8 new');
  assert.equal(told(compareEntries(long, short)), '4-5 same, 6-8 gone');
});

test('tables are compared with what is below them', () => {
  const before = [table(0, 5, [leaf(1, 1, 9, 'V R')]), table(2, 6, [leaf(1, 2, 7, 'V R')])];
  const now = [table(0, 5, [leaf(1, 1, 9, 'V R W')]), table(3, 6, [leaf(0, 1, 7, 'V R')])];
  const changes = compareEntries(before, now);
  assert.equal(told(changes), '0 same, 2 gone, 3 new');
  assert.deepEqual(changes.map(({ children }) => told(children)), ['1 changed', '1-2 gone', '0 new']);
});

test('a superpage that became a table is gone, and the table new', () => {
  assert.equal(told(compareEntries([leaf(3, 1, 512, 'V R W', { level: 1 })], [table(3, 8, [])])), '3 gone, 3 new');
});

test('who shares a frame is part of the entry', () => {
  const shared = { shared_with: [{ pid: 4, name: 'sh' }] };
  assert.equal(told(compareEntries([leaf(0, 1, 1, 'V R')], [leaf(0, 1, 1, 'V R', shared)])), '0 changed');
});

test('nothing to compare with, nothing marked, however deep', () => {
  const [entry] = compareEntries(undefined, [table(0, 5, [leaf(1, 1, 9, 'V R')])]);
  assert.deepEqual([entry?.change, entry?.children[0]?.change], ['same', 'same']);
});

test('flags tell their fate', () => {
  assert.deepEqual(compareFlags(flags('V W'), flags('V Cow'), flags('V R W Cow')).map(({ fate }) => fate), ['set', 'clear', 'removed', 'added']);
});

function region(start: number, pages: number, name: string, letters: string, more: Partial<Region> = {}): Region {
  return { start: page(start), end: page(start + pages), pages, kind: 'mapped', name, pa: page(0x100 + start), flags: flags(letters), shared_with: [], ...more };
}

function regionsTold(before: Region[], now: Region[]): string[] {
  return compareRegions(before, now).map(({ item, before: was, change }) => `${item.name} ${was?.pages ?? '-'}→${item.pages} ${change}`);
}

test('a region that was split kept its size; what was copied changed', () => {
  const heap = region(4, 4, 'heap', 'V R U Cow');
  const now = [region(4, 1, 'heap', 'V R U Cow'), region(5, 1, 'heap', 'V R W U', { pa: page(0x900) }), region(6, 2, 'heap', 'V R U Cow')];
  assert.deepEqual(regionsTold([heap], now), ['heap 1→1 same', 'heap 1→1 changed', 'heap 2→2 same']);
});

test('a region grows, shrinks, comes and goes', () => {
  assert.deepEqual(regionsTold([region(4, 2, 'heap', 'V R W')], [region(4, 5, 'heap', 'V R W')]), ['heap 2→5 changed']);
  assert.deepEqual(regionsTold([region(4, 5, 'heap', 'V R W')], [region(4, 2, 'heap', 'V R W')]), ['heap 5→2 changed']);
  assert.deepEqual(regionsTold([region(0, 1, 'text', 'V X')], [region(8, 1, 'heap', 'V R')]), ['text 1→1 gone', 'heap -→1 new']);
});

test('a promise that is kept in part', () => {
  const promised: Partial<Region> = { kind: 'promised', pa: undefined, flags: [] };
  const before = [region(4, 4, 'heap', '', promised)];
  const now = [region(4, 1, 'heap', 'V R W U'), region(5, 3, 'heap', '', promised)];
  assert.deepEqual(compareRegions(before, now).map(({ change }) => change), ['changed', 'changed']);
});

test('an access alone is no change of a region', () => {
  assert.deepEqual(regionsTold([region(0, 1, 'data', 'V R W')], [region(0, 1, 'data', 'V R W A D')]), ['data 1→1 same']);
});

const stackOf = (regions: Region[], unfolded: string[] = []) =>
  storeys(compareRegions(undefined, regions), new Set(unfolded)).map((storey) =>
    storey.kind === 'region' ? (storey.region.item.name ?? '?') : storey.kind === 'gap' ? `gap ${storey.pages}` : `fold ${storey.regions.length}`);

test('the stack has gaps, and the highest on top', () => {
  assert.deepEqual(stackOf([region(0, 2, 'text', 'V'), region(2, 1, 'data', 'V'), region(100, 1, 'trampoline', 'V')]), ['trampoline', 'gap 97', 'data', 'text']);
});

test('many of a sort are folded, with what stands between them, until they are opened', () => {
  const stacks = Array.from({ length: 8 }, (_, n) => [
    region(n * 8, 4, 'guard', '', { kind: 'guard', name: undefined }), region(n * 8 + 4, 4, `kernel stack of slot ${n}`, 'V R W'),
  ]).flat();
  assert.deepEqual(stackOf(stacks), ['fold 16']);
  assert.equal(stackOf(stacks, ['0x0']).length, 16);
  const spaced = Array.from({ length: 7 }, (_, n) => region(n * 8, 4, 'RAM', 'V R W'));
  assert.deepEqual(stackOf(spaced), ['fold 7']);
  assert.equal(stackOf(spaced.slice(0, 5)).length, 9);
});

/** Rows as text, a table's in brackets if it is closed. */
function rowsTold(before: Entry[] | undefined, now: Entry[], toggled: string[] = [], lit = ''): string[] {
  const { rows } = rowsOf(compareEntries(before, now), { toggled: new Set(toggled), isLit: ({ va }) => va === lit });
  return rows.map(({ kind, depth, item, n, pages, isOpen, change }) => `${' '.repeat(depth)}${kind} ${item.index} ${n}/${pages}${isOpen === false ? ' closed' : ''}${change === 'same' ? '' : ` ${change}`}`);
}

test('a row for each entry, below its table, until that is closed', () => {
  const tree = [table(0, 5, [leaf(1, 1, 9, 'V R'), leaf(2, 3, 20, 'V R')]), table(7, 6, [])];
  assert.deepEqual(rowsTold(undefined, tree), ['table 0 4/512', ' leaf 1 1/1', ' leaf 2 3/3', 'table 7 0/512']);
  assert.deepEqual(rowsTold(undefined, tree, ['1 0x0']), ['table 0 4/512 closed', 'table 7 0/512']);
});

test('pages in scattered frames share a row; a chosen one has its own', () => {
  const scattered = Array.from({ length: 100 }, (_, n) => leaf(n, 1, 900 - 2 * n, 'V R W U', { name: 'heap' }));
  assert.deepEqual(rowsTold(undefined, scattered), ['fold 0 1/100 closed']);
  assert.deepEqual(rowsTold(undefined, scattered, [], page(42)), ['fold 0 1/100 closed', ' leaf 42 1/1']);
  assert.equal(rowsTold(undefined, scattered, ['alike 0 0x0']).length, 101);
  const written = scattered.map((entry, n) => (n === 50 ? leaf(50, 1, 7, 'V R W U D', { name: 'heap' }) : entry));
  assert.deepEqual(rowsTold(scattered, written), ['fold 0 1/50 closed', 'leaf 50 1/1 changed', 'fold 51 1/49 closed']);
  assert.deepEqual(rowsTold([], scattered), ['fold 0 1/100 closed new']);
  assert.equal(rowsTold(undefined, scattered.slice(0, 20)).length, 20);
});

test('kernel stacks are counted by name, in however many runs they are', () => {
  const stacks = Array.from({ length: 10 }, (_, n) => leaf(n * 8, 4, 900 - 8 * n, 'V R W', { name: `kernel stack of slot ${n}` }));
  const torn = [leaf(0, 1, 900, 'V R W', { name: 'kernel stack of slot 0' }), leaf(1, 3, 700, 'V R W', { name: 'kernel stack of slot 0' }), ...stacks.slice(1)];
  assert.deepEqual(rowsTold(undefined, torn), ['fold 0 10/40 closed']);
});

test('a damaged table has no more rows than can be drawn', () => {
  const random = Array.from({ length: 512 }, (_, n) => table(n, n, [leaf(0, 1, n, n % 2 ? 'V R' : 'V W'), leaf(1, 1, n, 'V X')]));
  const { rows, isCut } = rowsOf(compareEntries(undefined, random), { toggled: new Set(), isLit: () => false });
  assert.ok(isCut && rows.length < 1000);
});

test('boxes grow with their pages, and not for ever', () => {
  assert.ok(heightOf(1) < heightOf(2) && heightOf(2) < heightOf(16));
  assert.equal(heightOf(1 << 26), heightOf(1 << 20));
});

test('amounts of memory', () => {
  assert.deepEqual([1, 256, 384, 67_108_850].map(amount), ['4 KiB', '1 MiB', '1.5 MiB', '256 GiB']);
});

test('an address in pieces', () => {
  const [l2, l1, l0, offset] = pieces('0x3fffffe018', 3);
  assert.deepEqual([l2?.value, l1?.value, l0?.value, offset?.value], [255, 511, 510, 0x18]);
  assert.deepEqual([l2?.bits.length, offset?.bits], [9, '000000011000']);
  assert.deepEqual(pieces('0xffffffffffffffff', 3).map(({ value }) => value), [511, 511, 511, 4095]);
  const sv57 = pieces('0x0012345678abc123', 5);
  assert.deepEqual(sv57.map(({ level }) => level), [4, 3, 2, 1, 0, 'offset']);
  assert.deepEqual(sv57.map(({ from, to }) => `${from}-${to}`), ['56-48', '47-39', '38-30', '29-21', '20-12', '11-0']);
  assert.deepEqual(sv57.map(({ value }) => value), [0x12, 0x68, 0x159, 0x1c5, 0xbc, 0x123]);
  assert.deepEqual(pieces('0x3010', 4).map(({ value }) => value), [0, 0, 0, 3, 0x10]);
});

test('addresses are exact in all 64 bits', () => {
  assert.equal(atOffset('0xfffffffffffff000', 1), '0x0');
  assert.equal(pageNumber('0xffffffc000001fff'), 0xffffffc000001);
  assert.ok(isWithin('0x87f40fff', '0x87f3f000', 2) && !isWithin('0x87f41000', '0x87f3f000', 2) && !isWithin('0x87f3efff', '0x87f3f000', 2));
});

test('an address is read as people type it', () => {
  assert.deepEqual(['3010', ' 0x3010 ', '0X3_010'].map(readAddress), ['0x3010', '0x3010', '0x3010']);
  assert.deepEqual(['', 'sp', '0x', '-1', '0x10000000000000000'].map(readAddress), [undefined, undefined, undefined, undefined, undefined]);
});

test('runs of blocks on a grid cover each block once', () => {
  assert.deepEqual(rects(2, 31, 10), [{ column: 2, row: 0, columns: 8, rows: 1 }, { column: 0, row: 1, columns: 10, rows: 2 }, { column: 0, row: 3, columns: 3, rows: 1 }]);
  for (const [first, n, width] of [[0, 1, 5], [4, 3, 5], [5, 5, 5], [3, 40, 7], [9, 0, 10]] as const) {
    const cells = rects(first, n, width).flatMap(({ column, row, columns, rows }) =>
      Array.from({ length: columns * rows }, (_, k) => (row + Math.floor(k / columns)) * width + column + (k % columns)));
    assert.deepEqual(cells.sort((a, b) => a - b), Array.from({ length: n }, (_, k) => first + k));
  }
  assert.equal(roleOf([{ first: 2, count: 3, role: 'log' }], 4), 'log');
  assert.equal(roleOf([{ first: 2, count: 3, role: 'log' }], 5), 'unused');
});

test('a family, even one that is damaged', () => {
  const process = (pid: number, parent: number | undefined) => ({ item: { pid, parent } as Process, before: undefined, change: 'same' as const });
  const told = (...pairs: [number, number | undefined][]) => familyOf(pairs.map(([pid, parent]) => process(pid, parent))).map(({ process: { item }, depth }) => [item.pid, depth]);
  assert.deepEqual(told([1, undefined], [4, 2], [2, 1], [3, 1]), [[1, 0], [2, 1], [4, 2], [3, 1]]);
  assert.deepEqual(told([5, 99]), [[5, 0]]);
  assert.deepEqual(told([1, undefined], [2, 3], [3, 2], [4, 4]), [[1, 0], [4, 0], [2, 0], [3, 0]]);
});

test('a line of Rust in pieces', () => {
  const sorts = (line: string) => tokens(line).filter(({ sort }) => sort).map(({ sort, text }) => `${sort}: ${text}`);
  assert.deepEqual(sorts('    let x: &\'a str = "fn // no"; // fn'), ['keyword: let', 'text: "fn // no"', 'comment: // fn']);
  assert.deepEqual(sorts("if c == '\\'' || b == b'x' { r#\"a\"# }"), ['keyword: if', "text: '\\''", "text: b'x'", 'text: r#"a"#']);
  for (const line of ['', '/', "'", '"', 'a / b', '/* open', 'let 写 = 1;', "fn f<'a>() {}", '\t"\\']) {
    assert.equal(tokens(line).map(({ text }) => text).join(''), line);
  }
});
