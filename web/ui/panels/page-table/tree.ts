// The Sv39 tree drawn as rows: a table, its entries below it, leaves in runs. The columns
// stand still, whatever the depth, so that flags can be compared down the page.

import type { Entry, Flag } from 'orrery-wasm';
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { say } from '../../words/words.ts';
import { named, outline, sharers, sign, was } from '../marks.ts';
import type { EntryChange } from './changes.ts';
import { columns, lattice } from './flags.ts';
import { nameOf, pagesText } from './names.ts';
import { rowsOf, type Row, type RowsAround } from './rows.ts';
import { NUMBERED } from './stack.ts';

/** What the tree needs besides its entries. */
export interface TreeAround extends RowsAround {
  choose(entry: Entry): void;
  toggle(key: string): void;
}

/** The tree of `entries`. */
export function drawTree(entries: readonly EntryChange[], around: TreeAround): TemplateResult {
  const { rows, isCut } = rowsOf(entries, around);
  const shown = columns(rows.flatMap(({ item, before }) => [item.flags, before?.flags ?? []]));
  return html`<div class="tree" role="tree" aria-label=${say('table.tree')} data-roving="list" @keydown=${(event: KeyboardEvent) => onKey(event, rows, around)}>
    ${repeat(rows, ({ key }) => key, (row) => drawRow(row, shown, around))}
  </div>${isCut ? html`<p class="soft">${say('table.cut')}</p>` : nothing}`;
}

function drawRow(row: Row, shown: readonly Flag[], around: TreeAround) {
  const { key, depth, kind, item, before, change, isOpen, isLit } = row;
  return html`<div class="row is-${kind} ${outline(change)}" part="entry" role="treeitem" tabindex="-1" data-item data-key=${key}
    aria-level=${depth + 1} aria-expanded=${isOpen === undefined ? nothing : isOpen ? 'true' : 'false'}
    aria-selected=${isLit ? 'true' : 'false'} @click=${() => (kind === 'fold' ? around.toggle(key) : around.choose(item))}>
    <span class="place" style="--depth: ${depth}">
      ${isOpen === undefined
        ? html`<i class="leaf" aria-hidden="true"></i>`
        : html`<i class="twist" aria-hidden="true" @click=${(event: Event) => {
            event.stopPropagation();
            around.toggle(key);
          }}>${isOpen ? '▾' : '▸'}</i>`}
      <span class="level">L${item.level}</span><code>${index(row)}</code>
    </span>
    <code class="va">${item.va}</code>
    <span class="name">${sign(change)} ${what(row)}</span>
    ${lattice(before?.flags ?? item.flags, item.flags, shown)}
    <code class="pa"><span class="soft" aria-hidden="true">→</span> ${was(before?.pa, item.pa)}${kind === 'fold' ? ' …' : nothing}</code>
    ${sharers((before ?? item).shared_with, item.shared_with, named)}
    ${item.flaw ? html`<span class="flaw">${say(`flaw.${item.flaw}`)}</span>` : nothing}
  </div>`;
}

/** Its place in its table; of a fold, of the first. */
function index({ kind, item: { index, count } }: Row): string {
  return kind === 'fold' ? `${index} …` : count === 1 ? `${index}` : `${index}–${index + count - 1}`;
}

function what({ kind, item, n, pages }: Row): string {
  const name = item.name === undefined ? '' : nameOf(kind === 'fold' ? item.name.replace(NUMBERED, '') : item.name);
  const isNumbered = item.name !== undefined && NUMBERED.test(item.name);
  if (kind === 'table') return `${say('table.next')} · ${say('table.in-use', { n: String(n) })}`;
  if (kind === 'fold' && isNumbered) return say('table.fold', { n: String(n), name });
  return pages === 1 || item.flaw !== undefined ? name : [name, pagesText(pages)].filter(Boolean).join(' · ');
}

/** Right opens or goes to the first child, left closes or goes to the parent; the rest is `Roving`'s. */
function onKey(event: KeyboardEvent, rows: readonly Row[], around: TreeAround): void {
  const target = event.target as HTMLElement;
  const at = rows.findIndex(({ key }) => key === target.dataset.key);
  const row = rows[at];
  if (row === undefined || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
  event.preventDefault();
  const isRight = event.key === 'ArrowRight';
  if (row.isOpen === !isRight) return around.toggle(row.key);
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
