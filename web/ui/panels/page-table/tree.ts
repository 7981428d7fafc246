// The Sv39 tree drawn as rows: a table, its entries below it, leaves in runs. The columns
// stand still, whatever the depth, so that flags can be compared down the page.

import type { Entry, Flag } from 'orrery-wasm';
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { say } from '../../words/words.ts';
import type { Change } from '../changes.ts';
import { shared as sharedIcon } from '../icons.ts';
import { named, outline, sign, was } from '../marks.ts';
import { isTable, type EntryChange } from './changes.ts';
import { columns, lattice } from './flags.ts';
import { nameOf, pagesText } from './names.ts';
import { NUMBERED } from './stack.ts';

/** What the tree needs besides its entries. */
export interface TreeAround {
  folded: ReadonlySet<string>;
  /** Whether an entry leads to, or is, what is chosen. */
  isLit(entry: Entry): boolean;
  choose(entry: Entry): void;
  fold(key: string): void;
}

/** A row: an entry at its depth. */
interface Row {
  entry: EntryChange;
  depth: number;
  key: string;
  /** Whether what is below it is shown; of a leaf, `undefined`. */
  isOpen: boolean | undefined;
  /** So many leaves of the same sort stand behind it. */
  alike: number;
}

/** So many leaves of a sort, kernel stacks say, are worth one row. */
const FOLD_FROM = 8;

/** The tree of `entries`. */
export function drawTree(entries: readonly EntryChange[], around: TreeAround): TemplateResult {
  const rows = condensed(rowsOf(entries, around.folded, 0), around.folded);
  const shown = columns(rows.flatMap(({ entry }) => [entry.item.flags, entry.before?.flags ?? []]));
  return html`<div class="tree" role="tree" aria-label=${say('table.tree')} data-roving="list" @keydown=${(event: KeyboardEvent) => onKey(event, rows, around)}>
    ${repeat(rows, ({ key }) => key, (row) => drawRow(row, shown, around))}
  </div>`;
}

function rowsOf(entries: readonly EntryChange[], folded: ReadonlySet<string>, depth: number): Row[] {
  return entries.flatMap((entry) => {
    const key = keyOf(entry.item, entry.change);
    const isOpen = isTable(entry.item) ? !folded.has(key) : undefined;
    return [{ entry, depth, key, isOpen, alike: 1 }, ...(isOpen ? rowsOf(entry.children, folded, depth + 1) : [])];
  });
}

/** `rows` with runs of leaves of one sort behind the first of them; a key in `unfolded` opens one. */
function condensed(rows: readonly Row[], unfolded: ReadonlySet<string>): Row[] {
  const shown: Row[] = [];
  const sorts = rows.map(sort);
  for (let n = 0; n < rows.length;) {
    const row = rows[n];
    if (row === undefined) break;
    let alike = 1;
    while (sorts[n] !== undefined && sorts[n + alike] === sorts[n]) alike += 1;
    const key = `alike ${row.key}`;
    if (alike < FOLD_FROM) shown.push(...rows.slice(n, n + alike));
    else if (unfolded.has(key)) shown.push({ ...row, key, isOpen: true, alike }, ...rows.slice(n, n + alike).map((leaf) => ({ ...leaf, depth: leaf.depth + 1 })));
    else shown.push({ ...row, key, isOpen: false, alike });
    n += alike;
  }
  return shown;
}

/** What a leaf that did not change has in common with others of its sort. */
function sort({ entry: { item, change }, depth, isOpen }: Row): string | undefined {
  const isNumbered = item.name !== undefined && NUMBERED.test(item.name);
  return isOpen === undefined && change === 'same' && isNumbered ? [depth, item.count, item.flags.join(), item.name?.replace(NUMBERED, '')].join() : undefined;
}

function keyOf({ level, va }: Entry, change: Change): string {
  return `${level} ${va}${change === 'gone' ? ' gone' : ''}`;
}

function drawRow({ entry: { item, before, change, children }, depth, isOpen, key, alike }: Row, shown: readonly Flag[], around: TreeAround) {
  const isLit = alike === 1 && around.isLit(item);
  const index = item.count === 1 ? `${item.index}` : `${item.index}–${item.index + item.count - 1}`;
  return html`<div class="row ${isTable(item) ? 'is-table' : ''} ${outline(change)}" part="entry" role="treeitem" tabindex="-1" data-item data-key=${key}
    aria-level=${depth + 1} aria-expanded=${isOpen === undefined ? nothing : isOpen ? 'true' : 'false'}
    aria-selected=${isLit ? 'true' : 'false'} @click=${() => (alike > 1 ? around.fold(key) : around.choose(item))}>
    <span class="place" style="--depth: ${depth}">
      ${isOpen === undefined
        ? html`<i class="leaf" aria-hidden="true"></i>`
        : html`<i class="twist" aria-hidden="true" @click=${(event: Event) => {
            event.stopPropagation();
            around.fold(key);
          }}>${isOpen ? '▾' : '▸'}</i>`}
      <span class="level">L${item.level}</span><code>${index}</code>
    </span>
    <code class="va">${item.va}</code>
    <span class="name">${sign(change)} ${alike > 1 ? say('table.fold', { n: String(alike), name: nameOf(item.name?.replace(NUMBERED, '') ?? '') }) : what(item, children)}</span>
    ${lattice(before?.flags ?? item.flags, item.flags, shown)}
    <code class="pa"><span class="soft" aria-hidden="true">→</span> ${was(before?.pa, item.pa)}</code>
    ${item.shared_with.length > 0
      ? html`<span class="shared" title=${say('table.shared-with', { who: item.shared_with.map(named).join(', ') })}>${sharedIcon}<span
          class="hidden">${say('table.shared-with', { who: '' })}</span>${item.shared_with.map(named).join(', ')}</span>`
      : nothing}
    ${item.flaw ? html`<span class="flaw">${say(`flaw.${item.flaw}`)}</span>` : nothing}
  </div>`;
}

function what(entry: Entry, children: readonly EntryChange[]): string {
  const name = entry.name === undefined ? '' : nameOf(entry.name);
  if (isTable(entry)) {
    const n = children.filter(({ change }) => change !== 'gone').reduce((sum, { item }) => sum + item.count, 0);
    return `${say('table.next')} · ${say('table.in-use', { n: String(n) })}`;
  }
  return (entry.count === 1 && entry.level === 0) || entry.flaw !== undefined ? name : `${name} · ${pagesText(entry.count * 512 ** entry.level)}`.replace(/^ · /, '');
}

/** Right opens or goes to the first child, left closes or goes to the parent; the rest is `Roving`'s. */
function onKey(event: KeyboardEvent, rows: readonly Row[], around: TreeAround): void {
  const target = event.target as HTMLElement;
  const at = rows.findIndex(({ key }) => key === target.dataset.key);
  const row = rows[at];
  if (row === undefined || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
  event.preventDefault();
  const isRight = event.key === 'ArrowRight';
  if (row.isOpen === !isRight) return around.fold(row.key);
  const next = isRight ? rows[at + 1] : rows.slice(0, at).findLast(({ depth }) => depth < row.depth);
  if (isRight && (next?.depth ?? 0) <= row.depth) return;
  const items = target.parentElement?.querySelectorAll<HTMLElement>('[data-item]') ?? [];
  [...items].find((item) => item.dataset.key === next?.key)?.focus();
}

export const treeLook = css`
  .tree {
    display: grid;
    grid-template-columns: max-content max-content minmax(6.5em, 1fr) max-content 9.4em max-content;
    font-size: 12.5px;
  }
  .row {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: baseline;
    column-gap: 12px;
    margin-inline: 6px;
    padding: 3px 6px 3px 2px;
    border-bottom: 1px solid color-mix(in srgb, var(--orrery-line) 55%, transparent);
  }
  .row:is(.new, .changed) {
    margin-block: 1px;
    border-radius: 5px;
    border-color: transparent;
  }
  .row:hover {
    background: color-mix(in srgb, var(--orrery-accent-soft) 45%, transparent);
  }
  .row[aria-selected='true'] {
    background: var(--orrery-accent-soft);
  }
  .place {
    display: inline-flex;
    align-items: baseline;
    gap: 5px;
    padding-inline-start: calc(var(--depth) * 1.15em);
    white-space: nowrap;
  }
  .twist,
  .leaf {
    width: 1.1em;
    font-style: normal;
    color: var(--orrery-ink-soft);
    text-align: center;
  }
  .level {
    font-size: 11px;
    color: var(--orrery-ink-soft);
  }
  .row :is(.va, .pa) {
    white-space: nowrap;
  }
  .row .pa .was {
    white-space: normal;
  }
  .row .name {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .row .shared {
    align-items: baseline;
    white-space: nowrap;
    font-size: 12px;
  }
  .row .shared svg {
    align-self: center;
  }
  .row .flaw {
    grid-column: 1 / -1;
    padding-inline-start: 2.4em;
    color: var(--orrery-bad);
  }
  @container (max-width: 759px) {
    .tree {
      display: block;
    }
    .row {
      grid-template: 'place va name pa' auto 'flags flags flags shared' auto / max-content max-content minmax(0, 1fr) max-content;
      gap: 1px 8px;
    }
    .row > :is(.name, .pa, .lattice, .shared) {
      grid-area: var(--area);
    }
    .row > .name {
      --area: name;
    }
    .row > .pa {
      --area: pa;
    }
    .row > .lattice {
      --area: flags;
      margin-inline-start: 2.2em;
    }
    .row > .shared {
      --area: shared;
      justify-self: end;
    }
    .row .pa .was {
      display: inline-block;
      max-width: 8.8em;
      vertical-align: top;
    }
    /* That it is a table, its name says. */
    .row.is-table:not(.changed) .lattice {
      display: none;
    }
  }
  @container (max-width: 379px) {
    .row {
      grid-template: 'place va name' auto 'flags flags flags' auto 'shared shared pa' auto / max-content max-content minmax(0, 1fr);
    }
    .row > .pa {
      justify-self: end;
    }
    .row > .shared {
      margin-inline-start: 2.2em;
      justify-self: start;
    }
  }
`;
