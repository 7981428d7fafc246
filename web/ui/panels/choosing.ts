// How a panel asks for another selection, and the names of what has no field of its own there.

import type { Addr } from 'orrery-wasm';
import type { Selection } from '../selection.ts';

/** What changes of the selection; a field given as `undefined` is no longer chosen. */
export type SelectionChange = { [Field in keyof Selection]: Selection[Field] | undefined };

/** The event `orrery-select`, for whoever holds the selection. */
export function select(change: SelectionChange): CustomEvent<SelectionChange> {
  return new CustomEvent('orrery-select', { detail: change, bubbles: true, composed: true });
}

/** A block of the disk, as `Selection.object`. */
export function blockObject(number: number): string {
  return `block:${number}`;
}

/** A lock, as `Selection.object`. */
export function lockObject(at: Addr): string {
  return `lock:${at}`;
}

/** The block that is chosen, if one is. */
export function chosenBlock({ object }: Selection): number | undefined {
  const digits = /^block:(\d+)$/.exec(object ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
