// The address space drawn: a box a region, higher the more pages it has; guards hatched,
// promised pages dotted, gaps cut out.

import type { Addr, Region } from 'orrery-wasm';
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { say } from '../../words/words.ts';
import type { Compared } from '../changes.ts';
import { shared as sharedIcon } from '../icons.ts';
import { outline, sharers, sign, was } from '../marks.ts';
import { inWords, lattice } from './flags.ts';
import { pagesText, regionName } from './names.ts';
import { amount, NUMBERED, storeys, type Storey } from './stack.ts';

/** What the map needs besides its regions. */
export interface MapAround {
  unfolded: ReadonlySet<Addr>;
  /** Whether a region is, or has part of, what is chosen. */
  isLit(region: Region): boolean;
  choose(region: Region): void;
  fold(key: Addr): void;
}

/** No more are drawn, whatever a damaged table holds. */
const MOST_STOREYS = 400;
/** Flags that tell regions apart at a glance. */
const TOLD = ['R', 'W', 'X', 'U', 'Cow'] as const;

/** The map of `regions`, changes included, in order of address. */
export function drawMap(regions: readonly Compared<Region>[], around: MapAround): TemplateResult {
  const all = storeys(regions, around.unfolded);
  const stack = all.slice(0, MOST_STOREYS);
  return html`<div class="map">
    <div class="stack" role="listbox" aria-label=${say('table.map')} data-roving="list">
      ${repeat(stack, keyOf, (storey, n) => drawStorey(storey, (stack[n - 1]?.kind ?? 'gap') === 'gap', around))}
    </div>
    ${all.length > MOST_STOREYS ? html`<p class="soft">${say('table.cut')}</p>` : nothing}
    <p class="legend" aria-hidden="true">
      <span><i class="swatch mapped"></i>${say('legend.mapped')}</span>
      <span><i class="swatch guard"></i>${say('legend.guard')}</span>
      <span><i class="swatch promised"></i>${say('legend.promised')}</span>
      <span>${sharedIcon}${say('legend.shared')}</span>
    </p>
  </div>`;
}

function keyOf(storey: Storey): string {
  switch (storey.kind) {
    case 'region':
      return `region ${storey.region.item.start} ${storey.region.change === 'gone' ? 'gone' : ''}`;
    case 'gap':
      return `gap ${storey.end}`;
    case 'fold':
      return `fold ${storey.key}`;
  }
}

/** `isTop` if nothing adjoins above: then its end is told too. */
function drawStorey(storey: Storey, isTop: boolean, around: MapAround) {
  switch (storey.kind) {
    case 'gap':
      return html`<div class="gap" role="presentation"><span>${say('table.unmapped', { size: amount(storey.pages) })}</span></div>`;
    case 'fold':
      return drawFold(storey, around);
    case 'region':
      return drawRegion(storey, isTop, around);
  }
}

function drawRegion({ region: { item, before, change }, height }: Storey & { kind: 'region' }, isTop: boolean, around: MapAround) {
  const isLit = around.isLit(item);
  return html`<div class="region ${item.kind} ${outline(change)}" style="min-height: ${height}px" part="region" role="option"
    aria-selected=${isLit ? 'true' : 'false'} tabindex="-1" data-item title=${inWords(item.flags)} @click=${() => around.choose(item)}>
    ${sign(change)}<b>${was(before && regionName(before), regionName(item))}</b>
    <span class="size">${was(before && pagesText(before.pages), pagesText(item.pages))}</span>
    <span class="rights">${sharers((before ?? item).shared_with, item.shared_with, ({ pid }) => `pid ${pid}`)}
      ${item.kind === 'promised' ? nothing : lattice((before ?? item).flags, item.flags, TOLD)}</span>
    <code class="start">${item.start}</code>${isTop ? html`<code class="start top">${item.end}</code>` : nothing}
  </div>`;
}

function drawFold({ key, regions, end }: Storey & { kind: 'fold' }, around: MapAround) {
  const [first, second] = regions;
  if (first === undefined) return nothing;
  const isPair = second !== undefined && second.item.kind !== first.item.kind;
  const sample = (first.item.kind === 'guard' && second ? second : first).item;
  const n = isPair ? Math.ceil(regions.length / 2) : regions.length;
  const name = regionName({ ...sample, name: sample.name?.replace(NUMBERED, '') });
  return html`<div class="region fold ${sample.kind} ${isPair ? 'pair' : ''}" role="option" aria-selected="false" tabindex="-1" data-item
    @click=${() => around.fold(key)}>
    <b>${say('table.fold', { n: String(n), name })}</b>
    <span class="size">${pagesText(sample.pages)}</span>
    <span class="more">${say('table.unfold', { n: String(regions.length) })}</span>
    <code class="start">${key}<span class="hidden">–${end}</span></code>
  </div>`;
}

export const mapLook = css`
  .stack {
    display: flex;
    flex-direction: column;
    padding-inline-start: 8.6em;
  }
  .region {
    position: relative;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    align-content: center;
    gap: 0 8px;
    padding: 2px 6px 3px 10px;
    border: 1px solid var(--orrery-line-strong);
    border-block-end-width: 0;
    background: var(--orrery-raised);
  }
  .region:last-child,
  .region:has(+ .gap) {
    border-block-end-width: 1px;
  }
  .region b {
    font-weight: 600;
  }
  .region .size,
  .region .shared,
  .region .more {
    font-size: 12px;
    color: var(--orrery-ink-soft);
  }
  .region .rights {
    display: flex;
    flex: 1 0 auto;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 1px 10px;
    max-width: 100%;
  }
  .region .lattice:first-child {
    margin-inline-start: auto;
  }
  .region .rights .shared {
    margin-inline-end: auto;
  }
  .shared {
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .shared svg,
  .legend svg {
    width: 12px;
    height: 12px;
    flex: none;
    color: var(--orrery-accent);
  }
  .region .more {
    margin-inline-start: auto;
    text-decoration: underline dotted;
  }
  .region .start {
    position: absolute;
    inset-block-end: -0.75em;
    inset-inline-end: calc(100% + 9px);
    font-size: 11px;
    white-space: nowrap;
    color: var(--orrery-ink-soft);
  }
  .region .top {
    inset-block: -0.75em auto;
  }
  .region .start::after {
    content: '';
    position: absolute;
    inset-block-start: 50%;
    inset-inline-start: calc(100% + 2px);
    width: 6px;
    border-top: 1px solid var(--orrery-line-strong);
  }
  .region.guard,
  .swatch.guard,
  .region.pair {
    background-image: repeating-linear-gradient(135deg, var(--orrery-line) 0 1px, transparent 1px 6px);
  }
  .region.promised,
  .swatch.promised {
    border-style: dotted;
    background-color: transparent;
    background-image: radial-gradient(circle, var(--orrery-line-strong) 0.8px, transparent 1px);
    background-size: 7px 7px;
  }
  .region.guard > :is(b, .size, .rights),
  .region.promised > :is(b, .size, .shared) {
    padding: 0 3px;
    background: var(--orrery-panel-bg);
  }
  .region[aria-selected='true'] {
    background-color: var(--orrery-accent-soft);
  }
  .region.new,
  .region.changed {
    outline-offset: -3px;
  }
  .gap {
    display: grid;
    place-items: center;
    min-height: 30px;
    border-inline: 1px dashed var(--orrery-line);
    font-size: 11.5px;
    color: var(--orrery-ink-soft);
  }
  @media (forced-colors: active) {
    .region.guard,
    .swatch.guard,
    .region.pair {
      border-inline-style: double;
      border-inline-width: 5px;
    }
  }
  @container (max-width: 419px) {
    .stack {
      padding-inline-start: 7em;
    }
    .region .start {
      font-size: 10px;
    }
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    margin: 14px 0 0;
    font-size: 11.5px;
    color: var(--orrery-ink-soft);
  }
  .legend span {
    display: inline-flex;
    align-items: center;
    gap: 5px;
  }
  .swatch {
    width: 14px;
    height: 11px;
    border: 1px solid var(--orrery-line-strong);
  }
`;
