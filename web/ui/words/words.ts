// Every word the page says, in the reader's language. A catalogue is a flat JSON file;
// the English one fixes the keys, and the compiler holds the others to it.

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import en from './en.json';
import zhHans from './zh-Hans.json';
import { recall, remember } from '../memory.ts';

/** Name of a sentence. */
export type Word = keyof typeof en;
/** A language there is a catalogue for. */
export type Language = keyof typeof CATALOGUES;

const CATALOGUES = { en, 'zh-Hans': zhHans } satisfies Record<string, Record<Word, string>>;
export const LANGUAGES = Object.keys(CATALOGUES) as Language[];

let language: Language = initialLanguage();
const hosts = new Set<ReactiveControllerHost>();

/** The language in force. */
export function currentLanguage(): Language {
  return language;
}

/** Changes the language of all elements on the page, and remembers it. */
export function speak(next: Language): void {
  remember('language', next);
  document.documentElement.lang = next;
  adopt(next);
}

/** Changes the language of our elements alone: the page is somebody else's. */
export function adopt(next: Language): void {
  language = next;
  for (const host of hosts) host.requestUpdate();
}

/** The sentence `word` in `inLanguage`, its `{blanks}` filled from `blanks`. */
export function say(word: Word, blanks: Readonly<Record<string, string>> = {}, inLanguage = language): string {
  return CATALOGUES[inLanguage][word].replace(/\{(\w+)\}/g, (_, name: string) => blanks[name] ?? '');
}

/** Whether there is a sentence of this name. */
export function hasWord(name: string): name is Word {
  return Object.hasOwn(en, name);
}

/** `n` with its digits grouped as the language does. */
export function grouped(n: number): string {
  return new Intl.NumberFormat(language).format(n);
}

/** Makes an element render again when the language changes. */
export class Speaker implements ReactiveController {
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    hosts.add(this.#host);
  }

  hostDisconnected(): void {
    hosts.delete(this.#host);
  }
}

function initialLanguage(): Language {
  const wished = [recall('language') ?? '', ...navigator.languages];
  for (const tag of wished) {
    if (/^zh\b/i.test(tag)) return 'zh-Hans';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}
