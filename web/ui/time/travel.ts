// Going about in time: the machine's steps, forward and back, and its runs to a
// condition. Keeps where it stands and by what it steps; the worker does the going.

import type { Arrival, Focus, Position, Reason, Unit } from 'orrery-wasm';
import { Refused, type Engine } from '../engine/engine.ts';
import type { Calls } from '../engine/calls.ts';

/** By what one can step, from the largest to the smallest. */
export const UNITS: readonly Unit[] = ['event', 'syscall', 'switch', 'line', 'insn'];

/** A method that moves the machine in time. */
type Move = 'seek' | 'step' | 'back' | 'runUntil' | 'backUntil';

/** What a journey tells the machine it belongs to. */
export interface Traveller {
  /** The machine leaves; it runs to `goal`, if that is said. */
  departed(goal: string | undefined): void;
  /** It stands again. */
  arrived(reason: Reason, position: Position): void;
  /** It never left; why, in a sentence. */
  refused(message: string): void;
}

/** The journeys of one machine. */
export class Travel {
  readonly #traveller: Traveller;
  #engine: Engine | undefined;
  /** Where the machine stands. */
  position: Position | undefined;

  constructor(traveller: Traveller) {
    this.#traveller = traveller;
  }

  /** Whether there is something behind the present moment that has happened already. */
  get isPast(): boolean {
    return this.position !== undefined && this.position.t < this.position.end;
  }

  /** From now on it is `engine` that goes. */
  attach(engine: Engine | undefined): void {
    this.#engine = engine;
    this.position = undefined;
  }

  step(n: number, unit: Unit, focus: Focus): Promise<Arrival | undefined> {
    return this.#go(undefined, 'step', n, unit, focus);
  }

  back(n: number, unit: Unit, focus: Focus): Promise<Arrival | undefined> {
    return this.#go(undefined, 'back', n, unit, focus);
  }

  runUntil(condition: string): Promise<Arrival | undefined> {
    return this.#go(condition, 'runUntil', condition);
  }

  backUntil(condition: string): Promise<Arrival | undefined> {
    return this.#go(undefined, 'backUntil', condition);
  }

  seek(at: string): Promise<Arrival | undefined> {
    return this.#go(undefined, 'seek', at);
  }

  /** Resolves with where it came to; with nothing if it was refused, or called off by another journey. */
  async #go<M extends Move>(goal: string | undefined, method: M, ...args: Parameters<Calls[M]>): Promise<Arrival | undefined> {
    const engine = this.#engine;
    if (engine === undefined) return undefined;
    this.#traveller.departed(goal);
    try {
      const arrival: Arrival = await engine.call(method, ...args);
      this.position = arrival.position;
      this.#traveller.arrived(arrival.reason, arrival.position);
      return arrival;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (!error.isCalledOff) this.#traveller.refused(error.message);
      return undefined;
    }
  }
}
