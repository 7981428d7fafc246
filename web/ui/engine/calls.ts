// What the worker can be asked to do: one row a method. `Engine.call` asks from the page;
// the worker's `answers.ts` does it.

import type { Arrival, Event, Focus, Position, ScenePlay, Unit, View, ViewRequest } from 'orrery-wasm';
import type { Bytes } from './protocol.ts';

/** The machine's state in 128 bits, and when it was that. */
export interface Hashed {
  t: number;
  /** 32 hexadecimal digits. */
  hash: string;
}

/**
 * The methods. What cannot be done is refused with a sentence. One that goes somewhere in
 * time stops the machine first, and ends an earlier one that is still on its way.
 */
export interface Calls {
  /** The state hash, as soon as the running slice is over. */
  hash(): Hashed;
  /** Where in time the machine stands. */
  position(): Position;
  /** One view, now. */
  view(request: ViewRequest): View;
  /** The events with these numbers, `to` not included. */
  events(from: number, to: number): Event[];
  /** What the kernel's debug information says, digested: from now on views have names. */
  symbols(bytes: Bytes): void;
  /** The text of the source files that those tell of: from now on views have lines. */
  sources(bytes: Bytes): void;
  /** Goes to a time: `start`, `end`, `t:123`, or an event such as `event:trap.store-fault#1`. */
  seek(at: string): Arrival;
  step(n: number, unit: Unit, focus: Focus): Arrival;
  back(n: number, unit: Unit, focus: Focus): Arrival;
  runUntil(condition: string): Arrival;
  backUntil(condition: string): Arrival;
  /** Goes to stop `n`, from 0, of the scene that the machine was booted with. */
  scene(n: number): Exclude<ScenePlay, { kind: 'going' }>;
  /** Forgets what came after the present moment: it becomes the present. */
  branchHere(): Position;
}

/** Name of a method. */
export type Method = keyof Calls;
