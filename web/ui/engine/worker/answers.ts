// What the worker does when it is asked: the other side of `calls.ts`.

import type { Orrery } from 'orrery-wasm';
import type { Calls, Method } from '../calls.ts';
import type { Loop } from './loop.ts';

/** One function a method; what it throws is the sentence of the refusal. */
export type Answers = { [M in Method]: (...args: Parameters<Calls[M]>) => ReturnType<Calls[M]> | Promise<ReturnType<Calls[M]>> };

/** Another journey was asked for before this one was over. */
export class CalledOff extends Error {}

/** The answers of one machine. */
export function answers(machine: Orrery, loop: Loop): Partial<Answers> {
  return {
    hash: () => ({ t: machine.t, hash: machine.stateHash() }),
    position: () => machine.position(),
    view: (request) => machine.view(request),
    symbols(bytes) {
      machine.giveSymbols(bytes);
      loop.seenAnew();
    },
  };
}
