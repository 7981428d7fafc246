// How a figure comes from reset to where its attributes want it: to a stop of its scene; or
// to the prompt, with something typed there, and on to a condition. All of it happens at
// times that are the guest's own, so every reader gets the same machine, to the instruction.

import { readInput } from './attributes.ts';
import { moment } from './moment.ts';

/** What the attributes want. */
export interface Wanted {
  /** The stop of its scene, from 0; of no scene, none. */
  stop: number | undefined;
  typed: string | undefined;
  until: string | undefined;
  at: string | undefined;
}

/** The machine that is to be brought there. */
export interface Opened {
  readonly isPast: boolean;
  /** It stands still for others' sake, and will go on. */
  readonly isResting: boolean;
  /** Journeys resolve with nothing when they were called off. */
  seek(at: string): Promise<object | undefined>;
  sceneTo(n: number): Promise<object | undefined>;
  runUntil(condition: string): Promise<object | undefined>;
  branchHere(): Promise<void>;
  type(text: string): void;
}

/**
 * One opening. A machine that has to rest on the way proceeds later; one that was refused,
 * or that the reader took elsewhere, leaves it at that.
 */
export class Opening {
  /** Resolves when it is over. */
  readonly done: Promise<void>;
  readonly #machine: Opened;
  readonly #steps: (() => Promise<boolean>)[] = [];
  #isGoing = false;
  #over = (): void => {};

  constructor(machine: Opened) {
    this.#machine = machine;
    this.done = new Promise((resolve) => (this.#over = resolve));
  }

  /** What is to be done once the machine is there. */
  plan({ stop, typed, until, at }: Wanted): void {
    const machine = this.#machine;
    if (stop !== undefined) this.#steps.push(async () => (await machine.sceneTo(stop)) !== undefined);
    else if (typed !== undefined || until !== undefined) this.#steps.push(() => this.#toThePrompt(typed));
    if (until !== undefined) this.#steps.push(async () => (await machine.runUntil(until)) !== undefined);
    if (at !== undefined) this.#steps.push(async () => (await machine.seek(moment(at))) !== undefined);
  }

  get isUnderWay(): boolean {
    return this.#steps.length > 0;
  }

  /** Goes on with what is left to do. */
  proceed(): void {
    if (!this.#isGoing) void this.#proceed();
  }

  async #proceed(): Promise<void> {
    this.#isGoing = true;
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      const isDone = await step();
      if (!isDone && this.#machine.isResting) break;
      this.#steps.splice(0, isDone ? 1 : this.#steps.length);
    }
    this.#isGoing = false;
    if (!this.isUnderWay) this.#over();
  }

  async #toThePrompt(typed: string | undefined): Promise<boolean> {
    if ((await this.#machine.seek('event:ready')) === undefined) return false;
    // The machine may have been a little further already.
    if (this.#machine.isPast) await this.#machine.branchHere();
    if (typed !== undefined) this.#machine.type(readInput(typed));
    return true;
  }
}
