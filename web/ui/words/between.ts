// Sentences with elements in their blanks.

import type { TemplateResult } from 'lit';
import { say, type Word } from './words.ts';

/** The sentence `word` in pieces, its `{blanks}` filled with templates. */
export function between(word: Word, blanks: Readonly<Record<string, TemplateResult>>): (string | TemplateResult)[] {
  // A mark no catalogue contains keeps the places while `say` fills the blanks.
  const marked = say(word, Object.fromEntries(Object.keys(blanks).map((name) => [name, `\0${name}\0`])));
  return marked.split('\0').map((piece, n) => (n % 2 === 1 ? (blanks[piece] ?? piece) : piece));
}
