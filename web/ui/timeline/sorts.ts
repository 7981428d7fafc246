// <orrery-sorts>: a chip for each sort of events, pressed while the timeline shows it. One stop
// of Tab; arrows go from chip to chip.

import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controls } from '../style.ts';
import { say, Speaker } from '../words/words.ts';
import { SORTS, type Sort } from './kinds.ts';

/** The reader wants other sorts of events. */
export class SortsEvent extends Event {
  constructor(readonly without: ReadonlySet<Sort>) {
    super('sorts');
  }
}

const ALL = Object.keys(SORTS) as Sort[];

@customElement('orrery-sorts')
export class OrrerySorts extends LitElement {
  @property({ attribute: false }) without: ReadonlySet<Sort> = new Set();
  /** The chip that Tab comes to. */
  @state() private current = 0;

  static override styles = [
    controls,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        padding: 0 10px 4px;
      }
      button {
        min-height: 24px;
        padding: 0 9px;
        border-radius: 12px;
        font-size: 12px;
        color: var(--orrery-ink-soft);
        background: none;
      }
      button[aria-pressed='true'] {
        color: var(--orrery-ink);
        background: var(--orrery-accent-soft);
        border-color: var(--orrery-accent);
      }
      button[aria-pressed='false'] {
        border-style: dashed;
        text-decoration: line-through;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    return html`<div role="toolbar" aria-label=${say('sort.label')} @keydown=${this.#keyed}>
      ${ALL.map(
        (sort, n) => html`<button aria-pressed=${this.without.has(sort) ? 'false' : 'true'} tabindex=${n === this.current ? 0 : -1}
          @focus=${() => (this.current = n)} @click=${() => this.#toggle(sort)}>${say(`sort.${sort}`)}</button>`,
      )}
    </div>`;
  }

  #toggle(sort: Sort): void {
    const without = new Set(this.without);
    if (!without.delete(sort)) without.add(sort);
    this.dispatchEvent(new SortsEvent(without));
  }

  #keyed(event: KeyboardEvent): void {
    const last = ALL.length - 1;
    const to: Record<string, number> = { ArrowRight: this.current + 1, ArrowLeft: this.current - 1, Home: 0, End: last };
    const next = to[event.key];
    if (next === undefined) return;
    // The page's own arrows step through time.
    event.preventDefault();
    event.stopPropagation();
    this.renderRoot.querySelectorAll('button')[(next + ALL.length) % ALL.length]?.focus();
  }
}
