// <orrery-source-panel>: the Rust source where a hart stands, or where a call was made that is
// chosen on a stack; the line is marked, and the instructions it became.

import type { Instruction, SourceView, ViewRequest } from 'orrery-wasm';
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import { say } from '../words/words.ts';
import { bringIntoView, Panel } from './panel.ts';
import type { RequestBuilder, ViewOf } from './request.ts';
import { tokens } from './source/tokens.ts';

/** The call that is selected; else where the hart chosen stands, the one selected, or hart 0. */
export const sourceRequest: RequestBuilder = (options, { hart, pid, call: frame }) => ({
  kind: 'source',
  hart: options.hart ?? hart ?? 0,
  ...(pid !== undefined && frame !== undefined && { call: { pid, frame } }),
});

type Shown = ViewOf<'source'>;

@customElement('orrery-source-panel')
export class OrrerySourcePanel extends Panel<'source'> {
  protected readonly type = 'source';
  #shownLine = '';

  static override styles = [...Panel.styles, look()];

  override get request() {
    return sourceRequest(this.options, this.selection);
  }

  protected override lead(view: Shown | undefined) {
    const { place } = view ?? {};
    const { hart, call } = this.#wanted;
    return html`<span class="where"><span class="soft">${call === undefined ? say('hart.named', { n: String(hart) }) : say('source.of-call', { pid: String(call.pid) })}</span>
      ${place?.function === undefined ? nothing : html`<b class="mono">${place.function}</b>`}
      ${place?.file === undefined ? nothing : html`<code class="soft">${place.file}:${place.line ?? '?'}</code>`}</span>`;
  }

  protected override draw(view: Shown) {
    const { call } = this.#wanted;
    // What another function was called from goes on when that returns.
    const isCalling = call !== undefined && call.frame > 0;
    return html`<div class="both">${listing(view, isCalling)}${disassembly(view.code, view.place.pc, isCalling)}</div>`;
  }

  get #wanted(): Extract<ViewRequest, { kind: 'source' }> {
    return sourceRequest(this.options, this.selection) as Extract<ViewRequest, { kind: 'source' }>;
  }

  override updated(changes: PropertyValues): void {
    super.updated(changes);
    const view = this.view?.kind === 'source' ? this.view : undefined;
    // The text may come later than the place.
    const line = `${view?.place.file}:${view?.place.line} ${view?.place.pc} ${view?.lines.length}`;
    if (line === this.#shownLine) return;
    this.#shownLine = line;
    for (const next of this.renderRoot.querySelectorAll<HTMLElement>('.next')) {
      const box = next.closest<HTMLElement>('.scroller');
      if (box) bringIntoView(next, box);
    }
  }
}

function listing({ lines, first_line: first, place, awaits_sources: isAwaited }: SourceView, isCalling: boolean) {
  if (isAwaited) return html`<p class="missing">${say('source.awaited', { file: place.file ?? '' })}</p>`;
  if (lines.length === 0) {
    return html`<p class="missing">${say(place.function === undefined ? 'source.nowhere' : 'source.no-lines')}</p>`;
  }
  return html`<div class="scroller lines" part="source" role="group" tabindex="0" aria-label=${say('source.lines')}><ol>${lines.map((line, n) => {
    const isNext = first + n === place.line;
    return html`<li class=${isNext ? 'line next' : 'line'} aria-current=${isNext ? 'step' : nothing}>
      <span class="arrow">${isNext ? html`${isCalling ? '↳' : '⇒'}<span class="hidden">${say(isCalling ? 'source.line-calling' : 'source.line-next', { n: String(first + n) })}</span>` : nothing}</span><span
      class="number" aria-hidden="true">${first + n}</span><code>${tokens(line).map(({ sort, text }) => (sort === undefined ? text : html`<span class=${sort}>${text}</span>`))}</code>
      ${isNext ? html`<span class="label" aria-hidden="true">${say(isCalling ? 'source.calling' : 'source.next')}</span>` : nothing}</li>`;
  })}</ol></div>`;
}

function disassembly(code: readonly Instruction[], pc: string, isCalling: boolean) {
  if (code.length === 0) return nothing;
  return html`<div class="scroller code" part="code" role="group" tabindex="0" aria-label=${say('source.code')}><ol>${code.map((instruction) => {
    const isNext = instruction.pc === pc;
    return html`<li class=${isNext ? 'line next' : 'line'} aria-current=${isNext ? 'step' : nothing}>
      <span class="arrow">${isNext ? html`${isCalling ? '↳' : '⇒'}<span class="hidden">${say(isCalling ? 'source.goes-on' : 'source.next')}</span>` : nothing}</span><code class="soft">${instruction.pc}</code><code
      class="soft bits">${instruction.bits}</code><code>${instruction.text}</code></li>`;
  })}</ol></div>`;
}

function look() {
  return css`
    .body {
      display: flex;
      flex-direction: column;
    }
    .where {
      display: inline-flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 9px;
      min-width: 0;
      font-size: 12px;
    }
    .both {
      display: grid;
      /* As high as they like, and no higher than there is room. */
      grid-template: minmax(0, auto) / minmax(0, 3fr) minmax(0, 2fr);
      flex: 0 1 auto;
      min-height: 0;
    }
    .scroller {
      min-height: 0;
      max-height: var(--orrery-source-height, 24em);
      overflow: auto;
      scrollbar-width: thin;
      scrollbar-color: var(--orrery-line-strong) transparent;
    }
    .code {
      border-inline-start: 1px solid var(--orrery-line);
    }
    ol {
      width: max-content;
      min-width: 100%;
      margin: 0;
      padding: 6px 0;
      list-style: none;
    }
    .line {
      display: flex;
      align-items: baseline;
      padding-inline-end: 12px;
      white-space: pre;
      line-height: 1.5;
    }
    .line code {
      overflow-wrap: normal;
      tab-size: 4;
    }
    .arrow {
      flex: none;
      width: 1.7em;
      text-align: center;
      font-weight: 700;
      color: var(--orrery-accent);
    }
    .number {
      flex: none;
      min-width: 2.6em;
      padding-inline-end: 1.1em;
      text-align: end;
      font: 11.5px var(--orrery-font-mono);
      color: var(--orrery-ink-soft);
      user-select: none;
    }
    .code .line code {
      padding-inline-end: 12px;
    }
    .line.next {
      background: var(--orrery-accent-soft);
      box-shadow: inset 3px 0 var(--orrery-accent);
    }
    .label {
      position: sticky;
      inset-inline-end: 8px;
      margin-inline-start: auto;
      padding-inline: 16px 2px;
      background: var(--orrery-accent-soft);
      font-size: 11.5px;
      color: var(--orrery-accent);
    }
    .comment {
      font-style: italic;
      color: var(--orrery-ink-soft);
    }
    .keyword {
      font-weight: 600;
    }
    .text {
      color: var(--orrery-good);
    }
    @media (forced-colors: active) {
      .line.next {
        outline: 2px solid Highlight;
        outline-offset: -2px;
      }
    }
    @container (max-width: 759px) {
      .both {
        grid-template: minmax(0, auto) minmax(0, auto) / minmax(0, 1fr);
      }
      .code {
        border-inline-start: 0;
        border-top: 1px solid var(--orrery-line);
        max-height: 14em;
      }
      .bits {
        display: none;
      }
    }
  `;
}
