// <orrery-notice>: one sentence above the terminal, with what can be done about it.
// Bad news interrupts a screen reader (`alert`), other news waits its turn (`status`).

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from './icons.ts';
import { controls } from './style.ts';
import { say, Speaker } from './words/words.ts';

@customElement('orrery-notice')
export class OrreryNotice extends LitElement {
  @property() text = '';
  @property({ type: Boolean, reflect: true }) bad = false;
  /** Whether the reader may put it away. */
  @property({ type: Boolean }) closable = false;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        padding: 10px 14px;
        border: 1px solid var(--orrery-line);
        border-inline-start: 4px solid var(--orrery-accent);
        border-radius: var(--orrery-radius);
        background: var(--orrery-accent-soft);
        color: var(--orrery-ink);
      }
      :host([bad]) div {
        border-inline-start-color: var(--orrery-bad);
        background: var(--orrery-bad-soft);
      }
      div > svg {
        width: 18px;
        height: 18px;
        flex: none;
        color: var(--orrery-accent);
      }
      :host([bad]) div > svg {
        color: var(--orrery-bad);
      }
      p {
        flex: 1 1 14em;
        margin: 0;
        overflow-wrap: anywhere;
      }
      .close {
        padding: 0 7px;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    return html`<div role=${this.bad ? 'alert' : 'status'}>
      ${this.bad ? icons.warning : icons.power}
      <p>${this.text}</p>
      <button class="again" @click=${() => this.dispatchEvent(new Event('reset'))}>
        ${icons.reset}<span>${say('notice.again')}</span>
      </button>
      ${this.closable
        ? html`<button class="close" aria-label=${say('notice.close')} title=${say('notice.close')}
            @click=${() => this.dispatchEvent(new Event('close'))}>${icons.close}</button>`
        : nothing}
    </div>`;
  }
}
