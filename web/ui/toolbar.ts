// <orrery-toolbar>: run or pause, and reset. Asks for what it wants with the events
// `run`, `pause` and `reset`; what happens is the machine's affair.

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from './icons.ts';
import { controls } from './style.ts';
import { say, Speaker } from './words/words.ts';

@customElement('orrery-toolbar')
export class OrreryToolbar extends LitElement {
  /** Whether the machine runs, so that the first button pauses it. */
  @property({ type: Boolean }) running = false;
  /** Whether there is anything to run or pause. */
  @property({ type: Boolean }) runnable = false;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      div {
        display: flex;
        gap: 6px;
      }
      .run {
        /* The longer of the two words, so that nothing moves when it changes. */
        min-width: 6.4em;
      }
      .run:not(:disabled) {
        border-color: var(--orrery-accent);
        color: var(--orrery-accent);
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const action = this.running ? 'pause' : 'run';
    return html`<div role="group" aria-label=${say('toolbar.label')}>
      <button class="run" ?disabled=${!this.runnable} title=${say(`toolbar.${action}.hint`)} @click=${() => this.#ask(action)}>
        ${icons[this.running ? 'pause' : 'play']}<span>${say(`toolbar.${action}`)}</span>
      </button>
      <button class="reset" title=${say('toolbar.reset.hint')} @click=${() => this.#ask('reset')}>
        ${icons.reset}<span>${say('toolbar.reset')}</span>
      </button>
    </div>`;
  }

  #ask(action: 'run' | 'pause' | 'reset'): void {
    this.dispatchEvent(new Event(action));
  }
}
