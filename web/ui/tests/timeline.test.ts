// The timeline's arithmetic: columns of events, and the paper they are drawn on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventColumns } from '../engine/protocol.ts';
import { KINDS, SORTS, sortOf, type Sort } from '../timeline/kinds.ts';
import { emptyLanes, fillLanes } from '../timeline/lanes.ts';
import { atPixel, panned, Paper, pixel, zoomed } from '../timeline/scale.ts';
import { EventStore } from '../timeline/store.ts';

/** Events number `first` and so on at these times, all of kind 0 on hart 0. */
function events(first: number, ...t: number[]): EventColumns {
  return {
    first,
    t: Float64Array.from(t),
    kind: new Uint8Array(t.length),
    hart: new Int8Array(t.length),
    pid: Int32Array.from(t, () => 3),
    firstMode: 0,
    modeT: new Float64Array(),
    modeHart: new Uint8Array(),
    mode: new Uint8Array(),
  };
}

const times = (store: EventStore) => [...store.t.subarray(0, store.length)];

test('events are kept in order, and what is told anew replaces what was', () => {
  const store = new EventStore();
  store.add(events(0, 10, 20, 30));
  store.add(events(3, 40));
  assert.deepEqual(times(store), [10, 20, 30, 40]);
  store.add(events(2, 25, 26, 27));
  assert.deepEqual(times(store), [10, 20, 25, 26, 27]);
  assert.equal(store.from(20), 1);
  assert.equal(store.from(21), 2);
  assert.equal(store.from(99), 5);
});

test('a hundred thousand events find room', () => {
  const store = new EventStore();
  for (let n = 0; n < 100_000; n += 10_000) {
    store.add(events(n, ...Array.from({ length: 10_000 }, (_, i) => (n + i) * 100)));
  }
  assert.equal(store.length, 100_000);
  assert.equal(store.t[99_999], 9_999_900);
});

test('the oldest events may have gone', () => {
  const store = new EventStore();
  store.add(events(0, 1, 2));
  store.add(events(10, 100, 110));
  assert.equal(store.first, 10);
  assert.deepEqual(times(store), [100, 110]);
});

test('of too many events the oldest go, and the others keep their numbers', () => {
  const store = new EventStore();
  const AT_ONCE = 100_000;
  for (let n = 0; n < 12 * AT_ONCE; n += AT_ONCE) {
    store.add(events(n, ...Array.from({ length: AT_ONCE }, (_, i) => n + i)));
  }
  assert.ok(store.first > 0 && store.length <= 1 << 20);
  assert.equal(store.first + store.length, 12 * AT_ONCE);
  assert.deepEqual([store.t[0], store.t[store.length - 1]], [store.first, 12 * AT_ONCE - 1]);
});

test('every kind is of one sort, and a sort can be left out', () => {
  for (const { kind } of KINDS) {
    const sorts = Object.entries(SORTS).filter(([, kinds]) => (kinds as readonly string[]).includes(kind));
    assert.deepEqual(sorts.map(([sort]) => sort), [sortOf(kind)], kind);
  }
  const store = new EventStore();
  store.add(events(0, 10, 20, 30));
  const drawn = new Paper();
  drawn.extend(store, () => true);
  const counted = (...without: Sort[]) => {
    const lanes = emptyLanes(1, 100);
    fillLanes(lanes, store, drawn, { from: 0, to: 40, width: 100 }, 40, new Set(without));
    return lanes[0]?.count.reduce((sum, n) => sum + n, 0);
  };
  assert.equal(counted(), 3);
  assert.equal(counted('faults'), 3);
  assert.equal(counted('calls'), 0);
});

/** A paper on which something happens at these times. */
function paper(...t: number[]): Paper {
  const store = new EventStore();
  store.add(events(0, ...t));
  const drawn = new Paper();
  drawn.extend(store, () => true);
  return drawn;
}

test('time rises on the paper, and can be read off it', () => {
  const drawn = paper(10, 500_000, 600_000, 90_000_000, 90_100_000, 5_000_000_000);
  let last = -1;
  for (const t of [0, 5, 10, 11, 499_999, 550_000, 3_000_000, 89_999_999, 90_050_000, 1e9, 5e9, 5e9 + 7, 9e9]) {
    const u = drawn.u(t);
    assert.ok(u > last, `${t} comes after what was before`);
    assert.ok(Math.abs(drawn.t(u) - t) <= 1e-6 * Math.max(1, t), `${t} became ${drawn.t(u)}`);
    last = u;
  }
});

test('a long wait is drawn short, and told as a cut', () => {
  const drawn = paper(100_000, 3_000_100_000, 3_000_200_000);
  const wait = drawn.u(3_000_100_000) - drawn.u(100_000);
  assert.ok(wait < 3_000_000, `${wait}`);
  assert.deepEqual([...drawn.cuts(0, 4e9)], [{ t0: 100_000, t1: 3_000_100_000 }]);
});

test('what comes later does not move what is drawn', () => {
  const store = new EventStore();
  store.add(events(0, 1000, 400_000));
  const drawn = new Paper();
  drawn.extend(store, () => true);
  const before = [1000, 200_000, 400_000].map((t) => drawn.u(t));
  store.add(events(2, 500_000_000));
  drawn.extend(store, () => true);
  assert.deepEqual([1000, 200_000, 400_000].map((t) => drawn.u(t)), before);
});

test('what never happened is not on the paper', () => {
  const store = new EventStore();
  store.add(events(0, 1000, 400_000, 800_000, 90_000_000));
  const drawn = new Paper();
  drawn.extend(store, () => true);
  store.truncate(2, 0);
  drawn.extend(store, () => true);
  store.add(events(2, 500_000, 600_000));
  drawn.extend(store, () => true);
  assert.deepEqual([0, 450_000, 7e8].map((t) => drawn.u(t)), [0, 450_000, 7e8].map((t) => paper(1000, 400_000, 500_000, 600_000).u(t)));
});

test('zooming keeps the place under the pointer, and panning stays on the paper', () => {
  const window = { from: 1000, to: 2000, width: 500 };
  const closer = zoomed(window, 0.5, 100, 10_000);
  assert.equal(atPixel(closer, 100), atPixel(window, 100));
  assert.equal(closer.to - closer.from, 500);
  assert.equal(pixel(closer, atPixel(closer, 33)), 33);
  assert.deepEqual(panned(window, -1e9, 10_000), { from: 0, to: 1000, width: 500 });
  assert.deepEqual(panned(window, 1e9, 10_000), { from: 9000, to: 10_000, width: 500 });
  assert.deepEqual(zoomed(window, 1e9, 250, 10_000), { from: 0, to: 10_000, width: 500 });
});
