// <orrery-until>: a condition, and the two ways to it. Says `until` with the condition and
// the direction; what cannot be read or found comes back as `trouble`, in words.

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { controls } from '../style.ts';
import { say, Speaker } from '../words/words.ts';

/** The reader wants to go where `condition` comes. */
export class UntilEvent extends Event {
  constructor(
    readonly condition: string,
    readonly direction: 'run' | 'back',
  ) {
    super('until');
  }
}

/** What one might want; the box takes anything of the grammar. */
const EXAMPLES = [
  'syscall:fork',
  'return:fork',
  'trap:store-fault',
  'switch',
  'call:kalloc',
  'print:/panic/',
  'disk-write',
  'ready',
  't:30000000',
];

@customElement('orrery-until')
export class OrreryUntil extends LitElement {
  @property({ type: Boolean }) movable = false;
  /** What was wrong with the last one. */
  @property() trouble: string | undefined;
  @query('input') private readonly input!: HTMLInputElement;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      form {
        display: flex;
        gap: 6px;
        min-width: 0;
      }
      input {
        flex: 1;
        min-width: 7em;
        width: 15em;
        font-family: var(--orrery-font-mono);
        font-size: 13px;
      }
      [aria-invalid='true'] {
        border-color: var(--orrery-bad);
      }
      p {
        margin: 4px 2px 0;
        color: var(--orrery-bad);
        overflow-wrap: anywhere;
      }
      p:empty {
        display: none;
      }
      button svg {
        width: 14px;
        height: 14px;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    return html`
      <form @submit=${this.#submitted}>
        <button type="button" class="back-until" ?disabled=${!this.movable} title=${say('until.back.hint')} @click=${() => this.#ask('back')}>
          ${icons.back}<span>${say('until.back')}</span>
        </button>
        <input type="text" list="examples" spellcheck="false" autocapitalize="off" autocomplete="off"
          aria-label=${say('until.label')} placeholder=${say('until.placeholder')} aria-describedby="trouble"
          aria-invalid=${this.trouble ? 'true' : nothing} @keydown=${this.#keyed} />
        <datalist id="examples">${EXAMPLES.map((example) => html`<option value=${example}></option>`)}</datalist>
        <button class="run-until" ?disabled=${!this.movable} title=${say('until.run.hint')}>
          <span>${say('until.run')}</span>${icons.step}
        </button>
      </form>
      <p id="trouble" role="alert">${this.trouble ?? nothing}</p>
    `;
  }

  #submitted(event: Event): void {
    event.preventDefault();
    this.#ask('run');
  }

  #keyed(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !event.shiftKey) return;
    event.preventDefault();
    this.#ask('back');
  }

  #ask(direction: 'run' | 'back'): void {
    const condition = this.input.value.trim();
    if (condition === '') this.input.focus();
    else this.dispatchEvent(new UntilEvent(condition, direction));
  }
}
