// Decisions about time, as plain functions over plain numbers: how much to run in one
// call, when guest time meets wall-clock time, how fast the guest went.

import type { Speed } from '../protocol.ts';

/** `t` per millisecond of guest time: the timebase is 10 MHz and `mtime` is `t / 10`. */
export const T_PER_MS = 100_000;

const SMALLEST_CALL = 10_000;
/** Wasm has no on-stack replacement: longer calls would stay in the browser's slow tier. */
export const LARGEST_CALL = 1_000_000;
const CALL_MS = 2;

/** The next call's budget, so that a call takes about two milliseconds. */
export function nextBudget(budget: number, tookMs: number): number {
  const wanted = tookMs > 0 ? (budget * CALL_MS) / tookMs : budget * 2;
  // At most doubled or halved: one slow call says little.
  const bounded = Math.min(budget * 2, Math.max(budget / 2, wanted));
  return Math.round(Math.min(LARGEST_CALL, Math.max(SMALLEST_CALL, bounded)));
}

/** The screen draws no faster than it is worth to look. */
const SHORTEST_SHOW_MS = 1000 / 30;
/** What is shown may take one part in so many of the time. */
const SHOW_SHARE = 14;

/** When to show again, if showing from `startMs` on took `tookMs`. */
export function nextShowMs(startMs: number, tookMs: number): number {
  return startMs + Math.max(SHORTEST_SHOW_MS, tookMs * SHOW_SHARE);
}

/**
 * Ties guest time to wall-clock time while the guest is idle.
 *
 * A guest that computes goes as fast as it can, so its clock may run ahead of the wall's
 * or fall behind. When it goes idle the two are tied anew, unless they are nearly
 * together: then the old knot holds, and many short waits do not add up to a drift.
 */
export class Pacer {
  static readonly TOLERANCE_MS = 50;
  #t = 0;
  #nowMs = 0;

  /** The guest went idle at `t`, at `nowMs` on the wall. */
  idle(t: number, nowMs: number): void {
    if (Math.abs(this.tAt(nowMs) - t) > Pacer.TOLERANCE_MS * T_PER_MS) {
      this.tie(t, nowMs);
    }
  }

  /** Says that `t` and `nowMs` are the same moment. */
  tie(t: number, nowMs: number): void {
    this.#t = t;
    this.#nowMs = nowMs;
  }

  /** Guest time at `nowMs`. */
  tAt(nowMs: number): number {
    return Math.floor(this.#t + (nowMs - this.#nowMs) * T_PER_MS);
  }

  /** Milliseconds from `nowMs` until guest time `t`; 0 if it has passed. */
  msUntil(t: number, nowMs: number): number {
    return Math.max(0, (t - this.tAt(nowMs)) / T_PER_MS);
  }
}

/** Measures {@link Speed} over the last second. */
export class Speedometer {
  static readonly WINDOW_MS = 1000;
  #samples: { nowMs: number; instret: number; busyMs: number }[] = [];
  #busyMs = 0;

  /** The guest ran for so long. */
  ran(ms: number): void {
    this.#busyMs += ms;
  }

  /** Forgets what was before: after a pause the first second must not count it. */
  restart(): void {
    this.#samples = [];
  }

  /** Notes that `instret` instructions have been retired by `nowMs`, and reads the dial. */
  read(nowMs: number, instret: number): Speed {
    this.#samples.push({ nowMs, instret, busyMs: this.#busyMs });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.nowMs ?? nowMs) >= Speedometer.WINDOW_MS) {
      this.#samples.shift();
    }
    const first = this.#samples[0];
    const ms = first === undefined ? 0 : nowMs - first.nowMs;
    if (first === undefined || ms <= 0) return { mips: 0, busy: 0 };
    return {
      mips: (instret - first.instret) / ms / 1000,
      busy: Math.min(1, (this.#busyMs - first.busyMs) / ms),
    };
  }
}
