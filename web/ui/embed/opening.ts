// How a figure comes from reset to where its attributes want it: to a stop of its scene; or
// to the prompt, with something typed there, and on to a condition. All of it happens at
// times that are the guest's own, so every reader gets the same machine, to the instruction.

import { readInput } from './attributes.ts';
import { moment } from './moment.ts';

/** What the attributes want. */
export interface Wanted {
  /** The stop of its scene, from 0. */
  stop?: number | undefined;
  /** Typed at the prompt. */
  typed?: string | undefined;
  /** A condition to run to. */
  until?: string | undefined;
  /** A moment to stand at. */
  at?: string | undefined;
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

/** Whether it came where it was to come. */
type Step = () => Promise<boolean>;

/**
 * The openings of one figure: one each time its machine is started. A machine that has to
 * rest on the way proceeds later; one that was refused, or that the reader took elsewhere,
 * leaves it at that.
 */
export class Opening {
  /** Resolves when the first one is over. */
  readonly done: Promise<void>;
  readonly #machine: Opened;
  readonly #plan: readonly Step[];
  #left: Step[] = [];
  #isGoing = false;
  #over = (): void => {};

  constructor(machine: Opened, { stop, typed, until, at }: Wanted) {
    this.#machine = machine;
    this.done = new Promise((resolve) => (this.#over = resolve));
    const came = async (journey: Promise<object | undefined>) => (await journey) !== undefined;
    this.#plan = [
      ...(stop !== undefined ? [() => came(machine.sceneTo(stop))] : []),
      ...(typed !== undefined || until !== undefined ? [() => this.#toThePrompt(typed)] : []),
      ...(until !== undefined ? [() => came(machine.runUntil(until))] : []),
      ...(at !== undefined ? [() => came(machine.seek(moment(at)))] : []),
    ];
  }

  get isUnderWay(): boolean {
    return this.#left.length > 0;
  }

  /** The machine has just been started. */
  begin(): void {
    this.#left = [...this.#plan];
    this.proceed();
  }

  /** Goes on with what is left to do. */
  proceed(): void {
    if (!this.#isGoing) void this.#proceed();
  }

  /** There is no machine any more to bring anywhere. */
  abandon(): void {
    this.#left = [];
    this.#over();
  }

  async #proceed(): Promise<void> {
    this.#isGoing = true;
    for (let step = this.#left[0]; step !== undefined; step = this.#left[0]) {
      const isThere = await step();
      if (!isThere && this.#machine.isResting) break;
      this.#left.splice(0, isThere ? 1 : this.#left.length);
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
