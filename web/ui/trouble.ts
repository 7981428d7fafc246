// What can go wrong on the host's side, as one kind of error. Its code names the sentence
// in the catalogues (`trouble.<code>`), its details fill that sentence's blanks.

import type { WorkerFailure } from './engine/protocol.ts';

/** Who or what is at fault. */
export type TroubleCode =
  | WorkerFailure
  | 'parameter-unknown'
  | 'parameter-twice'
  | 'parameter-address'
  | 'parameter-range'
  | 'parameter-text'
  | 'wasm-missing'
  | 'kernel-missing'
  | 'disk-missing'
  | 'symbols-missing'
  | 'symbols-bad'
  | 'sources-missing'
  | 'sources-bad'
  | 'kernel-stale'
  | 'disk-stale'
  | 'worker-failed'
  | 'scene-unknown'
  | 'scene-missing'
  | 'scene-missed'
  | 'panel-unknown'
  | 'panel-option'
  | 'attribute-unknown'
  | 'figure-missing';

/** One thing that went wrong, to be told in one sentence. */
export class Trouble extends Error {
  override readonly name = 'Trouble';

  constructor(
    readonly code: TroubleCode,
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super([code, ...Object.values(details)].join(': '));
  }
}

/** `error` as a Trouble; what is none already becomes one of `code`. */
export function asTrouble(error: unknown, code: TroubleCode): Trouble {
  if (error instanceof Trouble) return error;
  return new Trouble(code, { detail: error instanceof Error ? error.message : String(error) });
}
