// The events of one machine as columns of numbers: a hundred thousand take a megabyte and
// a half, and are drawn without a look at any object. What an event says in words is
// asked of the worker when somebody points at it.

import type { EventColumns } from '../engine/protocol.ts';

const FIRST_CAPACITY = 1024;
/** So many are kept, of events and of changes of mode, as in the worker; the oldest quarter goes. */
const MOST = 1 << 20;

/** Events by number: number `first + i` stands at place `i` of each column. */
export class EventStore {
  /** Number of the oldest event kept. */
  first = 0;
  /** How many are kept. */
  length = 0;
  t = new Float64Array(FIRST_CAPACITY);
  /** The place of its kind in `KINDS`. */
  kind = new Uint8Array(FIRST_CAPACITY);
  /** -1 for none. */
  hart = new Int8Array(FIRST_CAPACITY);
  /** -1 for none. */
  pid = new Int32Array(FIRST_CAPACITY);
  /** When harts turned from programs to the kernel and so on. */
  readonly modes = new ModeStore();

  /** Takes more events; those of the same or later numbers that it has are forgotten. */
  add(columns: EventColumns): void {
    const { first, t, kind, hart, pid } = columns;
    if (first < this.first || first > this.first + this.length) {
      this.first = first;
      this.length = 0;
    }
    this.length = first - this.first;
    this.#reserve(this.length + t.length);
    this.t.set(t, this.length);
    this.kind.set(kind, this.length);
    this.hart.set(hart, this.length);
    this.pid.set(pid, this.length);
    this.length += t.length;
    forgetOldest(this, [this.t, this.kind, this.hart, this.pid]);
    this.modes.add(columns);
  }

  clear(): void {
    this.first = 0;
    this.length = 0;
    this.modes.clear();
  }

  /** Keeps events and changes of mode of lower numbers only. */
  truncate(events: number, modes: number): void {
    this.length = Math.max(0, Math.min(this.length, events - this.first));
    this.modes.truncate(modes);
  }

  /** The place of the first event at `t` or later; `length` if there is none. */
  from(t: number): number {
    return lower(this.t, this.length, t);
  }

  #reserve(length: number): void {
    if (length <= this.t.length) return;
    const capacity = Math.max(length, 2 * this.t.length);
    this.t = grown(this.t, new Float64Array(capacity));
    this.kind = grown(this.kind, new Uint8Array(capacity));
    this.hart = grown(this.hart, new Int8Array(capacity));
    this.pid = grown(this.pid, new Int32Array(capacity));
  }
}

/** Changes of mode, in the same way. */
export class ModeStore {
  first = 0;
  length = 0;
  t = new Float64Array(FIRST_CAPACITY);
  hart = new Uint8Array(FIRST_CAPACITY);
  /** What the hart does from then on: the place in `DOINGS`. */
  doing = new Uint8Array(FIRST_CAPACITY);

  /** Takes more changes; those of the same or later numbers that it has are forgotten. */
  add({ firstMode, modeT, modeHart, mode }: EventColumns): void {
    if (firstMode < this.first || firstMode > this.first + this.length) {
      this.first = firstMode;
      this.length = 0;
    }
    this.length = firstMode - this.first;
    const length = this.length + modeT.length;
    if (length > this.t.length) {
      const capacity = Math.max(length, 2 * this.t.length);
      this.t = grown(this.t, new Float64Array(capacity));
      this.hart = grown(this.hart, new Uint8Array(capacity));
      this.doing = grown(this.doing, new Uint8Array(capacity));
    }
    this.t.set(modeT, this.length);
    this.hart.set(modeHart, this.length);
    this.doing.set(mode, this.length);
    this.length = length;
    forgetOldest(this, [this.t, this.hart, this.doing]);
  }

  clear(): void {
    this.first = 0;
    this.length = 0;
  }

  truncate(modes: number): void {
    this.length = Math.max(0, Math.min(this.length, modes - this.first));
  }

  /** The place of the first change at `t` or later. */
  from(t: number): number {
    return lower(this.t, this.length, t);
  }
}

/** Forgets the oldest quarter of what `store` keeps in `columns`, if it is more than it may. */
function forgetOldest(store: { first: number; length: number }, columns: (Float64Array | Int32Array | Int8Array | Uint8Array)[]): void {
  if (store.length <= MOST) return;
  const gone = store.length - (MOST / 4) * 3;
  for (const column of columns) column.copyWithin(0, gone, store.length);
  store.first += gone;
  store.length -= gone;
}

/** The place of the first of `length` sorted numbers that is not below `value`. */
function lower(sorted: Float64Array, length: number, value: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function grown<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
