// The worker's heart: runs the machine in slices, lets time pass while it is idle, and
// posts what it wrote. Between slices the worker's other messages get their turn, so a
// key typed is served within a slice.

import type { Orrery, ViewRequest } from 'orrery-wasm';
import type { Bytes, FromWorker } from '../protocol.ts';
import { nextBudget, Pacer, Speedometer } from './pacing.ts';
import { Showing } from './showing.ts';

/** How long the machine runs before messages get their turn. */
const SLICE_MS = 8;
/** Output goes out at most once a frame while the guest is busy, at once when it goes idle. */
const FRAME_MS = 16;
const STATUS_MS = 100;
/** Bytes posted but not drawn above which the machine waits for the screen. */
const MOST_UNDRAWN_BYTES = 256 * 1024;

/** What {@link Loop} needs from its surroundings. */
export interface Surroundings {
  post(message: FromWorker, transfer: Transferable[]): void;
  failed(error: unknown): void;
}

/** Drives one machine. */
export class Loop {
  readonly #machine: Orrery;
  readonly #around: Surroundings;
  readonly #pacer = new Pacer();
  readonly #speedometer = new Speedometer();
  readonly #showing: Showing;
  readonly #turn = new MessageChannel();
  #state: 'paused' | 'running' | 'ended' = 'paused';
  #turnIsDue = false;
  #wake: ReturnType<typeof setTimeout> | undefined;
  #statusTimer: ReturnType<typeof setInterval> | undefined;
  #isIdle = false;
  #budget = 50_000;
  #undrawnBytes = 0;
  #lastOutputMs = 0;
  #lastStatus = '';

  constructor(machine: Orrery, around: Surroundings) {
    this.#machine = machine;
    this.#around = around;
    this.#showing = new Showing(machine, (message) => around.post(message, []));
    this.#turn.port1.onmessage = () => {
      this.#turnIsDue = false;
      this.#guarded(() => this.#slice());
    };
  }

  run(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#speedometer.restart();
    this.#pacer.tie(this.#machine.t, performance.now());
    this.#statusTimer = setInterval(() => this.#guarded(() => this.#postStatus()), STATUS_MS);
    this.#takeTurn();
  }

  pause(): void {
    if (this.#state !== 'running') return;
    this.#halt('paused');
    this.#stopped();
  }

  /** From now on `views` are wanted. */
  watch(views: ViewRequest[]): void {
    this.#guarded(() => this.#showing.watch(views));
  }

  /** What is watched looks different now, though the machine did not move. */
  seenAnew(): void {
    this.#showing.stale();
  }

  /** The page has drawn the views it got. */
  shown(): void {
    this.#showing.drawn();
  }

  /** Bytes for the guest's console; they wake it at once. */
  input(bytes: Bytes): void {
    if (this.#state === 'ended') return;
    this.#guarded(() => {
      this.#passIdleTime();
      this.#machine.input(bytes);
      if (this.#state === 'running') this.#takeTurn();
    });
  }

  /** The screen has drawn so many more bytes. */
  drawn(bytes: number): void {
    this.#undrawnBytes -= bytes;
    if (this.#state === 'running' && !this.#isIdle) this.#takeTurn();
  }

  #slice(): void {
    if (this.#state !== 'running' || this.#undrawnBytes > MOST_UNDRAWN_BYTES) return;
    clearTimeout(this.#wake);
    this.#passIdleTime();
    this.#isIdle = false;
    const startMs = performance.now();
    let nowMs = startMs;
    let stop = this.#machine.run(this.#budget);
    while (stop.kind === 'reached') {
      const callMs = performance.now() - nowMs;
      nowMs += callMs;
      this.#budget = nextBudget(this.#budget, callMs);
      if (nowMs - startMs >= SLICE_MS) break;
      stop = this.#machine.run(this.#budget);
    }
    nowMs = performance.now();
    this.#speedometer.ran(nowMs - startMs);
    if (stop.kind !== 'reached' || nowMs - this.#lastOutputMs >= FRAME_MS) this.#postOutput();
    this.#showing.moved();
    switch (stop.kind) {
      case 'reached':
        this.#takeTurn();
        break;
      case 'idle':
        this.#isIdle = true;
        this.#pacer.idle(this.#machine.t, nowMs);
        if (stop.next !== null) {
          this.#wake = setTimeout(() => this.#takeTurn(), this.#pacer.msUntil(stop.next, nowMs));
        }
        break;
      case 'power-off':
      case 'reset':
        this.#halt('ended');
        this.#stopped();
        this.#around.post({ kind: 'ended', stop }, []);
        break;
    }
  }

  /** Brings an idle guest's clock to the wall's, at most to its next deadline. */
  #passIdleTime(): void {
    if (this.#isIdle) this.#machine.skip(this.#pacer.tAt(performance.now()));
  }

  #takeTurn(): void {
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    this.#turn.port2.postMessage(null);
  }

  #halt(state: 'paused' | 'ended'): void {
    this.#state = state;
    clearTimeout(this.#wake);
    clearInterval(this.#statusTimer);
  }

  /** The machine stands: the page is to know exactly where. */
  #stopped(): void {
    this.#postOutput();
    this.#postStatus();
    this.#showing.stopped();
  }

  #postOutput(): void {
    this.#lastOutputMs = performance.now();
    const bytes = this.#machine.takeOutput() as Bytes;
    if (bytes.length === 0) return;
    this.#undrawnBytes += bytes.length;
    this.#around.post({ kind: 'output', bytes }, [bytes.buffer]);
  }

  #postStatus(): void {
    const speed = this.#speedometer.read(performance.now(), this.#machine.instret);
    const status = this.#machine.status();
    const told = JSON.stringify([status.instret, speed.busy > 0, this.#state]);
    if (told === this.#lastStatus) return;
    this.#lastStatus = told;
    this.#around.post({ kind: 'status', status, speed }, []);
    this.#around.post({ kind: 'position', position: this.#machine.position(), printed: this.#machine.printed }, []);
  }

  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#halt('ended');
      this.#around.failed(error);
    }
  }
}
