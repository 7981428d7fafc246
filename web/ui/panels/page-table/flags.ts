// The flags of an entry: a letter each in a column of its own, so that an eye running down
// sees the pattern; a dot where one is clear. What changed is marked: ＋ set, － cleared.

import type { Flag } from 'orrery-wasm';
import { css, html, type TemplateResult } from 'lit';
import { say } from '../../words/words.ts';
import { compareFlags, type FlagFate } from './changes.ts';

/** In the order of the bits. The rare ones have a column only where one is set. */
const ALL: readonly Flag[] = ['V', 'R', 'W', 'X', 'U', 'G', 'A', 'D', 'Cow', 'Rsw1', 'Nc', 'Io', 'N'];
const RARE: readonly Flag[] = ['G', 'Rsw1', 'Nc', 'Io', 'N'];
const SIGNS: Record<FlagFate, string> = { set: '', clear: '', added: '＋', removed: '－' };

/** The flags that have a column among entries with these. */
export function columns(flagSets: readonly (readonly Flag[])[]): Flag[] {
  return ALL.filter((flag) => !RARE.includes(flag) || flagSets.some((flags) => flags.includes(flag)));
}

/** `flags` in words. */
export function inWords(flags: readonly Flag[]): string {
  return flags.length === 0 ? say('flag.none') : flags.map((flag) => say(`flag.${flag}`)).join(' · ');
}

/** The flags, and what became of those of `before`; pass the same twice where nothing is to be compared. */
export function lattice(before: readonly Flag[], now: readonly Flag[], shown: readonly Flag[]): TemplateResult {
  const fates = compareFlags(before, now, shown);
  const told = fates.filter(({ fate }) => fate === 'added' || fate === 'removed').map(({ flag, fate }) => `${SIGNS[fate]}${say(`flag.${flag}`)}`);
  return html`<span class="lattice" role="img" aria-label=${[inWords(now), ...told].join(', ')}>${fates.map(cell)}</span>`;
}

function cell({ flag, fate }: { flag: Flag; fate: FlagFate }) {
  return html`<span class="bit ${fate} ${flag}" title="${letter(flag)}: ${say(`flag.${flag}`)}"
    ><i>${SIGNS[fate]}</i>${fate === 'clear' ? '·' : letter(flag)}</span>`;
}

/** How a flag is written. */
export function letter(flag: Flag): string {
  return flag.toUpperCase();
}

export const latticeLook = css`
  .lattice {
    display: inline-flex;
    gap: 1px;
    font: 600 11.5px/1.45 var(--orrery-font-mono);
    text-decoration: none;
  }
  .bit {
    position: relative;
    min-width: 1.45em;
    padding: 0 1px;
    border-radius: 3px;
    text-align: center;
  }
  .bit.Cow,
  .bit.Rsw1 {
    min-width: 2.6em;
  }
  .bit.clear {
    font-weight: 400;
    color: var(--orrery-ink-soft);
  }
  .bit.Cow.set {
    color: var(--orrery-accent);
  }
  .bit i {
    font-size: 9px;
    font-style: normal;
  }
  .bit.added,
  .bit.removed {
    min-width: 2.2em;
    outline: 1.5px solid var(--orrery-good);
    outline-offset: -1px;
  }
  .bit.Cow.added,
  .bit.Cow.removed {
    min-width: 3.4em;
  }
  .bit.removed {
    outline: 1.5px dashed var(--orrery-bad);
    text-decoration: line-through;
    color: var(--orrery-bad);
  }
  .bit.added {
    color: var(--orrery-good);
  }
`;
