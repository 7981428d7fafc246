// The signs of change: ＋ new, ± changed, － gone; `old → new` where there is room. Each
// has its word for a screen reader and for a pointer that rests on it.

import type { ProcessRef } from 'orrery-wasm';
import { html, nothing, type TemplateResult } from 'lit';
import { say } from '../words/words.ts';
import type { Change } from './changes.ts';

const SIGNS = { same: '', new: '＋', changed: '±', gone: '－' } as const;

/** The sign of `change`; nothing if there was none. */
export function sign(change: Change): TemplateResult | typeof nothing {
  if (change === 'same') return nothing;
  const word = say(`change.${change}`);
  return html`<span class="sign is-${change}" role="img" aria-label=${word} title=${word}>${SIGNS[change]}</span>`;
}

/** The class of `change`, for an outline. */
export function outline(change: Change): string {
  return change === 'same' ? '' : change;
}

/** `now`, and if it is another than `before`, that one too. Pass the same twice where nothing is to be compared. */
export function was(before: string | undefined, now: string): TemplateResult {
  if (before === undefined || before === now) return html`${now}`;
  return html`<span class="was"><s><span class="hidden">${say('change.was', { old: before })}</span><span aria-hidden="true"
      >${before}</span></s><span aria-hidden="true"> → </span><span class="now">${now}</span></span>`;
}

/** A process, as `3 sh`. */
export function named({ pid, name }: ProcessRef): string {
  return name === '' ? String(pid) : `${pid} ${name}`;
}
