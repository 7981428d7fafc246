// Where the machine stands, and what has happened: told ten times a second while it runs,
// and at every stop.

import type { Orrery } from 'orrery-wasm';
import type { EventColumns, FromWorker, Speed } from '../protocol.ts';

/** While a journey lasts, the page is told this often how far it has come. */
const GLANCE_MS = 100;

/** Tells the page. */
export class News {
  readonly #machine: Orrery;
  readonly #post: (message: FromWorker) => void;
  #lastStatus = '';
  #lastGlanceMs = 0;
  /** Numbers of the next event and the next change of mode to tell, if they are wanted. */
  #next: { event: number; mode: number } | undefined;

  constructor(machine: Orrery, post: (message: FromWorker) => void) {
    this.#machine = machine;
    this.#post = post;
  }

  /** Whether events are wanted, all of them from the first. */
  watch(events: boolean): void {
    if (!events) this.#next = undefined;
    else this.#next ??= { event: 0, mode: 0 };
    this.#events();
  }

  /** The machine runs on. */
  running(speed: Speed): void {
    const status = this.#machine.status();
    const told = JSON.stringify([status.instret, status.t, speed.busy > 0]);
    if (told === this.#lastStatus) return;
    this.#lastStatus = told;
    this.#post({ kind: 'status', status, speed });
    this.#position();
    this.#events();
  }

  /** The machine stands. */
  stopped(speed: Speed): void {
    this.#lastStatus = '';
    this.#post({ kind: 'status', status: this.#machine.status(), speed });
    this.#events();
    this.#position();
  }

  /** The machine is on a journey. */
  glance(): void {
    if (performance.now() - this.#lastGlanceMs < GLANCE_MS) return;
    this.#lastGlanceMs = performance.now();
    this.#position();
  }

  /** What came after the present moment never happened. */
  branched(): void {
    const events = this.#machine.position().n_events;
    // Asked for what is beyond the last, it says which the last is.
    const { firstMode: modes } = this.#columns(events, Number.MAX_SAFE_INTEGER);
    this.#post({ kind: 'branched', kept: { printed: this.#machine.printed, events, modes } });
    if (this.#next) this.#next = { event: Math.min(this.#next.event, events), mode: Math.min(this.#next.mode, modes) };
  }

  #position(): void {
    this.#post({ kind: 'position', position: this.#machine.position(), printed: this.#machine.printed });
  }

  #events(): void {
    const next = this.#next;
    if (next === undefined) return;
    for (;;) {
      const columns = this.#columns(next.event, next.mode);
      const [event, mode] = [columns.first + columns.t.length, columns.firstMode + columns.modeT.length];
      if (event === next.event && mode === next.mode) return;
      this.#post({ kind: 'events', columns });
      Object.assign(next, { event, mode });
    }
  }

  #columns(first: number, firstMode: number): EventColumns {
    const columns = this.#machine.eventColumns(first, firstMode);
    try {
      const { t, kind, hart, pid, modeT, modeHart, mode } = columns;
      return { first: columns.first, t, kind, hart, pid, firstMode: columns.firstMode, modeT, modeHart, mode } as EventColumns;
    } finally {
      columns.free();
    }
  }
}
