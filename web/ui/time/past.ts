// <orrery-past>: says that the machine stands in the past, and offers both ways out of it:
// events `return` and `branch`.

import type { Position } from 'orrery-wasm';
import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { controls } from '../style.ts';
import { grouped, say, Speaker } from '../words/words.ts';

@customElement('orrery-past')
export class OrreryPast extends LitElement {
  @property({ attribute: false }) position: Position | undefined;

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
        padding: 6px 8px 6px 12px;
        border: 1px dashed var(--orrery-accent);
        border-radius: var(--orrery-radius);
        background: var(--orrery-accent-soft);
        color: var(--orrery-ink);
      }
      b {
        font-weight: 600;
      }
      span.ago {
        flex: 1 1 12em;
        color: var(--orrery-ink-soft);
        font-variant-numeric: tabular-nums;
      }
      button {
        min-height: 28px;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const ago = this.position ? this.position.end - this.position.t : 0;
    return html`
      <b>${say('past.label')}</b>
      <span class="ago">${say('past.where', { ago: grouped(ago) })}</span>
      <button class="branch" title=${say('past.branch.hint')} @click=${() => this.dispatchEvent(new Event('branch'))}>
        ${icons.branch}<span>${say('past.branch')}</span>
      </button>
      <button class="return" @click=${() => this.dispatchEvent(new Event('return'))}>
        ${icons.toEnd}<span>${say('past.return')}</span>
      </button>
    `;
  }
}
