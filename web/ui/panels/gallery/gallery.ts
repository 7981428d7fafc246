// A page with every panel on it, for those who draw them and for the tests: no machine, but
// views as a machine gives them. `#moment=fork&panel=page-table&pid=4` chooses what is shown.

import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import '../../preferences.ts';
import { selected, type Selection } from '../../selection.ts';
import { controls, palette } from '../../style.ts';
import { currentLanguage, say, Speaker } from '../../words/words.ts';
import type { SelectionChange } from '../choosing.ts';
import type { Panel } from '../panel.ts';
import { panels } from '../registry.ts';
import type { Options, PanelType } from '../request.ts';
import { answer, moments } from './moments.ts';

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
      h1 {
        flex-basis: 100%;
        margin: 0;
        font-size: 16px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
        margin-block-end: 12px;
      }
      [aria-pressed='true'] {
        border-color: var(--orrery-accent);
      }
      main {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr));
        gap: 12px;
        align-items: start;
      }
      main.one,
      orrery-page-table-panel {
        grid-column: 1 / -1;
        grid-template-columns: minmax(0, 1fr);
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
    document.documentElement.lang = currentLanguage();
    for (const { type, element } of panels) {
      const panel = new element();
      panel.addEventListener('orrery-panel-request', () => this.requestUpdate());
      this.#panels.set(type, panel);
    }
    this.addEventListener('orrery-select', (event) => {
      this.selection = selected(this.selection, (event as CustomEvent<SelectionChange>).detail);
    });
    addEventListener('hashchange', () => this.#read());
    this.#read();
  }

  override render() {
    return html`
      <header>
        <h1>${say('page.tagline')}</h1>
        ${Object.keys(moments).map((name) => html`<button aria-pressed=${name === this.moment ? 'true' : 'false'} @click=${() => (this.moment = name)}>${name}</button>`)}
        <orrery-preferences></orrery-preferences>
      </header>
      <main class=${this.only === undefined ? '' : 'one'}>
        ${panels.filter(({ type }) => this.only === undefined || type === this.only).map(({ type }) => this.#panel(this.#panels.get(type)))}
      </main>
    `;
  }

  #panel(panel: Panel<PanelType> | undefined) {
    const moment = moments[this.moment];
    if (panel === undefined || moment === undefined) return nothing;
    panel.selection = this.selection;
    panel.view = answer(moment.now, panel.request);
    panel.previous = answer(moment.before, panel.request);
    return panel;
  }

  #read(): void {
    const asked = new URLSearchParams(location.hash.slice(1));
    this.moment = asked.get('moment') ?? 'fork';
    this.only = asked.get('panel') ?? undefined;
    const pid = asked.get('pid');
    const options: Options = pid === null ? {} : { pid: pid === 'kernel' ? 'kernel' : Number(pid), ...(asked.has('va') && { va: asked.get('va') ?? '' }) };
    for (const panel of this.#panels.values()) panel.options = options;
  }
}
