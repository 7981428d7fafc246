// A page with every panel on it, for those who draw them and for the tests: no machine, but
// views as a machine gives them. `#moment=fork&panel=page-table&pid=4` chooses what is shown.

import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { View } from 'orrery-wasm';
import '../../preferences.ts';
import { selected, type Selection } from '../../selection.ts';
import { controls, palette } from '../../style.ts';
import { currentLanguage, say, Speaker } from '../../words/words.ts';
import type { SelectionChange } from '../choosing.ts';
import type { Panel } from '../panel.ts';
import { panels, type PanelRow } from '../registry.ts';
import type { Options, PanelType } from '../request.ts';
import { moments, type Moment } from './fixtures.ts';

const MOMENTS: Record<string, Moment> = moments;

@customElement('orrery-gallery')
export class OrreryGallery extends LitElement {
  @state() private moment = 'fork';
  @state() private only: string | undefined;
  @state() private selection: Selection = { pid: 3 };
  readonly #panels = new Map<PanelType, Panel<PanelType>>();

  static override styles = [
    palette,
    controls,
    css`
      :host {
        display: block;
        padding: 14px;
        font: 14px var(--orrery-font);
        color: var(--orrery-ink);
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-block-end: 12px;
      }
      .panels {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr));
        gap: 12px;
        align-items: start;
      }
      .panels.one {
        grid-template-columns: minmax(0, 1fr);
      }
      .wide {
        grid-column: 1 / -1;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
    document.documentElement.lang = currentLanguage();
    const read = () => {
      const asked = new URLSearchParams(location.hash.slice(1));
      this.moment = asked.get('moment') ?? 'fork';
      this.only = asked.get('panel') ?? undefined;
      const options: Options = asked.has('pid') ? { pid: Number(asked.get('pid')) } : {};
      for (const panel of this.#panels.values()) panel.options = options;
    };
    for (const row of panels) this.#panels.set(row.type, new row.element());
    read();
    addEventListener('hashchange', read);
    this.addEventListener('orrery-select', (event) => {
      this.selection = selected(this.selection, (event as CustomEvent<SelectionChange>).detail);
    });
  }

  override render() {
    const moment = MOMENTS[this.moment];
    return html`
      <nav>
        ${Object.keys(moments).map((name) => html`<button aria-pressed=${name === this.moment ? 'true' : 'false'} @click=${() => (this.moment = name)}>${name}</button>`)}
        <orrery-preferences></orrery-preferences>
      </nav>
      <h1 hidden>${say('page.tagline')}</h1>
      <main class=${this.only ? 'panels one' : 'panels'}>
        ${panels.filter(({ type }) => this.only === undefined || type === this.only).map((row) => this.#panel(row, moment?.now[row.type], moment?.before[row.type]))}
      </main>
    `;
  }

  #panel({ type }: PanelRow, view: View | undefined, previous: View | undefined) {
    const panel = this.#panels.get(type);
    if (panel === undefined) return nothing;
    panel.view = view;
    panel.previous = previous;
    panel.selection = this.selection;
    panel.className = type === 'page-table' ? 'wide' : '';
    return panel;
  }
}
