// <orrery-goto for="figure" at="trap:store-fault pid=4">: words in the text that take a
// figure, or several, to a moment. Pressed before, it starts them.

import type { Reason } from 'orrery-wasm';
import { css, html, LitElement, nothing } from 'lit';
import { property, state } from 'lit/decorators.js';
import { sentence } from '../sentence.ts';
import { controls, palette } from '../style.ts';
import { pressed, type Keyed } from '../time/keys.ts';
import { asTrouble, type Trouble } from '../trouble.ts';
import { say, Speaker } from '../words/words.ts';
import type { OrreryFigure } from './figure.ts';
import { figuresFor } from './reference.ts';

export class OrreryGoto extends LitElement {
  /** Ids of the figures; without it, the first of the page. */
  @property() for: string | undefined;
  /** The moment: a condition, counted from the beginning, or `start`, `ready`, `end`, `t:…`. */
  @property() at = 'ready';
  /** Whether the figures stand where it led. */
  @state() private isHere = false;
  @state() private isGoing = false;
  @state() private trouble: string | undefined;
  /** Ends the looking whether they have left it again. */
  #left = new AbortController();

  static override styles = [
    palette,
    controls,
    css`
      :host {
        display: inline;
      }
      button {
        display: inline;
        min-height: 0;
        padding: 0.1em 0.5em;
        font: inherit;
        line-height: inherit;
        white-space: normal;
        text-align: start;
        color: var(--orrery-accent);
        border-color: var(--orrery-line-strong);
      }
      button::before {
        content: '▸ ';
      }
      button.here {
        background: var(--orrery-accent-soft);
        border-color: var(--orrery-accent);
        color: var(--orrery-ink);
      }
      button.here::before {
        content: '● ';
      }
      .trouble {
        color: var(--orrery-bad);
        font-size: 0.9em;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
    this.addEventListener('keydown', (event) => {
      if (event.key !== ' ') pressed(event, together(this.#figures().filter((figure) => figure.isStarted)));
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#left.abort();
  }

  override render() {
    return html`<button class=${this.isHere ? 'here' : ''} aria-current=${this.isHere ? 'step' : nothing} aria-busy=${this.isGoing}
        @click=${() => this.go()}><slot></slot></button>${this.trouble === undefined
        ? nothing
        : html` <span class="trouble" role="alert">${this.trouble}</span>`}`;
  }

  /** Takes the figures there. */
  async go(): Promise<void> {
    this.trouble = undefined;
    this.isHere = false;
    this.isGoing = true;
    this.#left.abort();
    const { signal } = (this.#left = new AbortController());
    const figures = this.#figures();
    const came = await Promise.all(figures.map((figure) => this.#take(figure, signal)));
    if (signal.aborted) return;
    this.isGoing = false;
    this.isHere = figures.length > 0 && came.every(Boolean);
    for (const figure of figures) {
      const { t } = figure;
      figure.addEventListener('orrery-time', () => (this.isHere &&= figure.t === t), { signal });
    }
  }

  /** Takes one figure there; what keeps it from there is told here too, where the reader is. */
  async #take(figure: OrreryFigure, signal: AbortSignal): Promise<boolean> {
    const told = new AbortController();
    const hear = <T>(name: string, heard: (detail: T) => void) =>
      figure.addEventListener(name, (event) => heard((event as CustomEvent<T>).detail), { signal: told.signal });
    hear<{ hint: string }>('orrery-error', ({ hint }) => (this.trouble = hint));
    hear<{ reason: Reason['kind'] }>('orrery-stop', ({ reason }) => {
      if (reason === 'waiting' || reason === 'not-yet') this.trouble = say(`arrival.${reason}`);
    });
    try {
      return await figure.goTo(this.at);
    } catch (error) {
      if (!signal.aborted) this.#fail(asTrouble(error, 'attribute-unknown'));
      return false;
    } finally {
      told.abort();
    }
  }

  #figures(): OrreryFigure[] {
    try {
      return figuresFor(this, this.for);
    } catch (error) {
      this.#fail(asTrouble(error, 'figure-missing'));
      return [];
    }
  }

  #fail(trouble: Trouble): void {
    this.trouble = sentence(trouble);
    this.dispatchEvent(new CustomEvent('orrery-error', { detail: { code: trouble.code, hint: this.trouble }, bubbles: true, composed: true }));
  }
}

/** Several figures as one for the keyboard. */
function together(figures: readonly OrreryFigure[]): Keyed {
  const each = (act: (figure: OrreryFigure) => unknown) => figures.forEach(act);
  return {
    get unit() {
      return figures[0]?.unit ?? 'event';
    },
    set unit(unit) {
      each((figure) => (figure.unit = unit));
    },
    toggle: () => each((figure) => figure.toggle()),
    step: () => each((figure) => figure.step()),
    back: () => each((figure) => figure.back()),
    seek: (at) => each((figure) => figure.seek(at)),
  };
}
