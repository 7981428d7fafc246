// <orrery-event-list>: what the timeline draws, as a table: a page of events around the
// moment the machine stands at. A row chosen is gone to.

import type { Event as GuestEvent, Position } from 'orrery-wasm';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controls } from '../style.ts';
import { happening } from '../time/happening.ts';
import { grouped, say, Speaker } from '../words/words.ts';
import { sortOf, type Sort } from './kinds.ts';
import type { Timed } from './timeline.ts';

const PAGE = 100;

@customElement('orrery-event-list')
export class OrreryEventList extends LitElement {
  @property({ attribute: false }) machine: Timed | undefined;
  @property({ attribute: false }) position: Position | undefined;
  /** Sorts of events that have no row. */
  @property({ attribute: false }) without: ReadonlySet<Sort> = new Set();
  /** Number of the first event shown. */
  @state() private first = 0;
  @state() private shown: GuestEvent[] = [];

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .scroll {
        max-height: 15rem;
        overflow: auto;
        scrollbar-width: thin;
      }
      nav {
        display: flex;
        gap: 6px;
        padding: 4px 10px 8px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th {
        position: sticky;
        top: 0;
        background: var(--orrery-panel-bg);
        color: var(--orrery-ink-soft);
        font-weight: 500;
        text-align: start;
      }
      th,
      td {
        padding: 2px 10px;
        white-space: nowrap;
      }
      td:last-child {
        white-space: normal;
        overflow-wrap: anywhere;
        width: 100%;
      }
      .num {
        text-align: end;
      }
      tr[aria-current] {
        background: var(--orrery-accent-soft);
        box-shadow: inset 3px 0 var(--orrery-accent);
      }
      td button {
        min-height: 24px;
        padding: 0 4px;
        border: 0;
        background: none;
        text-align: start;
        white-space: normal;
      }
      td button:hover {
        text-decoration: underline;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const total = this.position?.n_events ?? 0;
    const now = this.position?.event?.n;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label=${say('timeline.label')}>
        <table>
          <thead>
            <tr>
              <th class="num">${say('list.n')}</th>
              <th class="num">${say('list.t')}</th>
              <th>${say('list.hart')}</th>
              <th>${say('list.pid')}</th>
              <th>${say('list.what')}</th>
            </tr>
          </thead>
          <tbody>
            ${this.shown.filter(({ what }) => !this.without.has(sortOf(what.kind))).map((event) => this.#row(event, event.n === now))}
          </tbody>
        </table>
      </div>
      <nav>
        <button ?disabled=${this.first === 0} @click=${() => this.#turn(this.first - PAGE)}>${say('list.earlier')}</button>
        <button ?disabled=${this.first + PAGE >= total} @click=${() => this.#turn(this.first + PAGE)}>${say('list.later')}</button>
      </nav>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('position') && !changed.has('machine')) return;
    const n = this.position?.event?.n ?? 0;
    const isInSight = n >= this.first && n < this.first + this.shown.length;
    if (!isInSight || this.shown.length < PAGE) this.#turn(n - PAGE / 2);
    else this.#reveal();
  }

  #row(event: GuestEvent, isNow: boolean) {
    return html`<tr aria-current=${isNow ? 'true' : nothing}>
      <td class="num">${grouped(event.n)}</td>
      <td class="num">${grouped(event.t)}</td>
      <td>${event.hart ?? '–'}</td>
      <td>${event.pid ?? '–'}</td>
      <td><button @click=${() => this.machine?.seek(`t:${event.t}`)}>${happening(event)}</button></td>
    </tr>`;
  }

  #turn(first: number): void {
    const total = this.position?.n_events ?? 0;
    const from = Math.max(0, Math.min(first, total - PAGE));
    void this.machine?.events(from, from + PAGE).then((events) => {
      this.first = from;
      this.shown = events;
      void this.updateComplete.then(() => this.#reveal());
    });
  }

  #reveal(): void {
    this.renderRoot.querySelector('tr[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }
}
