// What all panels have in common: a title, tools, the view they draw, and what they say
// when there is none. A panel is given its view; it fetches nothing and computes nothing
// about the guest. One that throws says so and leaves the others alone.
//
// Events: `orrery-select` (see `choosing.ts`), and `orrery-panel-request` whenever the
// panel wants another view than before, with the request as its `detail`.
// Parts: `panel`, `bar`, `title`, `tools`, `body`, `table`, and what each panel has of its own.

import type { View, ViewRequest } from 'orrery-wasm';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import * as pageIcons from '../icons.ts';
import type { Selection } from '../selection.ts';
import { controls } from '../style.ts';
import { say, Speaker } from '../words/words.ts';
import { select, type SelectionChange } from './choosing.ts';
import * as icons from './icons.ts';
import { look } from './look.ts';
import type { Options, PanelType, ViewOf } from './request.ts';
import { Roving } from './roving.ts';

/** For how long a panel says that it has copied. */
const COPIED_MS = 1500;
/** What stands so close to an edge is hardly seen. */
const MARGIN_PX = 24;

export abstract class Panel<K extends PanelType> extends LitElement {
  /** What to draw. */
  @property({ attribute: false }) view: View | undefined;
  /** The same as it was at the last stop; what differs is marked. Without it nothing is. */
  @property({ attribute: false }) previous: View | undefined;
  @property({ attribute: false }) selection: Selection = {};
  @property({ attribute: false }) options: Options = {};
  /** What a screen reader calls it, if its title will not do: a page may have several of one sort. */
  @property() label: string | undefined;
  /** Whether the reader wants figures in a table instead of a drawing. */
  @state() protected isTable = false;
  @state() private isCopied = false;

  /** Which panel this is. */
  protected abstract readonly type: K;
  /** Whether there is a table beside the drawing to choose. */
  protected readonly hasTable: boolean = false;
  #lastRequest = '';

  static override styles = [controls, look];

  constructor() {
    super();
    new Speaker(this);
    new Roving(this);
  }

  /** What this panel wants to see. */
  abstract get request(): ViewRequest;

  /** Draws `view`; `previous` is of the same thing, or missing. */
  protected abstract draw(view: ViewOf<K>, previous: ViewOf<K> | undefined): TemplateResult;

  /** What stands in the bar beside the title. */
  protected lead?(view: ViewOf<K> | undefined): TemplateResult | typeof nothing;

  /** Whether two views are of the same thing, so that what differs is a change; if left out, they are. */
  protected isComparable?(view: ViewOf<K>, previous: ViewOf<K>): boolean;

  override render() {
    const view = this.#ofOurs(this.view);
    return html`<section part="panel" role="group" aria-label=${this.label ?? nothing} aria-labelledby=${this.label === undefined ? 'title' : nothing}>
      <header part="bar">
        <div class="heading">
          <h2 id="title" part="title">${icons.panelIcons[this.type]}<span>${say(`panel.${this.type}`)}</span></h2>
          ${this.#guarded(() => html`${this.lead?.(view)}`)}
        </div>
        <div class="tools" part="tools">${this.#tools(view)}</div>
      </header>
      <div class="body" part="body">${this.#body(view)}</div>
    </section>`;
  }

  override updated(changes: PropertyValues): void {
    super.updated(changes);
    const { request } = this;
    const asText = JSON.stringify(request);
    if (asText === this.#lastRequest) return;
    this.#lastRequest = asText;
    this.dispatchEvent(new CustomEvent('orrery-panel-request', { detail: request, bubbles: true, composed: true }));
  }

  /** Asks for another selection. */
  protected select(change: SelectionChange): void {
    this.dispatchEvent(select(change));
  }

  /** Sets this panel to something, whatever is selected; `undefined` follows the selection again. */
  protected choose(change: { [Field in keyof Options]: Options[Field] | undefined }): void {
    const chosen = Object.entries({ ...this.options, ...change }).filter(([, value]) => value !== undefined);
    this.options = Object.fromEntries(chosen);
  }

  #ofOurs(view: View | undefined): ViewOf<K> | undefined {
    return view?.kind === this.type ? (view as ViewOf<K>) : undefined;
  }

  #body(view: ViewOf<K> | undefined) {
    if (view === undefined) return missing(this.view);
    const previous = this.#ofOurs(this.previous);
    const isComparable = previous !== undefined && (this.isComparable?.(view, previous) ?? true);
    return this.#guarded(() => this.draw(view, isComparable ? previous : undefined));
  }

  #guarded(draw: () => TemplateResult): TemplateResult {
    try {
      return draw();
    } catch (error) {
      console.error(error);
      return html`<p class="missing" role="alert">${say('panel.broken', { detail: String(error) })}</p>`;
    }
  }

  #tools(view: ViewOf<K> | undefined) {
    const other = say(this.isTable ? 'panel.as-drawing' : 'panel.as-table');
    return html`
      ${this.hasTable
        ? html`<button class="tool" aria-label=${other} title=${other} ?disabled=${view === undefined}
            @click=${() => (this.isTable = !this.isTable)}>${this.isTable ? icons.panelIcons[this.type] : icons.table}</button>`
        : nothing}
      <button class="tool copy" aria-label=${say('panel.copy')} title=${say('panel.copy')} ?disabled=${view === undefined}
        @click=${() => this.#copy(view)}>${pageIcons.copy}</button>
      <span class="copied" role="status">${this.isCopied ? say('panel.copied') : nothing}</span>
    `;
  }

  async #copy(view: ViewOf<K> | undefined): Promise<void> {
    try {
      await navigator.clipboard.writeText(JSON.stringify(view, null, 2));
    } catch {
      // Not allowed here; what is shown can be selected all the same.
      return;
    }
    this.isCopied = true;
    setTimeout(() => (this.isCopied = false), COPIED_MS);
  }
}

/** Scrolls `box`, and nothing around it, until `item` is in sight. */
export function bringIntoView(item: HTMLElement, box: HTMLElement): void {
  const top = item.getBoundingClientRect().top - box.getBoundingClientRect().top;
  const isSeen = top >= MARGIN_PX && top + item.offsetHeight <= box.clientHeight - 2 * MARGIN_PX;
  if (!isSeen) box.scrollTop += top - box.clientHeight / 3;
}

function missing(view: View | undefined): TemplateResult {
  return view?.kind === 'missing'
    ? html`<div class="missing"><p>${say('panel.missing')}</p><p class="why">${view.why}</p></div>`
    : html`<p class="missing">${say('panel.waiting')}</p>`;
}
