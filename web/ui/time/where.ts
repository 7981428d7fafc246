// <orrery-where>: the moment the machine stands at, in words: what just happened, and
// where and when that was. Tells a screen reader at each stop.

import type { Position } from 'orrery-wasm';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../style.ts';
import { grouped, say, Speaker } from '../words/words.ts';
import { circumstances, happening } from './happening.ts';

@customElement('orrery-where')
export class OrreryWhere extends LitElement {
  @property({ attribute: false }) position: Position | undefined;
  /** Whether the machine runs; then nothing is told, since it would be old news. */
  @property({ type: Boolean }) running = false;
  /** The condition it runs to. */
  @property() goal: string | undefined;
  /** What else there is to say about how it came here. */
  @property() remark: string | undefined;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 14px;
        margin: 0;
        min-height: 32px;
        align-content: center;
        color: var(--orrery-ink-soft);
        font-variant-numeric: tabular-nums;
      }
      b {
        font-weight: 600;
        color: var(--orrery-ink);
        overflow-wrap: anywhere;
      }
      .soft {
        color: var(--orrery-ink-soft);
        font-weight: 500;
      }
      code {
        font-family: var(--orrery-font-mono);
        color: var(--orrery-ink);
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const { position } = this;
    return html`<p role="status" aria-live=${this.running ? 'off' : 'polite'}>
      ${position === undefined ? html`<b class="soft">${say('where.none')}</b>` : this.#moment(position)}
      ${this.remark ? html`<span>${this.remark}</span>` : nothing}
    </p>`;
  }

  #moment({ t, event }: Position) {
    const time = html`<span class="t">${say('where.t', { t: grouped(t) })}</span>`;
    if (this.running) {
      const doing = this.goal === undefined ? say('where.running') : say('where.goal', { goal: this.goal });
      return html`<b class="soft">${doing}</b>${time}`;
    }
    if (event === undefined) return html`<b>${say('where.start')}</b>${time}`;
    const isThere = event.t === t;
    return html`<b class=${isThere ? '' : 'soft'}>${isThere ? happening(event) : say('where.after', { what: happening(event) })}</b>
      ${circumstances(event).map((detail) => html`<span>${detail}</span>`)}${time}`;
  }
}
