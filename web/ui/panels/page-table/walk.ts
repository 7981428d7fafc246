// The way of one address: its bits cut into indices, one for each level, and an offset, and under
// each what it chooses: an entry, or a byte of the page; or where the way ends.

import type { Addr, PageTableView, Walk, WalkStep } from 'orrery-wasm';
import { css, html, nothing, type TemplateResult } from 'lit';
import { say } from '../../words/words.ts';
import { pieces, type AddressPiece } from './address.ts';
import { columns, inWords, lattice } from './flags.ts';

/** Where the walk ends, in a line: the frame and its flags, or at which level it stopped. */
export function brief({ pa, steps }: Walk): TemplateResult {
  const last = steps.at(-1);
  const flags = last?.flags ?? [];
  if (pa !== undefined) return html`<span><span class="soft" aria-hidden="true">→</span> <code>${pa}</code></span>${lattice(flags, flags, flags)}`;
  return html`<span class="stopped-brief">${last === undefined ? say('walk.not-begun') : say('walk.stopped', { level: String(last.level) })}</span>`;
}

/** The walk, below the address drawn in bits. */
export function drawWalk(walk: Walk, table: Pick<PageTableView, 'root' | 'levels'>): TemplateResult {
  return html`<div class="walk" style="--pieces: ${table.levels + 1}">
    <ol>${pieces(walk.va, table.levels).map((piece) => drawPiece(piece, walk, table))}</ol>
    ${outcome(walk)}
  </div>`;
}

function drawPiece(piece: AddressPiece, walk: Walk, { root, levels }: Pick<PageTableView, 'root' | 'levels'>) {
  const { level, bits, value } = piece;
  const step = walk.steps.find((step) => step.level === level);
  const last = walk.steps.at(-1);
  const isLeaf = walk.pa !== undefined && step !== undefined && step === last;
  const isEnd = walk.pa === undefined && step !== undefined && step === last;
  // Of a superpage, the lower indices belong to the offset.
  const isOffset = level === 'offset' || (step === undefined && walk.pa !== undefined);
  const isReached = step !== undefined || (isOffset && walk.pa !== undefined);
  return html`<li class="${isReached ? '' : 'unreached'} ${isEnd ? 'end' : ''} ${isLeaf ? 'is-leaf' : ''}" part="walk-step">
    <div class="bits">
      <code aria-hidden="true">${inNibbles(bits)}</code>
      <span class="soft">${say('walk.bits', { from: String(piece.from), to: String(piece.to) })}</span>
    </div>
    <p>
      <b>${level === 'offset' ? say('walk.offset') : say('walk.level', { n: String(level) })}</b>
      <code>${isOffset ? say('walk.offset.value', { n: String(value) }) : say('walk.index', { n: String(value) })}</code>
    </p>
    ${step ? drawStep(step, level === levels - 1 ? root : undefined) : isOffset && walk.pa !== undefined
      ? html`<p class="step"><span class="soft">${say('walk.leaf')}</span> <code>${walk.pa}</code></p>`
      : html`<p class="step soft">${say('walk.not-reached')}</p>`}
  </li>`;
}

function drawStep({ at, pte, flags }: WalkStep, root: Addr | undefined) {
  return html`<div class="step">
    ${root ? html`<p class="soft">${say('walk.root')} <code>${root}</code></p>` : nothing}
    <p class="soft">${say('table.at')} <code>${at}</code></p>
    <p><code class="pte">${pte}</code></p>
    ${lattice(flags, flags, columns([flags]))}
    <p class="soft words">${inWords(flags)}</p>
  </div>`;
}

function outcome({ pa, flaw, steps }: Walk) {
  if (pa !== undefined) return html`<p class="outcome" role="status">${say('walk.lands', { pa })}</p>`;
  const why = say(`flaw.${flaw ?? 'not-valid'}`);
  const last = steps.at(-1);
  const text = last === undefined ? say('walk.stops.early', { why }) : say('walk.stops', { level: String(last.level), why });
  return html`<p class="outcome stopped" role="status">${text}</p>`;
}

/** In groups of three or four, for the eye. */
function inNibbles(bits: string): string {
  const size = bits.length % 3 === 0 && bits.length < 12 ? 3 : 4;
  return bits.replaceAll(new RegExp(`(.{${size}})(?=.)`, 'g'), '$1 ');
}

export const walkLook = css`
  .walk ol {
    display: grid;
    grid-template-columns: repeat(var(--pieces, 4), minmax(0, 1fr));
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .walk li {
    position: relative;
    padding: 0 12px 8px 0;
  }
  .walk p {
    margin: 2px 0;
  }
  .bits {
    display: flex;
    flex-direction: column;
    padding: 4px 8px;
    margin-block-end: 6px;
    margin-inline-end: -13px;
    border: 1px solid var(--orrery-line-strong);
    background: var(--orrery-raised);
    font-size: 11px;
    text-align: center;
  }
  .walk li:last-child .bits {
    margin-inline-end: -12px;
  }
  .bits code {
    font-size: 12px;
    letter-spacing: 0.04em;
    white-space: nowrap;
    overflow: hidden;
  }
  .walk .step {
    margin-block-start: 6px;
    padding: 6px 8px;
    border-inline-start: 2px solid var(--orrery-accent);
    background: color-mix(in srgb, var(--orrery-accent-soft) 40%, transparent);
    font-size: 12px;
  }
  .walk li:not(:last-child) .step::after {
    content: '→';
    position: absolute;
    inset-inline-end: 0;
    inset-block-end: 50%;
    color: var(--orrery-accent);
  }
  .walk .unreached .bits,
  .walk .unreached p {
    color: var(--orrery-ink-soft);
  }
  .walk .unreached .bits {
    border-style: dashed;
  }
  .walk .unreached .step {
    border-inline-start: 2px dashed var(--orrery-line-strong);
    background: none;
  }
  .walk li:is(.unreached, .end) .step::after {
    content: none;
  }
  .walk .end .step {
    border-inline-start-color: var(--orrery-bad);
    background: var(--orrery-bad-soft);
  }
  .stopped-brief {
    color: var(--orrery-bad);
  }
  .outcome {
    padding: 6px 10px;
    border-inline-start: 3px solid var(--orrery-good);
    font-weight: 600;
  }
  .outcome.stopped {
    border-inline-start-color: var(--orrery-bad);
  }
  @container (max-width: 719px) {
    .walk ol {
      grid-template-columns: minmax(0, 1fr);
    }
    .walk li,
    .walk li:last-child .bits {
      padding-inline-end: 0;
    }
    .bits,
    .walk li:last-child .bits {
      flex-direction: row;
      justify-content: space-between;
      gap: 8px;
      margin-inline-end: 0;
    }
    .walk li:not(:last-child) .step::after {
      content: '↓';
      inset-block-end: -2px;
      inset-inline-end: 50%;
    }
  }
`;
