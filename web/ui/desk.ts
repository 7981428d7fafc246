// <orrery-desk>: the console and the chosen panels, side by side where there is room, one
// at a time behind tabs where there is not. The console comes in by the slot `console`, so
// that it stays the same one however things are moved about.

import type { View, ViewRequest } from 'orrery-wasm';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Heard } from './engine/watchers.ts';
import type { Layout, Placed } from './layout.ts';
import type { Panel } from './panels/panel.ts';
import { panelOf } from './panels/registry.ts';
import type { PanelType } from './panels/request.ts';
import type { Selection } from './selection.ts';
import { controls } from './style.ts';
import { say, Speaker } from './words/words.ts';

/** Whoever has views. */
export interface Watchable {
  watch(request: ViewRequest, heard: Heard): () => void;
}

/** Below this width there is one thing at a time, up to the next two columns, beyond it three. */
const TWO_COLUMNS_PX = 700;
const THREE_COLUMNS_PX = 1060;

@customElement('orrery-desk')
export class OrreryDesk extends LitElement {
  @property({ attribute: false }) layout: Layout = { console: true, panels: [] };
  @property({ attribute: false }) selection: Selection = {};
  @property({ attribute: false }) machine: Watchable | undefined;
  /** How many columns there is room for. */
  @state() private columns = 3;
  /** With one column: what is seen, as a place among `#tabs`. */
  @state() private tab = 0;

  readonly #seats = new Map<string, Seat>();
  readonly #resized = new ResizeObserver(([entry]) => this.#measured(entry?.contentRect.width ?? 0));

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }
      .desk {
        flex: 1;
        display: grid;
        gap: 10px;
        min-height: 0;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      }
      .desk > * {
        min-width: 0;
        min-height: 0;
      }
      .desk[data-columns='2'] {
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      }
      .desk[data-columns='3'] {
        grid-template-columns: minmax(0, 1.1fr) minmax(0, 1.1fr) minmax(0, 1fr);
      }
      .column {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-auto-rows: minmax(0, 1fr);
        gap: 10px;
      }
      /* What changes within a panel is laid out and painted within it. */
      .column > :not(slot) {
        contain: strict;
      }
      .column > [hidden] {
        display: none;
      }
      [role='tablist'] {
        display: flex;
        gap: 2px;
        overflow-x: auto;
        scrollbar-width: none;
      }
      [role='tab'] {
        border-color: transparent;
        border-radius: 6px 6px 0 0;
        background: none;
        color: var(--orrery-ink-soft);
      }
      [role='tab'][aria-selected='true'] {
        border-bottom: 2px solid var(--orrery-accent);
        color: var(--orrery-ink);
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    for (const seat of this.#seats.values()) seat.leave();
  }

  override render() {
    const panels = this.layout.panels.map((placed, n) => this.#seat(placed, seatKey(this.layout.panels, n)));
    const isTabbed = this.columns === 1 && this.#tabs.length > 1;
    const tab = Math.min(this.tab, this.#tabs.length - 1);
    const console = html`<slot name="console" ?hidden=${!this.layout.console || (isTabbed && tab !== 0)}></slot>`;
    const offset = this.layout.console ? 1 : 0;
    const shown = panels.map((seat, n) => {
      seat.panel.hidden = isTabbed && tab !== n + offset;
      return seat.panel;
    });
    return html`
      ${isTabbed ? this.#tabBar(tab) : nothing}
      <div class="desk" data-columns=${this.#shape.length}>${this.#shape.map(
        (column) => html`<div class="column">${column.map((place) => (place === 'console' ? console : shown[place]))}</div>`,
      )}</div>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Behind another tab nobody would see the call that was chosen.
    if (changed.has('selection') && this.selection.call !== undefined && this.selection.call !== changed.get('selection')?.call) {
      const source = this.layout.panels.findIndex(({ type }) => type === 'source');
      if (source >= 0) this.tab = source + (this.layout.console ? 1 : 0);
    }
    if (!changed.has('layout')) return;
    const wanted = new Set(this.layout.panels.map((_, n) => seatKey(this.layout.panels, n)));
    for (const [key, seat] of this.#seats) {
      if (wanted.has(key)) continue;
      seat.leave();
      this.#seats.delete(key);
    }
  }

  protected override updated(changed: PropertyValues): void {
    for (const seat of this.#seats.values()) {
      seat.panel.selection = this.selection;
      // What cannot be seen is not computed.
      if (seat.panel.hidden) seat.leave();
      else seat.look(this.machine);
    }
    // Not at first: a figure must not pull the page about.
    const isTurned = changed.get('tab') !== undefined;
    if (isTurned) this.renderRoot.querySelector('[role="tab"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** The words on the tabs: the console's, then the panels'. */
  get #tabs(): string[] {
    const panels = this.layout.panels.map(({ type }) => say(`panel.${type}`));
    return this.layout.console ? [say('desk.console'), ...panels] : panels;
  }

  /** Which panel, by its place in the layout, stands in which column. */
  get #shape(): ('console' | number)[][] {
    const panels = this.layout.panels.map((_, n) => n);
    const all: ('console' | number)[] = this.layout.console ? ['console', ...panels] : panels;
    const columns = Math.max(1, Math.min(this.columns, all.length));
    if (columns === 1) return [all];
    const shape: ('console' | number)[][] = Array.from({ length: columns }, () => []);
    for (const [n, place] of all.entries()) {
      // The first of the columns stays the console's own as long as others have room, and the last
      // a panel's as long as the one before has.
      const column = n < columns ? n : 1 + ((n - columns) % Math.max(1, columns - 1));
      shape[column]?.push(place);
    }
    return shape;
  }

  #tabBar(tab: number) {
    return html`<div role="tablist" aria-label=${say('desk.tabs')} @keydown=${this.#tabKeyed}>
      ${this.#tabs.map(
        (label, n) => html`<button role="tab" aria-selected=${n === tab} tabindex=${n === tab ? 0 : -1}
          @click=${() => (this.tab = n)}>${label}</button>`,
      )}
    </div>`;
  }

  #tabKeyed(event: KeyboardEvent): void {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    this.tab = (this.tab + move + this.#tabs.length) % this.#tabs.length;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  }

  #seat(placed: Placed, key: string): Seat {
    const seat = this.#seats.get(key) ?? new Seat(placed);
    this.#seats.set(key, seat);
    return seat;
  }

  #measured(width: number): void {
    this.columns = width >= THREE_COLUMNS_PX ? 3 : width >= TWO_COLUMNS_PX ? 2 : 1;
  }
}

/** What a panel shows, wherever it stands, so that it knows what it showed before; and which of several it is. */
function seatKey(panels: readonly Placed[], n: number): string {
  const all = panels.slice(0, n + 1).map((placed) => JSON.stringify(placed));
  const own = all[n] ?? '';
  return `${own} ${all.filter((other) => other === own).length}`;
}

/** A panel in its place: sees to it that the panel gets what it asks for. */
export class Seat {
  readonly panel: Panel<PanelType>;
  #machine: Watchable | undefined;
  #watched = '';
  #end: (() => void) | undefined;
  /** As it was at the last stop. */
  #lastStop: { t: number; view: View } | undefined;

  constructor({ type, options }: Placed) {
    const row = panelOf(type);
    if (row === undefined) throw new Error(`there is no panel ${type}`);
    if (customElements.get(row.tag) === undefined) customElements.define(row.tag, row.element);
    this.panel = document.createElement(row.tag) as Panel<PanelType>;
    this.panel.options = options;
    this.panel.addEventListener('orrery-panel-request', () => this.look(this.#machine));
  }

  /** Looks at `machine` from now on. */
  look(machine: Watchable | undefined): void {
    const wanted = JSON.stringify(this.panel.request);
    if (machine === this.#machine && wanted === this.#watched) return;
    this.leave();
    this.#machine = machine;
    this.#watched = wanted;
    this.#end = machine?.watch(this.panel.request, (view, { t, isStop }) => {
      // Between stops nothing is marked: what changes all the time is no news.
      this.panel.previous = isStop && this.#lastStop?.t !== t ? this.#lastStop?.view : this.panel.previous;
      this.panel.view = view;
      if (isStop) this.#lastStop = { t, view };
      else this.panel.previous = undefined;
    });
  }

  /** Looks away. */
  leave(): void {
    this.#end?.();
    this.#end = undefined;
    this.#watched = '';
  }
}
