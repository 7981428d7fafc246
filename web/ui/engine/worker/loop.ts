// The worker's heart: runs the machine in slices, lets time pass while it is idle, and
// posts what it wrote. Between slices the worker's other messages get their turn, so a
// key typed is served within a slice.

import type { Arrival, Orrery, Reason, RunStop, ViewRequest } from 'orrery-wasm';
import type { Bytes, FromWorker } from '../protocol.ts';
import type { Journey } from './journeys.ts';
import { News } from './news.ts';
import { nextBudget, Pacer, Speedometer } from './pacing.ts';
import { Showing } from './showing.ts';

/** How long the machine runs before messages get their turn. */
const SLICE_MS = 8;
/** Output goes out at most once a frame while the guest is busy, at once when it goes idle. */
const FRAME_MS = 16;
const STATUS_MS = 100;
/** Browsers sleep no shorter once timers follow each other. */
const SHORTEST_WAIT_MS = 4;
/** Bytes posted but not drawn above which the machine waits for the screen. */
const MOST_UNDRAWN_BYTES = 256 * 1024;

/** What {@link Loop} needs from its surroundings. */
export interface Surroundings {
  post(message: FromWorker, transfer: Transferable[]): void;
  failed(error: unknown): void;
}

/** Another journey was asked for before this one was over. */
export class CalledOff extends Error {}

/** A condition that the machine runs to, and who waits for it. */
interface Goal {
  reached(arrival: Arrival): void;
  calledOff(): void;
}

/** Drives one machine. */
export class Loop {
  readonly #machine: Orrery;
  readonly #around: Surroundings;
  readonly #pacer = new Pacer();
  readonly #speedometer = new Speedometer();
  readonly #showing: Showing;
  readonly #news: News;
  readonly #turn = new MessageChannel();
  #state: 'paused' | 'running' | 'ended' = 'paused';
  #goal: Goal | undefined;
  /** Counts journeys, so that one knows whether it is still the last. */
  #journey = 0;
  /** Called when other messages have had their turn. */
  #afterTurn: (() => void)[] = [];
  #wake: ReturnType<typeof setTimeout> | undefined;
  #statusTimer: ReturnType<typeof setInterval> | undefined;
  #isIdle = false;
  #budget = 50_000;
  #undrawnBytes = 0;
  #lastOutputMs = 0;

  constructor(machine: Orrery, around: Surroundings) {
    this.#machine = machine;
    this.#around = around;
    this.#showing = new Showing(machine, (message) => around.post(message, []));
    this.#news = new News(machine, (message) => around.post(message, []));
    this.#turn.port1.onmessage = () => {
      const due = this.#afterTurn;
      this.#afterTurn = [];
      for (const next of due) next();
    };
  }

  run(): void {
    const canRun = this.#state === 'paused' || (this.#state === 'ended' && this.#machine.isPast);
    if (!canRun) return;
    this.#journey++;
    this.#state = 'running';
    this.#isIdle = false;
    this.#speedometer.restart();
    this.#pacer.tie(this.#machine.t, performance.now());
    this.#statusTimer = setInterval(() => this.#guarded(() => this.#postNews()), STATUS_MS);
    this.#takeTurn();
  }

  pause(): void {
    this.#journey++;
    if (this.#state !== 'running') return;
    this.#halt('paused');
    this.#goal?.calledOff();
    this.#goal = undefined;
    this.#machine.arm(undefined);
    this.#stopped();
  }

  /** Runs, as ever, until `condition` comes. Rejects with {@link CalledOff} if it is stopped before. */
  async runUntil(condition: string): Promise<Arrival> {
    this.pause();
    this.#machine.arm(condition);
    return new Promise((resolve, reject) => {
      this.#goal = { reached: resolve, calledOff: () => reject(new CalledOff()) };
      this.run();
      // Where a guest has ended there is nothing to run.
      if (this.#state !== 'running') this.#reached({ kind: 'not-yet' });
    });
  }

  /** Stops the machine and takes it elsewhere. Rejects with {@link CalledOff} if something else comes between. */
  async travel<Result>(journey: Journey<Result>): Promise<Result> {
    this.pause();
    const number = this.#journey;
    try {
      for (;;) {
        const startMs = performance.now();
        let piece = journey.next();
        while (!piece.done && performance.now() - startMs < SLICE_MS) piece = journey.next();
        if (piece.done) {
          this.#state = 'paused';
          this.#stopped();
          return piece.value;
        }
        if (performance.now() - this.#lastOutputMs >= FRAME_MS) this.#postOutput();
        this.#news.glance();
        await this.#othersTurn();
        if (number !== this.#journey) throw new CalledOff();
      }
    } finally {
      journey.return(undefined as never);
    }
  }

  /** The machine forgot what came after the present moment. */
  branched(): void {
    this.#state = 'paused';
    this.#news.branched();
    this.#stopped();
  }

  /** From now on `views` are wanted, and news of events or not. */
  watch(views: ViewRequest[], events: boolean): void {
    this.#guarded(() => {
      this.#news.watch(events);
      this.#showing.watch(views);
    });
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
    if (this.#state === 'ended' || this.#machine.isPast) return;
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
    for (;;) {
      const callMs = performance.now() - nowMs;
      nowMs += callMs;
      if (stop.kind === 'reached') this.#budget = nextBudget(this.#budget, callMs);
      if (nowMs - startMs >= SLICE_MS) break;
      if (stop.kind === 'idle' ? !this.#passesAtOnce(stop.next, nowMs) : stop.kind !== 'reached') break;
      stop = this.#machine.run(this.#budget);
    }
    nowMs = performance.now();
    this.#speedometer.ran(nowMs - startMs);
    if (stop.kind !== 'reached' || nowMs - this.#lastOutputMs >= FRAME_MS) this.#postOutput();
    this.#showing.moved();
    this.#after(stop, nowMs);
  }

  #after(stop: RunStop, nowMs: number): void {
    switch (stop.kind) {
      case 'reached':
        this.#takeTurn();
        break;
      case 'present':
        this.#pacer.tie(this.#machine.t, nowMs);
        this.#takeTurn();
        break;
      case 'idle':
        this.#waits(stop.next, nowMs);
        break;
      case 'met':
        this.#halt('paused');
        this.#stopped();
        this.#reached(stop);
        break;
      case 'power-off':
      case 'reset':
        this.#halt('ended');
        this.#stopped();
        this.#reached(stop);
        this.#around.post({ kind: 'ended', stop }, []);
        break;
    }
  }

  /**
   * Lets a wait pass that is too short for the browser's timers: a guest that reads its disk
   * waits for every block, and would sleep some milliseconds each time.
   */
  #passesAtOnce(next: number | null, nowMs: number): boolean {
    this.#pacer.idle(this.#machine.t, nowMs);
    if (next === null || this.#pacer.msUntil(next, nowMs) > SHORTEST_WAIT_MS) return false;
    this.#machine.skip(next);
    return true;
  }

  /** Every hart waits, until `next` or for input. What has happened already is not waited for again. */
  #waits(next: number | null, nowMs: number): void {
    if (this.#machine.isPast) {
      this.#machine.skip(next ?? this.#machine.position().end);
      this.#takeTurn();
      return;
    }
    if (this.#passesAtOnce(next, nowMs)) {
      this.#takeTurn();
      return;
    }
    this.#isIdle = true;
    if (next !== null) this.#wake = setTimeout(() => this.#takeTurn(), this.#pacer.msUntil(next, nowMs));
  }

  /** Brings an idle guest's clock to the wall's, at most to its next deadline. */
  #passIdleTime(): void {
    if (this.#isIdle) this.#machine.skip(this.#pacer.tAt(performance.now()));
  }

  #takeTurn(): void {
    if (!this.#afterTurn.includes(this.#nextSlice)) this.#afterOthers(this.#nextSlice);
  }

  readonly #nextSlice = (): void => this.#guarded(() => this.#slice());

  /** Resolves when other messages have had their turn. */
  #othersTurn(): Promise<void> {
    return new Promise((resolve) => this.#afterOthers(resolve));
  }

  #afterOthers(next: () => void): void {
    if (this.#afterTurn.length === 0) this.#turn.port2.postMessage(null);
    this.#afterTurn.push(next);
  }

  #halt(state: 'paused' | 'ended'): void {
    this.#state = state;
    clearTimeout(this.#wake);
    clearInterval(this.#statusTimer);
  }

  /** Tells whoever waits for a condition why the machine stands. */
  #reached(reason: Reason): void {
    const goal = this.#goal;
    this.#goal = undefined;
    this.#machine.arm(undefined);
    goal?.reached({ position: this.#machine.position(), moved: true, reason });
  }

  /** The machine stands: the page is to know exactly where. */
  #stopped(): void {
    this.#postOutput();
    this.#news.stopped(this.#speedometer.read(performance.now(), this.#machine.instret));
    this.#showing.stopped();
  }

  #postNews(): void {
    this.#news.running(this.#speedometer.read(performance.now(), this.#machine.instret));
  }

  #postOutput(): void {
    this.#lastOutputMs = performance.now();
    const bytes = this.#machine.takeOutput() as Bytes;
    if (bytes.length === 0) return;
    this.#undrawnBytes += bytes.length;
    this.#around.post({ kind: 'output', bytes }, [bytes.buffer]);
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
