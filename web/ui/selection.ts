// What the reader looks at. The machine element holds one for all its panels: who wants
// another says `orrery-select`, and everybody follows.

import type { Addr } from 'orrery-wasm';

/** An object of the guest, as far as it was chosen; the time is the machine's own. */
export interface Selection {
  hart?: number;
  pid?: number;
  /** A frame of the call stack of `pid`, from 0, the innermost. */
  call?: number;
  /** A virtual address of `pid`. */
  va?: Addr;
  /** The physical address of a frame. */
  frame?: Addr;
  /** Anything else, by a name its panel made up: `block:45`, `lock:0x80021a10`. */
  object?: string;
}

/** What changes; a field given as `undefined` is chosen no longer. */
export type SelectionChange = { [Field in keyof Selection]: Selection[Field] | undefined };

/** `before` with what `change` says. Another process has other calls, and a hart is where it is. */
export function selected(before: Selection, change: SelectionChange): Selection {
  const stays = 'pid' in change || 'hart' in change ? { ...before, call: undefined } : before;
  const kept = Object.entries({ ...stays, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept);
}
