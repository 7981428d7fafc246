// What can be asked for after `#` in the page's address:
// `#scene=NAME&variant=NAME&step=N&view=…&kernel=URL&disk=URL&symbols=URL&harts=N&seed=N&bootargs=…`.
// Plain functions over text.

import { Trouble } from './trouble.ts';

/** A machine as asked for; what is missing takes the page's default. */
export interface Wanted {
  scene?: string;
  variant?: string;
  /** A stop of the scene, from 1. */
  step?: number;
  view?: string;
  kernel?: string;
  disk?: string;
  symbols?: string;
  harts?: number;
  seed?: number;
  bootargs?: string;
}

/** One row per parameter: the value its text stands for, or a thrown Trouble. */
const PARAMETERS: { [Name in keyof Required<Wanted>]: (text: string, base: string) => Required<Wanted>[Name] } = {
  scene: (text, base) => (text.endsWith('.json') ? address('scene', text, base) : text),
  variant: (text) => text,
  step: (text) => whole('step', text, 1, 99),
  view: (text) => text,
  kernel: (text, base) => address('kernel', text, base),
  disk: (text, base) => address('disk', text, base),
  symbols: (text, base) => address('symbols', text, base),
  harts: (text) => whole('harts', text, 1, 8),
  seed: (text) => whole('seed', text, 0, Number.MAX_SAFE_INTEGER),
  bootargs(text) {
    if (!/^[\x20-\x7e]{0,255}$/.test(text)) throw new Trouble('parameter-text', { name: 'bootargs', value: text });
    return text;
  },
};

/**
 * Reads `hash`, with or without its `#`; addresses in it are relative to `base`.
 *
 * @throws Trouble `parameter-…` for an unknown name, a name given twice or a bad value.
 */
export function readParameters(hash: string, base: string): Wanted {
  const wanted: Partial<Record<keyof Wanted, string | number>> = {};
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (!isParameter(name)) {
      throw new Trouble('parameter-unknown', { name, known: Object.keys(PARAMETERS).join(', ') });
    }
    if (name in wanted) throw new Trouble('parameter-twice', { name });
    wanted[name] = PARAMETERS[name](text, base);
  }
  return wanted as Wanted;
}

function isParameter(name: string): name is keyof Wanted {
  return Object.hasOwn(PARAMETERS, name);
}

function address(name: string, text: string, base: string): string {
  if (text === '' || !URL.canParse(text, base)) throw new Trouble('parameter-address', { name, value: text });
  return new URL(text, base).href;
}

function whole(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < from || value > to) {
    throw new Trouble('parameter-range', { name, value: text, from: String(from), to: String(to) });
  }
  return value;
}
