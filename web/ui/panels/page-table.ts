// <orrery-page-table-panel>: an address space as a map, the Sv39 tree behind it, and the
// walk of one address. Reads `page-table/`.

import type { Addr, Entry, PageTableView, ProcessRef, Region } from 'orrery-wasm';
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import * as pageIcons from '../icons.ts';
import type { Selection } from '../selection.ts';
import { say } from '../words/words.ts';
import { named, was } from './marks.ts';
import { isWithin, pageNumber, pageOf, readAddress } from './page-table/address.ts';
import { compareEntries, compareRegions, isTable } from './page-table/changes.ts';
import { columns, inWords, lattice, latticeLook } from './page-table/flags.ts';
import { partsLook } from './page-table/look.ts';
import { drawMap, mapLook } from './page-table/map.ts';
import { nameOf, pagesText } from './page-table/names.ts';
import { drawTree, treeLook } from './page-table/tree.ts';
import { brief, drawWalk, walkLook } from './page-table/walk.ts';
import { bringIntoView, Panel } from './panel.ts';
import { plainLook, plainTable } from './plain.ts';
import type { Options, RequestBuilder, ViewOf } from './request.ts';

/** The table of the process chosen, else of the one selected, else the kernel's. */
export const pageTableRequest: RequestBuilder = (options, selection) => {
  const pid = pidOf(options, selection);
  const va = options.va ?? (selection.pid === pid ? selection.va : undefined);
  return { kind: 'page-table', ...(pid !== undefined && { pid }), ...(va !== undefined && { va }) };
};

function pidOf(options: Options, selection: Selection): number | undefined {
  return options.pid === 'kernel' ? undefined : (options.pid ?? selection.pid);
}

type Shown = ViewOf<'page-table'>;

const PARTS = ['map', 'tree', 'walk'] as const;
type Part = (typeof PARTS)[number];

@customElement('orrery-page-table-panel')
export class OrreryPageTablePanel extends Panel<'page-table'> {
  protected readonly type = 'page-table';
  protected override readonly hasTable = true;
  /** Which part is shown where there is no room for all; until one is chosen, what was asked for decides. */
  @state() private chosen: Part | undefined;
  /** Whose tables there are, also while there is no view: the process chosen may be gone. */
  #known: readonly ProcessRef[] = [];
  /** What was last brought into view. */
  #brought = '';
  @state() private unfolded: ReadonlySet<Addr> = new Set();
  @state() private toggled: ReadonlySet<string> = new Set();
  /** What was typed and is no address. */
  @state() private badAddress: string | undefined;
  @query('#va') private readonly address!: HTMLInputElement;

  static override styles = [...Panel.styles, plainLook, latticeLook, mapLook, treeLook, walkLook, partsLook];

  override get request() {
    return pageTableRequest(this.options, this.selection);
  }

  protected override isComparable(view: Shown, previous: Shown): boolean {
    return view.owner?.pid === previous.owner?.pid;
  }

  protected override lead(view: Shown | undefined) {
    const pid = pidOf(this.options, this.selection);
    const known = (this.#known = view?.processes ?? this.#known);
    const others = pid === undefined || known.some((process) => process.pid === pid) ? known : [...known, { pid, name: '' }];
    return html`<select class="whose" aria-label=${say('table.whose')} @change=${this.#whose}>
      <option value="kernel" .selected=${pid === undefined}>${say('process.kernel')}</option>
      ${others.map(({ pid: other, name }) => html`<option value=${other} .selected=${other === pid}>${say('process.named', { pid: String(other), name })}</option>`)}
    </select>`;
  }

  protected override draw(view: Shown, previous: Shown | undefined) {
    return html`
      <div class="above">${facts(view, previous ?? view)}${this.#parts()}</div>
      <div class="all" data-shown=${this.#shown}>
        ${this.isTable ? plain(view) : this.#drawing(view, previous)}
        ${view.is_cut ? html`<p class="pad soft">${say('table.cut')}</p>` : nothing}
        ${view.walk
          ? html`<div class="walk-part" part="walk">${drawWalk(view.walk, view)}</div>`
          : html`<p class="walk-part no-walk soft">${say('walk.none')}</p>`}
      </div>
      ${this.#address(view)}
    `;
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    // Of the address chosen here and one chosen elsewhere, the later one is shown.
    const { pid, va } = this.selection;
    const isNews = changes.get('selection') !== undefined && changes.get('selection')?.va !== va;
    if (isNews && va !== undefined && pid === pidOf(this.options, this.selection)) this.options = { ...this.options, va };
  }

  override updated(changes: PropertyValues): void {
    super.updated(changes);
    const view = this.view?.kind === 'page-table' ? this.view : undefined;
    const now = `${view?.owner?.pid} ${view?.walk?.va} ${this.selection.frame} ${this.#shown}`;
    if (now === this.#brought || view === undefined) return;
    this.#brought = now;
    const body = this.renderRoot.querySelector<HTMLElement>('.body');
    const lit = [...this.renderRoot.querySelectorAll<HTMLElement>('.both [aria-selected=true]')].find((item) => item.offsetParent !== null);
    if (body && lit) bringIntoView(lit, body);
  }

  /** The part shown where there is room for one only: who asks for an address wants its entry. What is promised has none. */
  get #shown(): Part {
    const isPromised = this.view?.kind === 'page-table' && this.view.map.some(({ kind }) => kind === 'promised');
    return this.chosen ?? (this.options.va === undefined || isPromised ? 'map' : 'tree');
  }

  #parts() {
    return html`<div class="parts" role="group" aria-label=${say('table.view')}>
      ${PARTS.map((part) => html`<button class="quiet" aria-pressed=${part === this.#shown ? 'true' : 'false'}
        @click=${() => (this.chosen = part)}>${say(`table.${part}`)}</button>`)}
    </div>`;
  }

  #drawing(view: Shown, previous: Shown | undefined) {
    const lit = this.#litRanges(view);
    const isLit = (start: Addr, pages: number) =>
      lit.some(([from, to]) => from < pageNumber(start) + pages && pageNumber(start) < to);
    return html`
      <div class="both">
        <div class="part map-part" part="map"><h3>${say('table.map')}</h3>${drawMap(compareRegions(previous?.map, view.map), {
          unfolded: this.unfolded,
          isLit: (region) => isLit(region.start, region.pages),
          choose: (region) => this.#chooseRegion(view, region),
          fold: (key) => (this.unfolded = flipped(this.unfolded, key)),
        })}</div>
        <div class="part tree-part" part="tree"><h3>${say('table.tree')}</h3>${view.tree.length === 0 ? html`<p class="soft">${say('table.empty')}</p>` : nothing}
          ${drawTree(compareEntries(previous?.tree, view.tree), {
            toggled: this.toggled,
            isLit: (entry) => isTable(entry) ? this.#isFrame(entry.pa, 1) : isLit(entry.va, entry.count * 512 ** entry.level),
            choose: (entry) => this.#walkTo(view, entry.va, entry.pa),
            toggle: (key) => (this.toggled = flipped(this.toggled, key)),
          })}</div>
      </div>`;
  }

  /** The pages that lead to what is chosen, as numbers of pages, `[from, to)`. */
  #litRanges(view: Shown): [number, number][] {
    const walked = view.walk && pageNumber(view.walk.va);
    const ranges: [number, number][] = walked === undefined ? [] : [[walked, walked + 1]];
    const { frame } = this.selection;
    if (frame === undefined) return ranges;
    for (const leaf of leaves(view.tree)) {
      const offset = pageNumber(frame) - pageNumber(leaf.pa);
      const page = pageNumber(leaf.va) + offset;
      if (0 <= offset && offset < leaf.count * 512 ** leaf.level) ranges.push([page, page + 1]);
    }
    return ranges;
  }

  #isFrame(start: Addr, pages: number): boolean {
    return this.selection.frame !== undefined && isWithin(this.selection.frame, start, pages);
  }

  #chooseRegion(view: Shown, region: Region): void {
    this.#walkTo(view, region.start, region.kind === 'promised' ? undefined : region.pa);
  }

  #walkTo(view: Shown, va: Addr, frame: Addr | undefined): void {
    this.badAddress = undefined;
    this.choose({ va });
    this.select({ pid: view.owner?.pid, va, frame: frame && pageOf(frame) });
  }

  #address(view: Shown) {
    const { walk } = view;
    return html`<div class="address" part="address">
      <form @submit=${(event: SubmitEvent) => this.#typed(event, view)}>
        <label for="va">${say('walk.address')}</label>
        <input id="va" class="mono" aria-label=${say('walk.address')} autocomplete="off" spellcheck="false" size="14" placeholder="0x3010"
          .value=${walk?.va ?? ''} aria-invalid=${this.badAddress === undefined ? 'false' : 'true'} aria-describedby="bad" />
        <button class="quiet">${say('walk.go')}</button>
        ${walk ? html`<button type="button" class="tool" aria-label=${say('walk.close')} title=${say('walk.close')}
          @click=${() => this.#closeWalk()}>${pageIcons.close}</button><span class="lands">${brief(walk)}</span>` : nothing}
        <span id="bad" class="bad" role="status">${this.badAddress === undefined ? nothing : say('walk.bad', { text: this.badAddress })}</span>
      </form>
    </div>`;
  }

  #typed(event: SubmitEvent, view: Shown): void {
    event.preventDefault();
    const text = this.address.value;
    const va = readAddress(text);
    if (va === undefined) {
      this.badAddress = text;
      return;
    }
    const leaf = leaves(view.tree).find((leaf) => isWithin(va, leaf.va, leaf.count * 512 ** leaf.level));
    const frame = leaf && BigInt(leaf.pa) + BigInt(pageNumber(va) - pageNumber(leaf.va)) * 4096n;
    this.#walkTo(view, va, frame === undefined ? undefined : `0x${frame.toString(16)}`);
  }

  #closeWalk(): void {
    this.choose({ va: undefined });
    this.select({ va: undefined });
  }

  /** Who follows the selection changes it; who is set to one process is set to another. */
  #whose(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const isFollowing = this.options.pid === undefined;
    this.choose({ va: undefined, ...(!isFollowing && { pid: value === 'kernel' ? 'kernel' : Number(value) }) });
    if (isFollowing) this.select({ pid: value === 'kernel' ? undefined : Number(value), va: undefined });
  }
}

function facts(view: PageTableView, previous: PageTableView) {
  // Where there is little room, the last ones give way: the walk tells of the root too.
  const rows: [name: string, value: (view: PageTableView) => string][] = [
    [say('table.mapped'), ({ mapped_pages }) => pagesText(mapped_pages)],
    [say('table.shared'), ({ shared_pages }) => pagesText(shared_pages)],
    [say('table.tables'), ({ table_pages }) => String(table_pages)],
    [say('table.size'), ({ size }) => size ?? '–'],
    [say('table.root'), ({ root }) => root],
  ];
  return html`<dl class="facts">${rows.map(([name, value], n) => html`<div class=${n < 2 ? '' : 'more'}><dt>${name}</dt><dd class="mono">${was(value(previous), value(view))}</dd></div>`)}</dl>`;
}

/** More are no help to a reader, and slow. */
const MOST_LEAVES = 1000;

/** The leaves, one after the other. */
function plain(view: PageTableView) {
  const all = leaves(view.tree).slice(0, MOST_LEAVES);
  const shown = columns(all.map(({ flags }) => flags));
  const heads = [say('table.va'), say('table.count'), say('table.name'), say('table.flags'), say('table.pa'), say('table.shared')];
  return plainTable(say('panel.page-table'), heads, all.map((leaf) => [
    html`<code>${leaf.va}</code>`, leaf.count * 512 ** leaf.level, leaf.name === undefined ? '' : nameOf(leaf.name),
    html`${lattice(leaf.flags, leaf.flags, shown)}<div class="soft" aria-hidden="true">${inWords(leaf.flags)}</div>`,
    html`<code>${leaf.pa}</code>`, leaf.shared_with.map(named).join(', '),
  ]));
}

function leaves(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry) => (isTable(entry) ? leaves(entry.children) : [entry]));
}

function flipped<T>(set: ReadonlySet<T>, key: T): ReadonlySet<T> {
  return set.has(key) ? new Set([...set].filter((other) => other !== key)) : new Set([...set, key]);
}
