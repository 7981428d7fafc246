// <orrery-toolbar>: run or pause, a step forward or back, both ends of time, and reset.
// Asks for what it wants with the events `run`, `pause`, `reset`, `step`, `back`, `start`,
// `end` and `unit` (then `unit` is the one chosen); what happens is the machine's affair.

import type { Unit } from 'orrery-wasm';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from './icons.ts';
import { controls } from './style.ts';
import { UNITS } from './time/units.ts';
import { say, Speaker } from './words/words.ts';

/** What the toolbar can show. */
export type Control = 'reset' | 'ends' | 'back' | 'play' | 'step' | 'unit';
/** All of it. */
export const CONTROLS: readonly Control[] = ['reset', 'ends', 'back', 'play', 'step', 'unit'];

type Request = 'run' | 'pause' | 'reset' | 'step' | 'back' | 'start' | 'end' | 'unit';

@customElement('orrery-toolbar')
export class OrreryToolbar extends LitElement {
  /** Which of its controls it shows. */
  @property({ attribute: false }) shows: readonly Control[] = CONTROLS;
  /** Whether the machine runs, so that the first button pauses it. */
  @property({ type: Boolean }) running = false;
  /** Whether there is anything to run or pause. */
  @property({ type: Boolean }) runnable = false;
  /** Whether it can be moved in time. */
  @property({ type: Boolean }) movable = false;
  /** Whether it stands before the present. */
  @property({ type: Boolean }) past = false;
  @property() unit: Unit = 'event';

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .together {
        flex-wrap: nowrap;
        gap: 0;
      }
      .together button {
        border-radius: 0;
        margin-inline-start: -1px;
      }
      .together button:hover,
      .together button:focus-visible,
      .together .run:not(:disabled) {
        z-index: 1;
      }
      .together button:first-child {
        border-start-start-radius: var(--orrery-radius);
        border-end-start-radius: var(--orrery-radius);
        margin: 0;
      }
      .together button:last-child {
        border-start-end-radius: var(--orrery-radius);
        border-end-end-radius: var(--orrery-radius);
      }
      .end {
        padding: 0 0.55em;
      }
      .run {
        /* The longer of the two words, so that nothing moves when it changes. */
        min-width: 6.4em;
        justify-content: center;
      }
      .run:not(:disabled) {
        border-color: var(--orrery-accent);
        color: var(--orrery-accent);
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        color: var(--orrery-ink-soft);
        white-space: nowrap;
      }
      @media (max-width: 560px) {
        .word-optional {
          display: none;
        }
        .together {
          flex: 1;
        }
        .together button {
          flex: 1 1 auto;
          justify-content: center;
          padding: 0 0.5em;
        }
      }
      @media (max-width: 400px) {
        .back span,
        .step span {
          display: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    return html`<div role="group" aria-label=${say('toolbar.label')}>
      ${this.#has('reset')
        ? html`<button class="reset" title=${say('toolbar.reset.hint')} aria-label=${say('toolbar.reset')} @click=${() => this.#ask('reset')}>
            ${icons.reset}<span class="word-optional">${say('toolbar.reset')}</span>
          </button>`
        : nothing}
      <div class="together">${this.#goes()}</div>
      ${this.#has('unit') ? this.#units() : nothing}
    </div>`;
  }

  #goes() {
    const unit = say(`unit.${this.unit}`);
    const action = this.running ? 'pause' : 'run';
    const end = (side: 'start' | 'end', isPossible: boolean) =>
      html`<button class="end" ?disabled=${!isPossible} title=${say(`toolbar.${side}.hint`)} aria-label=${say(`toolbar.${side}.hint`)}
        @click=${() => this.#ask(side)}>${side === 'start' ? icons.toStart : icons.toEnd}</button>`;
    return html`
      ${this.#has('ends') ? end('start', this.movable) : nothing}
      ${this.#has('back')
        ? html`<button class="back" aria-label=${say('toolbar.back')} ?disabled=${!this.movable} title=${say('toolbar.back.hint', { unit })} @click=${() => this.#ask('back')}>
            ${icons.back}<span>${say('toolbar.back')}</span>
          </button>`
        : nothing}
      ${this.#has('play')
        ? html`<button class="run" ?disabled=${!this.runnable} title=${say(`toolbar.${action}.hint`)} @click=${() => this.#ask(action)}>
            ${icons[this.running ? 'pause' : 'play']}<span>${say(`toolbar.${action}`)}</span>
          </button>`
        : nothing}
      ${this.#has('step')
        ? html`<button class="step" aria-label=${say('toolbar.step')} ?disabled=${!this.movable} title=${say('toolbar.step.hint', { unit })} @click=${() => this.#ask('step')}>
            <span>${say('toolbar.step')}</span>${icons.step}
          </button>`
        : nothing}
      ${this.#has('ends') ? end('end', this.movable && this.past) : nothing}
    `;
  }

  #units() {
    return html`<label><span class="word-optional">${say('toolbar.unit')}</span>
      <select aria-label=${say('toolbar.unit')} @change=${this.#unitChosen}>
        ${UNITS.map((unit, n) => html`<option value=${unit} ?selected=${unit === this.unit}>${n + 1} ${say(`unit.${unit}`)}</option>`)}
      </select>
    </label>`;
  }

  #has(control: Control): boolean {
    return this.shows.includes(control);
  }

  #unitChosen(event: Event): void {
    this.unit = (event.target as HTMLSelectElement).value as Unit;
    this.#ask('unit');
  }

  #ask(request: Request): void {
    this.dispatchEvent(new Event(request));
  }
}
