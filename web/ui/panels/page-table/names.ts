// What the parts of an address space are called. The inspector speaks English; the words
// it uses most are said in the reader's language, others are shown as they came.

import type { Region } from 'orrery-wasm';
import { hasWord, say } from '../../words/words.ts';
import { NUMBERED } from './stack.ts';

/** The name of a thing the inspector calls `name`. */
export function nameOf(name: string): string {
  const number = NUMBERED.exec(name)?.[0] ?? '';
  const word = `region.${name.slice(0, name.length - number.length)}`;
  return hasWord(word) ? say(word) + number.replace(/^ of/, '') : name;
}

/** The name of a region, whether it has one or not. */
export function regionName({ name, kind }: Region): string {
  if (name !== undefined) return nameOf(name);
  return say(kind === 'mapped' ? 'region.unnamed' : `legend.${kind}`);
}

/** How many pages, in words. */
export function pagesText(n: number): string {
  return n === 1 ? say('table.page') : say('table.pages', { n: String(n) });
}
