// What went wrong, in the reader's language.

import type { Trouble } from './trouble.ts';
import { say } from './words/words.ts';

/** `trouble` as its catalogue tells it. */
export function sentence({ code, details }: Trouble): string {
  return say(`trouble.${code}`, details);
}
