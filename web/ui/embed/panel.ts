// <orrery-panel for="figure" type="page-table" pid="4" va="0x3000">: one panel of a figure,
// anywhere in the text. Until the figure is started it shows the text between its tags.

import { css, html, LitElement } from 'lit';
import { property, state } from 'lit/decorators.js';
import { Seat } from '../desk.ts';
import { readLayout } from '../layout.ts';
import type { SelectionChange } from '../selection.ts';
import { sentence } from '../sentence.ts';
import { palette } from '../style.ts';
import { pressed } from '../time/keys.ts';
import { asTrouble, type Trouble } from '../trouble.ts';
import { Speaker } from '../words/words.ts';
import { readHeight } from './attributes.ts';
import type { OrreryFigure } from './figure.ts';
import { figureLook } from './look.ts';
import { figuresFor } from './reference.ts';
import { Sight } from './sight.ts';

export class OrreryPanel extends LitElement {
  /** The id of the figure; without it, the first of the page. */
  @property() for: string | undefined;
  /** Which panel: `page-table`, `processes`, …. */
  @property() type = 'page-table';
  /** Whose page table: a number or `kernel`; without it, the selected process's. */
  @property() pid: string | undefined;
  /** The address whose walk is shown. */
  @property() va: string | undefined;
  @property() hart: string | undefined;
  /** What it is called for a screen reader. */
  @property() label: string | undefined;
  @property() height: string | undefined;
  @state() private figure: OrreryFigure | undefined;
  @state() private misread: Trouble | undefined;

  #seat: Seat | undefined;
  /** What `#seat` is for. */
  #seated = '';
  #left = new AbortController();
  /** Only while it can be seen does it look. */
  readonly #sight: Sight = new Sight(this);

  static override styles = [
    palette,
    figureLook,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 360px;
        padding: 0;
        border: 0;
        background: none;
        font: 14px/1.45 var(--orrery-font);
        color: var(--orrery-ink);
      }
      /* Before there is anything to see it takes no more room than its text. */
      :host(:not([open])) {
        height: auto !important;
      }
      .poster {
        border: 1px solid var(--orrery-line);
        border-radius: var(--orrery-radius);
        background: var(--orrery-panel-bg);
      }
      [part='seat'] {
        flex: 1;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-height: 0;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
    this.addEventListener('keydown', (event) => {
      if (this.figure?.isStarted) pressed(event, this.figure);
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#left = new AbortController();
    // Its figure may stand further down, and be made in the same breath.
    queueMicrotask(() => this.#find());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#left.abort();
    this.#seat?.leave();
    this.figure = undefined;
  }

  override render() {
    const { figure, misread } = this;
    if (misread !== undefined) return html`<div class="poster"><p class="misread" role="alert">${sentence(misread)}</p><slot></slot></div>`;
    if (!figure?.isStarted) return html`<div class="poster" part="poster"><div><slot></slot></div></div>`;
    return html`<div part="seat" @orrery-select=${this.#selected}>${this.#seat?.panel}</div>`;
  }

  protected override willUpdate(): void {
    try {
      this.#sit(this.#words);
      this.style.height = this.height === undefined ? '' : readHeight(this.height);
      if (this.misread?.code !== 'figure-missing') this.misread = undefined;
    } catch (error) {
      this.#tell(asTrouble(error, 'panel-unknown'));
    }
  }

  protected override updated(): void {
    const { figure } = this;
    this.toggleAttribute('open', figure?.isStarted ?? false);
    if (this.#seat === undefined || !figure?.isStarted) return;
    this.#seat.panel.selection = figure.selection;
    this.#seat.panel.label = this.label;
    if (this.#sight.isSeen) this.#seat.look(figure);
    else this.#seat.leave();
  }

  /** What its attributes ask for, in the words of a layout. */
  get #words(): string {
    const options = (['pid', 'va', 'hart'] as const).filter((name) => this[name] !== undefined);
    return [this.type, ...options.map((name) => `${name}=${this[name]}`)].join(':');
  }

  /** Takes another panel, if other words are asked for. */
  #sit(words: string): void {
    if (words === this.#seated) return;
    const [placed] = readLayout(words).panels;
    this.#seat?.leave();
    this.#seat = placed && new Seat(placed);
    this.#seated = words;
  }

  #find(): void {
    if (!this.isConnected) return;
    try {
      this.figure = figuresFor(this, this.for)[0];
    } catch (error) {
      this.#tell(asTrouble(error, 'figure-missing'));
    }
    const { signal } = this.#left;
    for (const news of ['orrery-select', 'orrery-ready', 'orrery-open']) {
      this.figure?.addEventListener(news, () => this.requestUpdate(), { signal });
    }
  }

  #selected(event: CustomEvent<SelectionChange>): void {
    event.stopPropagation();
    this.figure?.select(event.detail);
  }

  #tell(trouble: Trouble): void {
    if (trouble.message === this.misread?.message) return;
    this.misread = trouble;
    this.dispatchEvent(new CustomEvent('orrery-error', { detail: { code: trouble.code, hint: sentence(trouble) }, bubbles: true, composed: true }));
  }
}
