// The signs of change: ＋ new, ± changed, － gone; `old → new` where there is room. Each
// has its word for a screen reader and for a pointer that rests on it.

import type { ProcessRef } from 'orrery-wasm';
import { html, nothing, type TemplateResult } from 'lit';
import { say } from '../words/words.ts';
import { compare, type Change } from './changes.ts';
import { shared as sharedIcon } from './icons.ts';

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

/** `now`, and if it is another than `before`, and that was anything, that one too. */
export function was(before: string | undefined, now: string): TemplateResult {
  if (before === undefined || before === '' || before === now) return html`${now}`;
  return html`<span class="was"><s><span class="hidden">${say('change.was', { old: before })}</span><span aria-hidden="true"
      >${before}</span></s><span aria-hidden="true"> → </span><span class="now">${now}</span></span>`;
}

/** A process, as `3 sh`. */
export function named({ pid, name }: ProcessRef): string {
  return name === '' ? String(pid) : `${pid} ${name}`;
}

/**
 * Who else has a frame, each as `brief` writes it, the whole in words for a screen reader;
 * who had it and has it no more is struck.
 */
export function sharers(before: readonly ProcessRef[], now: readonly ProcessRef[], brief: (process: ProcessRef) => string): TemplateResult | typeof nothing {
  const who = compare(before, now, ({ pid }) => pid, () => true);
  if (who.length === 0) return nothing;
  const words = say('table.shared-with', { who: now.map(named).join(', ') || say('table.nobody') });
  return html`<span class="shared" title=${words}>${sharedIcon}<span class="hidden">${words}</span><span aria-hidden="true">${who.map(({ item, change }, n) =>
    html`${n > 0 ? ', ' : nothing}<span class=${change === 'gone' ? 'gone' : ''}>${SIGNS[change]}${brief(item)}</span>`)}</span></span>`;
}
