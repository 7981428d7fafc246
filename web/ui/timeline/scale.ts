// From time to place and back. The axis is time, except that long stretches in which
// nothing happened are drawn short: a guest that waits for a minute for a key would
// otherwise squeeze everything it did into one pixel.

import type { EventStore } from './store.ts';

/** A stretch longer than this is drawn shorter, the more so the longer it is. */
const LONGEST_WHOLE = 150_000;

/** The length, on the paper, of a stretch of time in which nothing happens. */
function drawnLength(dt: number): number {
  return dt <= LONGEST_WHOLE ? dt : LONGEST_WHOLE * (1 + Math.log(dt / LONGEST_WHOLE));
}

/**
 * Lays time out on paper: `u` rises with `t`, and is cut short where nothing happens.
 * Interrupts of an idle guest do not count as something: it has them all the time.
 */
export class Paper {
  /** Times between which `u` rises evenly, and their `u`. */
  #t = [0];
  #u = [0];
  #nextEvent = 0;
  #nextMode = 0;
  #firstEvent = 0;
  #firstMode = 0;

  /** Takes in what `store` has more than the last time; `isSomething` says which kinds of events are. */
  extend(store: EventStore, isSomething: (kind: number) => boolean): void {
    const { modes } = store;
    const hasForgotten = store.length < this.#nextEvent || modes.length < this.#nextMode;
    if (hasForgotten || store.first !== this.#firstEvent || modes.first !== this.#firstMode) this.clear();
    this.#firstEvent = store.first;
    this.#firstMode = modes.first;
    while (this.#nextEvent < store.length || this.#nextMode < modes.length) {
      const eventT = this.#nextEvent < store.length ? (store.t[this.#nextEvent] ?? Infinity) : Infinity;
      const modeT = this.#nextMode < modes.length ? (modes.t[this.#nextMode] ?? Infinity) : Infinity;
      if (modeT <= eventT) {
        this.#nextMode++;
        this.#anchor(modeT);
      } else if (isSomething(store.kind[this.#nextEvent++] ?? 0)) {
        this.#anchor(eventT);
      }
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#t = [0];
    this.#u = [0];
    this.#nextEvent = 0;
    this.#nextMode = 0;
  }

  /** Where `t` is. */
  u(t: number): number {
    const after = upper(this.#t, t);
    const [t0, u0] = [this.#t[after - 1] ?? 0, this.#u[after - 1] ?? 0];
    const [t1, u1] = [this.#t[after], this.#u[after]];
    if (t1 === undefined || u1 === undefined) return u0 + drawnLength(t - t0);
    return t1 === t0 ? u0 : u0 + ((t - t0) / (t1 - t0)) * (u1 - u0);
  }

  /** Which time is at `u`. */
  t(u: number): number {
    const after = upper(this.#u, u);
    const [t0, u0] = [this.#t[after - 1] ?? 0, this.#u[after - 1] ?? 0];
    const [t1, u1] = [this.#t[after], this.#u[after]];
    if (t1 === undefined || u1 === undefined) {
      const du = u - u0;
      return t0 + (du <= LONGEST_WHOLE ? du : LONGEST_WHOLE * Math.exp(du / LONGEST_WHOLE - 1));
    }
    return u1 === u0 ? t0 : t0 + ((u - u0) / (u1 - u0)) * (t1 - t0);
  }

  /** Stretches between `from` and `to` that are drawn much shorter than they are. */
  *cuts(from: number, to: number): Generator<{ t0: number; t1: number }> {
    for (let n = Math.max(1, upper(this.#t, from)); n < this.#t.length; n++) {
      const [t0, t1] = [this.#t[n - 1] ?? 0, this.#t[n] ?? 0];
      if (t0 > to) return;
      if (t1 - t0 > 8 * LONGEST_WHOLE) yield { t0, t1 };
    }
  }

  #anchor(t: number): void {
    const last = this.#t.length - 1;
    const [t0, u0] = [this.#t[last] ?? 0, this.#u[last] ?? 0];
    // Anchors close together say nothing that a straight line does not.
    if (t - t0 < LONGEST_WHOLE / 8 && last > 0) return;
    this.#t.push(t);
    this.#u.push(u0 + drawnLength(t - t0));
  }
}

/** The place of the first element above `value`; at least 1. */
function upper(sorted: readonly number[], value: number): number {
  let [low, high] = [1, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is to be seen of the paper: from `from` to `to`, in `u`, on so many pixels. */
export interface Window {
  from: number;
  to: number;
  width: number;
}

/** Where `u` is in `window`, in pixels. */
export function pixel(window: Window, u: number): number {
  return ((u - window.from) / (window.to - window.from)) * window.width;
}

/** What is at `x` pixels. */
export function atPixel(window: Window, x: number): number {
  return window.from + (x / window.width) * (window.to - window.from);
}

/** `window` with `factor` times as much in it, the place `x` staying where it is; at least a few instructions. */
export function zoomed(window: Window, factor: number, x: number, end: number): Window {
  const SMALLEST = 40;
  const length = Math.min(end, Math.max(SMALLEST, (window.to - window.from) * factor));
  const from = atPixel(window, x) - (x / window.width) * length;
  return within({ ...window, from, to: from + length }, end);
}

/** `window` moved by `dx` pixels. */
export function panned(window: Window, dx: number, end: number): Window {
  const du = (dx / window.width) * (window.to - window.from);
  return within({ ...window, from: window.from + du, to: window.to + du }, end);
}

/** Moved, if need be, so that it shows nothing outside of 0 to `end`. */
function within(window: Window, end: number): Window {
  const length = Math.min(window.to - window.from, end);
  const from = Math.max(0, Math.min(window.from, end - length));
  return { ...window, from, to: from + length };
}
