// By what one can step.

import type { Unit } from 'orrery-wasm';

/** From the largest to the smallest. */
export const UNITS: readonly Unit[] = ['event', 'syscall', 'switch', 'line', 'insn'];
