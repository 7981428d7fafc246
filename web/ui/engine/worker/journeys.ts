// Going somewhere in time, piece by piece: each journey yields between pieces, so that
// whoever drives it can look after other things, or call it off.

import type { Arrival, Focus, Orrery, Reason, ScenePlay, Unit } from 'orrery-wasm';
import { LARGEST_CALL } from './pacing.ts';

/** A journey; what it returns is what there is to say about where it came to. */
export type Journey<Result = Arrival> = Generator<undefined, Result, undefined>;

/** For so long one waits for something to come: twenty seconds of the guest's time. */
const PATIENCE = 2_000_000_000;

/** `n` times one unit, forward or back. */
export function* steps(machine: Orrery, way: 'step' | 'back', n: number, unit: Unit, focus: Focus): Journey {
  const from = machine.t;
  let arrival = machine[way](unit, focus);
  for (let done = 1; done < n && arrival.reason.kind === 'met'; done++) {
    yield;
    arrival = machine[way](unit, focus);
  }
  return { ...arrival, moved: arrival.position.t !== from };
}

/** To `start`, `end`, `t:123`, or a condition: where it is recorded, or where it will come next. */
export function* goTo(machine: Orrery, at: string): Journey {
  if (at === 'start') return machine.seek(0);
  if (at === 'end') return machine.seek(machine.position().end);
  const t = /^(?:t:)?(\d+)$/.exec(at)?.[1];
  if (t !== undefined && Number(t) <= machine.position().end) return machine.seek(Number(t));
  if (t === undefined) {
    const arrival = machine.goToRecorded(at);
    if (arrival.reason.kind !== 'not-yet' && arrival.reason.kind !== 'waiting') return arrival;
  }
  return yield* t === undefined ? hurryTo(machine, at, PATIENCE) : hurryTo(machine, `t:${t}`, Infinity);
}

/** Runs on until `condition` comes, but not for more than `patience` of time; idle time passes at once. */
function* hurryTo(machine: Orrery, condition: string, patience: number): Journey {
  const from = machine.t;
  const arrived = (reason: Reason): Arrival => ({ position: machine.position(), moved: machine.t !== from, reason });
  machine.seek(machine.position().end);
  machine.arm(condition);
  try {
    for (;;) {
      const stop = machine.run(LARGEST_CALL);
      switch (stop.kind) {
        case 'met':
        case 'power-off':
        case 'reset':
          return arrived(stop);
        case 'idle':
          if (stop.next === null) return arrived({ kind: 'waiting' });
          machine.skip(stop.next);
          break;
        case 'reached':
        case 'present':
          break;
      }
      if (machine.t - from > patience) return arrived({ kind: stop.kind === 'idle' ? 'waiting' : 'not-yet' });
      yield;
    }
  } finally {
    machine.arm(undefined);
  }
}

/** What comes of a stop of a scene. */
export type ScenePlayed = Exclude<ScenePlay, { kind: 'going' }>;

/** To stop `n` of the scene. */
export function* sceneTo(machine: Orrery, n: number): Journey<ScenePlayed> {
  let play = machine.setOut(n);
  while (play.kind === 'going') {
    yield;
    play = machine.play(LARGEST_CALL);
  }
  return play;
}
