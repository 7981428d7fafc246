// What the worker does when it is asked: the other side of `calls.ts`.

import type { Orrery } from 'orrery-wasm';
import type { Calls, Method } from '../calls.ts';
import { goTo, sceneTo, steps } from './journeys.ts';
import type { Loop } from './loop.ts';

/** One function a method; what it throws is the sentence of the refusal. */
export type Answers = { [M in Method]: (...args: Parameters<Calls[M]>) => ReturnType<Calls[M]> | Promise<ReturnType<Calls[M]>> };

/** The answers of one machine. */
export function answers(machine: Orrery, loop: Loop): Answers {
  return {
    hash: () => ({ t: machine.t, hash: machine.stateHash() }),
    position: () => machine.position(),
    view: (request) => machine.view(request),
    events: (from, to) => machine.events(from, to),
    symbols(bytes) {
      machine.giveSymbols(bytes);
      loop.seenAnew();
    },
    sources(bytes) {
      machine.giveSources(bytes);
      loop.seenAnew();
    },
    seek: (at) => loop.travel(goTo(machine, at)),
    step: (n, unit, focus) => loop.travel(steps(machine, 'step', n, unit, focus)),
    back: (n, unit, focus) => loop.travel(steps(machine, 'back', n, unit, focus)),
    runUntil: (condition) => loop.runUntil(condition),
    backUntil: (condition) => loop.travel(once(() => machine.backUntil(condition))),
    scene: (n) => loop.travel(sceneTo(machine, n)),
    branchHere() {
      loop.pause();
      machine.branchHere();
      loop.branched();
      return machine.position();
    },
  };
}

/** A journey of one piece. */
function* once<Value>(go: () => Value): Generator<undefined, Value, undefined> {
  return go();
}
