// <orrery-machine> in other people's pages: a machine that waits, as a poster with the
// text between its tags, until it is wanted; that rests while it cannot be seen; and that
// lets only one of its kind run at a time. Beyond the machine's own attributes it has
// `run`, `group`, `theme`, `lang`, `label` and `height`.

import { css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { OrreryMachine } from '../machine.ts';
import { controls } from '../style.ts';
import { say } from '../words/words.ts';
import { Turns, type Player } from './turns.ts';

const turns = new Turns();

export class OrreryFigure extends OrreryMachine implements Player {
  /** What starts it: a click (or a call of `play`), coming into view, the page itself, or a call alone. */
  @property() run: 'click' | 'visible' | 'load' | 'never' = 'click';
  /** Figures of one group may run at the same time. */
  @property() group: string | undefined;
  /** What it is called, for the poster and for a screen reader. */
  @property() label: string | undefined;
  /** Its height: a number of pixels, or `auto`. */
  @property() height: string | undefined;
  @property({ reflect: true }) theme: string | undefined;
  /** Whether it has been started; before that there is no worker and no terminal. */
  @state() private isOpen = false;

  #isVisible = false;
  /** It stands still because it cannot be seen or because another runs, not because the reader wished so. */
  #rests = false;
  readonly #sight = new IntersectionObserver((entries) => this.#seen(entries.at(-1)?.isIntersecting ?? false));

  static override styles = [
    ...OrreryMachine.styles,
    controls,
    css`
      :host {
        box-sizing: border-box;
        height: 420px;
        padding: 10px 12px;
        border: 1px solid var(--orrery-line);
        border-radius: var(--orrery-radius);
        background: var(--orrery-paper);
        contain: inline-size layout style;
      }
      :host([hidden]) {
        display: none;
      }
      :host([theme='light']) {
        color-scheme: light;
      }
      :host([theme='dark']) {
        color-scheme: dark;
      }
      .poster {
        flex: 1;
        display: grid;
        align-content: center;
        justify-items: center;
        gap: 14px;
        padding: 12px;
        min-height: 0;
        overflow: auto;
        text-align: center;
      }
      .poster > div {
        max-width: 38rem;
      }
      .poster strong {
        display: block;
        margin-bottom: 6px;
        font-size: 16px;
      }
      .start {
        border-color: var(--orrery-accent);
        color: var(--orrery-accent);
      }
    `,
  ];

  /** Starts it, or runs on after a pause. */
  override play(): void {
    turns.take(this);
    this.go();
  }

  go(): void {
    this.#rests = false;
    if (this.isOpen) super.play();
    else void this.#open();
  }

  rest(): void {
    this.#rests = true;
    super.pause();
  }

  override pause(): void {
    this.#rests = false;
    super.pause();
    turns.leave(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sight.observe(this);
    document.addEventListener('visibilitychange', this.#hidden);
    if (this.run === 'load') turns.queue(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight.unobserve(this);
    document.removeEventListener('visibilitychange', this.#hidden);
    turns.leave(this);
    this.isOpen = false;
    this.#rests = false;
  }

  /** Back on a page it is a poster again, and its attributes say when it starts. */
  protected override revive(): void {}

  override render() {
    return this.isOpen ? super.render() : this.#poster();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has('height')) this.style.height = this.height === undefined ? '' : /^\d+$/.test(this.height) ? `${this.height}px` : this.height;
  }

  #poster() {
    return html`<div class="poster" part="poster" role="group" aria-label=${this.label ?? say('figure.label')}>
      <div>${this.label ? html`<strong>${this.label}</strong>` : nothing}<slot></slot></div>
      ${this.run === 'never'
        ? nothing
        : html`<button class="start" @click=${this.#clicked}>${icons.play}<span>${say('figure.start')}</span></button>`}
    </div>`;
  }

  /** Who starts it wants the keyboard in it. */
  #clicked(): void {
    this.addEventListener('orrery-ready', () => this.focus(), { once: true });
    this.play();
  }

  async #open(): Promise<void> {
    if (this.isOpen) return;
    this.isOpen = true;
    await this.updateComplete;
    await this.boot();
  }

  #seen(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (!isVisible) this.#outOfSight();
    else if (this.#rests || (this.run === 'visible' && !this.isOpen)) turns.queue(this);
  }

  readonly #hidden = (): void => {
    if (document.hidden) this.#outOfSight();
    else if (this.#isVisible && this.#rests) turns.queue(this);
  };

  #outOfSight(): void {
    if (this.isRunning) this.rest();
    turns.leave(this);
  }
}
