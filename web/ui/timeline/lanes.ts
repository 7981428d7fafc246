// What stands in each pixel of each lane: counted once per drawing, in one pass over the
// events that can be seen, however many there are.

import { KINDS, sortOf, type Lane, type Sort } from './kinds.ts';
import { pixel, type Paper, type Window } from './scale.ts';
import type { EventStore } from './store.ts';

/** One lane, pixel by pixel. */
export interface LaneColumns {
  lane: Lane;
  /** Of a lane of its own for each hart. */
  hart: number | undefined;
  /** How many events fall on each pixel. */
  count: Uint32Array;
  /** The kind to draw there: of several the one with the highest rank. */
  kind: Uint8Array;
  /** Where that one is in the store. */
  place: Uint32Array;
  /** Share of the pixel spent in programs, 0 to 1; of harts' lanes. */
  user: Float32Array;
  /** Share spent in the kernel for a process. */
  kernel: Float32Array;
}

/** The lanes of a machine with so many harts. */
export function emptyLanes(harts: number, width: number): LaneColumns[] {
  const lane = (kind: Lane, hart?: number): LaneColumns => ({
    lane: kind,
    hart,
    count: new Uint32Array(width),
    kind: new Uint8Array(width),
    place: new Uint32Array(width),
    user: new Float32Array(width),
    kernel: new Float32Array(width),
  });
  return [...Array.from({ length: harts }, (_, hart) => lane('hart', hart)), lane('disk'), lane('console')];
}

/** Counts what `window` shows, but for the sorts `without`; `end` is the last moment there is. */
export function fillLanes(lanes: LaneColumns[], store: EventStore, paper: Paper, window: Window, end: number, without: ReadonlySet<Sort>): void {
  const isHidden = KINDS.map(({ kind }) => without.has(sortOf(kind)));
  const harts = lanes.filter((lane) => lane.lane === 'hart').length;
  const [first, last] = [store.from(paper.t(window.from)), store.from(paper.t(window.to))];
  for (let place = first; place <= last && place < store.length; place++) {
    const kind = store.kind[place] ?? 0;
    const row = KINDS[kind];
    if (row === undefined || isHidden[kind]) continue;
    const hart = store.hart[place] ?? -1;
    const at = row.lane === 'hart' ? hart : row.lane === 'disk' ? harts : harts + 1;
    const lane = lanes[at];
    const x = Math.floor(pixel(window, paper.u(store.t[place] ?? 0)));
    if (lane === undefined || x < 0 || x >= window.width) continue;
    const isFirst = lane.count[x] === 0;
    lane.count[x] = (lane.count[x] ?? 0) + 1;
    if (isFirst || row.rank >= (KINDS[lane.kind[x] ?? 0]?.rank ?? 0)) {
      lane.kind[x] = kind;
      lane.place[x] = place;
    }
  }
  for (const lane of lanes.slice(0, harts)) shade(lane, store, paper, window, end);
}

/** What a hart does, in the order in which the worker numbers it. */
export const DOINGS = ['kernel', 'program', 'nothing'] as const;
const [KERNEL, PROGRAM] = [0, 1];

/** Adds up, pixel by pixel, how long a hart was in programs, and how long in the kernel for one. */
function shade(lane: LaneColumns, store: EventStore, paper: Paper, window: Window, end: number): void {
  const { modes } = store;
  const to = Math.min(end, paper.t(window.to));
  let t = Math.max(0, paper.t(window.from));
  let next = modes.from(t);
  let doing = doingBefore(store, next, lane.hart ?? 0);
  while (t < to) {
    while (next < modes.length && modes.hart[next] !== lane.hart) next++;
    const until = next < modes.length ? Math.min(to, modes.t[next] ?? to) : to;
    if (doing === PROGRAM) spread(lane.user, window, paper.u(t), paper.u(until));
    else if (doing === KERNEL) spread(lane.kernel, window, paper.u(t), paper.u(until));
    if (next >= modes.length) return;
    doing = modes.doing[next++] ?? KERNEL;
    t = until;
  }
}

/** What `hart` did before the change at `place`; before the first, it was in the kernel. */
function doingBefore({ modes }: EventStore, place: number, hart: number): number {
  for (let n = place - 1; n >= 0; n--) if (modes.hart[n] === hart) return modes.doing[n] ?? KERNEL;
  return KERNEL;
}

/** Adds the stretch from `u0` to `u1` to the pixels it covers, each by its share. */
function spread(shares: Float32Array, window: Window, u0: number, u1: number): void {
  const [x0, x1] = [Math.max(0, pixel(window, u0)), Math.min(window.width, pixel(window, u1))];
  if (x1 <= x0) return;
  const [first, last] = [Math.floor(x0), Math.ceil(x1)];
  if (last - first <= 1) {
    shares[first] = (shares[first] ?? 0) + (x1 - x0);
    return;
  }
  shares[first] = (shares[first] ?? 0) + (first + 1 - x0);
  for (let x = first + 1; x < last - 1; x++) shares[x] = 1;
  shares[last - 1] = (shares[last - 1] ?? 0) + (x1 - (last - 1));
}
