// Which language figures speak: the one asked for, else that of the page around them,
// else the reader's. It is one for the whole page, and nothing of the page is changed.

import { adopt, currentLanguage, type Language } from '../words/words.ts';

/** Speaks as `wish` says; `auto` follows the language the page declares around `element`. */
export function follow(wish: Language | 'auto', element: Element): void {
  const next = wish === 'auto' ? declared(element) : wish;
  if (next !== undefined && next !== currentLanguage()) adopt(next);
}

function declared(element: Element): Language | undefined {
  const tag = element.closest<HTMLElement>('[lang]:not(orrery-machine)')?.lang ?? '';
  if (/^zh\b/i.test(tag)) return 'zh-Hans';
  return /^en\b/i.test(tag) ? 'en' : undefined;
}
