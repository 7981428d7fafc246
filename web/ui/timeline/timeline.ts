// <orrery-timeline>: what happened, a lane a hart and lanes for disk and console. Drag to
// go through time, wheel or pinch to zoom, point at a mark to read what it was. The same
// is there as a table, for who cannot see it or wants to read it.

import type { Arrival, Event as GuestEvent, Position, Unit } from 'orrery-wasm';
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { controls } from '../style.ts';
import { circumstances, happening } from '../time/happening.ts';
import { grouped, say, Speaker } from '../words/words.ts';
import { AXIS_PX, draw, GUTTER_PX, heightOf, LANE_PX, MARGIN_PX, type Inks } from './draw.ts';
import { isSomething, type Sort } from './kinds.ts';
import { emptyLanes, fillLanes, type LaneColumns } from './lanes.ts';
import './list.ts';
import { look } from './look.ts';
import { Pointers } from './pointers.ts';
import { atPixel, panned, Paper, pixel, zoomed, type Window } from './scale.ts';
import './sorts.ts';
import type { SortsEvent } from './sorts.ts';
import type { EventStore } from './store.ts';

/** The machine, as far as a timeline needs it. */
export interface Timed {
  watchEvents(heard: (store: EventStore) => void): () => void;
  events(from: number, to: number): Promise<GuestEvent[]>;
  seek(at: string): Promise<Arrival | undefined>;
  step(n?: number, unit?: Unit): Promise<Arrival | undefined>;
  back(n?: number, unit?: Unit): Promise<Arrival | undefined>;
}

/** What is under the pointer. */
interface Pointed {
  x: number;
  y: number;
  t: number;
  event: GuestEvent | undefined;
  /** How many more are on the same spot. */
  more: number;
}

const INKS: readonly (keyof Inks)[] = ['call', 'fault', 'quiet', 'switch', 'disk', 'text', 'paper', 'line', 'ink', 'soft', 'accent', 'program'];
const ZOOM_STEP = 1.6;
/** While the machine runs, drawing takes at most one part in so many of the time. */
const DRAW_SHARE = 12;
/** A mark this near to the pointer is meant. */
const NEAR_PX = 6;

@customElement('orrery-timeline')
export class OrreryTimeline extends LitElement {
  @property({ attribute: false }) machine: Timed | undefined;
  @property({ attribute: false }) position: Position | undefined;
  @property({ type: Number }) harts = 1;
  @state() private isTable = false;
  /** Sorts of events that are not shown. */
  @state() private without: ReadonlySet<Sort> = new Set();
  @state() private pointed: Pointed | undefined;
  /** There is nothing more to zoom out to. */
  @state() private isWhole = true;
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  @query('.inks') private readonly swatches!: HTMLElement;

  #store: EventStore | undefined;
  readonly #paper = new Paper();
  #window: Window = { from: 0, to: 1, width: 0 };
  #lanes: LaneColumns[] = [];
  #inks: Inks | undefined;
  #leave: (() => void) | undefined;
  #isDrawingDue = false;
  /** When what is new may be drawn again. */
  #dueMs = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  /** Where to go next, while one journey is on its way. */
  #wanted: number | undefined;
  #isGoing = false;
  readonly #details = new Map<number, GuestEvent>();
  readonly #resized = new ResizeObserver(() => this.#measure());
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #themed = new MutationObserver(() => this.#recolour());
  readonly #pointers = new Pointers({
    panned: (dx) => this.#look(panned(this.#window, dx, this.#endU)),
    zoomed: (factor, x) => this.#look(zoomed(this.#window, factor, x - GUTTER_PX, this.#endU)),
    scrubbed: (x) => this.#goTo(this.#tAt(x)),
    clicked: (x, y) => this.#goTo(this.#near(x, y)?.t ?? this.#tAt(x)),
    pointed: (x, y) => void this.#pointAt(x, y),
    left: () => (this.pointed = undefined),
  });

  static override styles = [controls, look];

  constructor() {
    super();
    new Speaker(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.#scheme.addEventListener('change', this.#recolour);
    this.#themed.observe(document.documentElement, { attributeFilter: ['data-theme', 'style', 'class'] });
    this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.#scheme.removeEventListener('change', this.#recolour);
    this.#themed.disconnect();
    this.#leave?.();
    this.#leave = undefined;
  }

  override render() {
    const { position } = this;
    return html`
      <header>
        <h2>${say('timeline.title')}</h2>
        <span class="count">${position ? say('timeline.count', { n: grouped(position.n_events) }) : nothing}</span>
        <button aria-label=${say('timeline.out')} title=${say('timeline.out')} ?disabled=${this.isWhole || this.isTable}
          @click=${() => this.#zoom(ZOOM_STEP)}>${icons.minus}</button>
        <button aria-label=${say('timeline.in')} title=${say('timeline.in')} ?disabled=${this.isTable}
          @click=${() => this.#zoom(1 / ZOOM_STEP)}>${icons.plus}</button>
        <button class="fit" title=${say('timeline.fit.hint')} ?disabled=${this.isWhole || this.isTable} @click=${() => this.#fit()}>${say('timeline.fit')}</button>
        <button class="table" aria-pressed=${this.isTable} title=${say('timeline.table.hint')}
          @click=${() => (this.isTable = !this.isTable)}>${say('timeline.table')}</button>
      </header>
      <orrery-sorts .without=${this.without} @sorts=${this.#choseSorts}></orrery-sorts>
      <canvas ?hidden=${this.isTable} tabindex="0" role="slider" aria-label=${say('timeline.label')} aria-orientation="horizontal"
        aria-valuemin="0" aria-valuemax=${position?.end ?? 0} aria-valuenow=${position?.t ?? 0} aria-valuetext=${this.#valueText()}
        @keydown=${this.#keyed} @wheel=${{ handleEvent: (event: WheelEvent) => this.#pointers.wheeled(event), passive: false }}
        @dblclick=${(event: MouseEvent) => this.#zoom(1 / 4, event.offsetX - GUTTER_PX)}
        @pointerdown=${this.#pointers} @pointermove=${this.#pointers} @pointerup=${this.#pointers}
        @pointercancel=${this.#pointers} @pointerleave=${this.#pointers}></canvas>
      ${this.isTable
        ? html`<orrery-event-list .machine=${this.machine} .position=${position} .without=${this.without}></orrery-event-list>`
        : nothing}
      ${this.pointed ? this.#card(this.pointed) : nothing}
      <div class="inks" aria-hidden="true">${INKS.map((ink) => html`<i class=${ink}></i>`)}</div>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('machine')) this.#follow();
    if (changed.has('harts')) this.#measure();
    if (changed.has('position')) this.#moved();
  }

  #card({ x, y, t, event, more }: Pointed) {
    const isRight = x > (GUTTER_PX + this.#window.width) / 2;
    const side = isRight ? `right: ${this.offsetWidth - x + 12}px` : `left: ${x + 12}px`;
    return html`<div class="card" style="${side}; top: ${y + 40}px">
      ${event ? html`<b>${happening(event)}</b>` : nothing}
      <span>${[...(event ? circumstances(event) : []), say('where.t', { t: grouped(event?.t ?? Math.round(t)) })].join(' · ')}</span>
      ${more > 0 ? html`<br /><span>${say('timeline.more', { n: grouped(more) })}</span>` : nothing}
    </div>`;
  }

  readonly #choseSorts = ({ without }: SortsEvent): void => {
    this.without = without;
    this.#drawSoon();
  };

  #valueText(): string {
    const { position } = this;
    if (position === undefined) return say('where.none');
    const t = say('where.t', { t: grouped(position.t) });
    return position.event ? `${happening(position.event)}, ${t}` : t;
  }

  #follow(): void {
    this.#leave?.();
    this.#leave = this.isConnected
      ? this.machine?.watchEvents((store) => {
          if (store.length === 0) {
            this.#paper.clear();
            this.#details.clear();
          }
          this.#store = store;
          this.#moved();
        })
      : undefined;
  }

  /** There is more, or the machine stands elsewhere. */
  #moved(): void {
    const wasWhole = this.isWhole;
    const wasAtEnd = this.#window.to >= this.#lastEndU - 1;
    if (this.#store) this.#paper.extend(this.#store, isSomething);
    const endU = this.#endU;
    const length = this.#window.to - this.#window.from;
    if (wasWhole) this.#window = { ...this.#window, from: 0, to: endU };
    else if (wasAtEnd && this.position?.t === this.position?.end) this.#window = { ...this.#window, from: Math.max(0, endU - length), to: endU };
    else this.#reveal();
    this.#lastEndU = endU;
    if (this.position?.t === this.position?.end) this.#drawWhenDue();
    else this.#drawSoon();
  }

  #lastEndU = 0;

  /** Moves the window so that the moment the machine stands at is in it. */
  #reveal(): void {
    const x = pixel(this.#window, this.#paper.u(this.position?.t ?? 0));
    if (x < 0 || x > this.#window.width) this.#window = panned(this.#window, x - this.#window.width / 2, this.#endU);
  }

  get #endU(): number {
    return Math.max(1, this.#paper.u(this.position?.end ?? 0));
  }

  #look(window: Window): void {
    this.#window = window;
    this.isWhole = window.to - window.from >= this.#endU * 0.999;
    this.#drawSoon();
  }

  #fit(): void {
    this.#look({ ...this.#window, from: 0, to: this.#endU });
  }

  /** Shows `factor` times as much, the place `x` staying where it is. */
  #zoom(factor: number, x = Math.max(0, Math.min(this.#window.width, pixel(this.#window, this.#paper.u(this.position?.t ?? 0))))): void {
    this.#look(zoomed(this.#window, factor, x, this.#endU));
  }

  #tAt(x: number): number {
    const u = atPixel(this.#window, Math.max(0, Math.min(this.#window.width, x - GUTTER_PX)));
    return Math.max(0, Math.min(this.position?.end ?? 0, Math.round(this.#paper.t(u))));
  }

  /** Goes to `t`; while one journey is on its way, only the last wish counts. */
  #goTo(t: number): void {
    this.#wanted = t;
    if (!this.#isGoing) void this.#goOn();
  }

  async #goOn(): Promise<void> {
    this.#isGoing = true;
    while (this.#wanted !== undefined) {
      const t = this.#wanted;
      this.#wanted = undefined;
      await this.machine?.seek(`t:${t}`);
    }
    this.#isGoing = false;
  }

  /** The mark nearest to a point: its time, its number, and how many share its pixel. */
  #near(x: number, y: number): { t: number; n: number; count: number } | undefined {
    const lane = this.#lanes[Math.floor((y - AXIS_PX) / LANE_PX)];
    const store = this.#store;
    if (lane === undefined || store === undefined) return undefined;
    const column = Math.round(x - GUTTER_PX);
    for (let distance = 0; distance <= NEAR_PX; distance++) {
      for (const at of [column - distance, column + distance]) {
        const count = lane.count[at] ?? 0;
        const place = lane.place[at] ?? 0;
        if (count > 0) return { t: store.t[place] ?? 0, n: store.first + place, count };
      }
    }
    return undefined;
  }

  async #pointAt(x: number, y: number): Promise<void> {
    if (x < GUTTER_PX) {
      this.pointed = undefined;
      return;
    }
    const near = this.#near(x, y);
    const pointed = (event?: GuestEvent): Pointed => ({ x, y, t: near?.t ?? this.#tAt(x), event, more: Math.max(0, (near?.count ?? 0) - 1) });
    const known = near && this.#details.get(near.n);
    this.pointed = pointed(known);
    if (near === undefined || known !== undefined) return;
    const [event] = (await this.machine?.events(near.n, near.n + 1)) ?? [];
    if (event === undefined) return;
    this.#details.set(near.n, event);
    if (this.pointed.x === x && this.pointed.y === y) this.pointed = pointed(event);
  }

  #keyed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act: Record<string, () => unknown> = {
      ArrowRight: () => this.machine?.step(),
      ArrowLeft: () => this.machine?.back(),
      Home: () => this.machine?.seek('start'),
      End: () => this.machine?.seek('end'),
      PageUp: () => this.#look(panned(this.#window, -this.#window.width / 2, this.#endU)),
      PageDown: () => this.#look(panned(this.#window, this.#window.width / 2, this.#endU)),
      '+': () => this.#zoom(1 / ZOOM_STEP),
      '=': () => this.#zoom(1 / ZOOM_STEP),
      '-': () => this.#zoom(ZOOM_STEP),
      f: () => this.#fit(),
    };
    const does = act[event.key];
    if (does === undefined) return;
    event.preventDefault();
    does();
  }

  #measure(): void {
    if (!this.hasUpdated) return;
    const width = Math.max(50, Math.floor(this.clientWidth) - GUTTER_PX - MARGIN_PX);
    if (width !== this.#window.width || this.#lanes.length !== this.harts + 2) {
      this.#window = { ...this.#window, width };
      this.#lanes = [];
    }
    this.#drawSoon();
  }

  readonly #recolour = (): void => {
    this.#inks = undefined;
    this.#drawSoon();
  };

  /** Draws what is new, unless it was drawn just now: then in a while. */
  #drawWhenDue(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      this.#drawSoon();
    }, Math.max(0, this.#dueMs - performance.now()));
  }

  #drawSoon(): void {
    if (this.#isDrawingDue || !this.isConnected) return;
    this.#isDrawingDue = true;
    requestAnimationFrame(() => {
      this.#isDrawingDue = false;
      const startMs = performance.now();
      this.#draw();
      this.#dueMs = startMs + (performance.now() - startMs) * DRAW_SHARE;
    });
  }

  #draw(): void {
    const context = this.hasUpdated && !this.isTable ? this.canvas.getContext('2d') : null;
    if (context === null || this.#window.width === 0) return;
    const { width } = this.#window;
    const lanes = (this.#lanes = emptyLanes(this.harts, width));
    const end = this.position?.end ?? 0;
    if (this.#store) fillLanes(lanes, this.#store, this.#paper, this.#window, end, this.without);
    const [cssWidth, cssHeight, ratio] = [GUTTER_PX + width + MARGIN_PX, heightOf(lanes.length), devicePixelRatio];
    if (this.canvas.width !== Math.round(cssWidth * ratio) || this.canvas.height !== Math.round(cssHeight * ratio)) {
      this.canvas.width = Math.round(cssWidth * ratio);
      this.canvas.height = Math.round(cssHeight * ratio);
      this.canvas.style.height = `${cssHeight}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, {
      lanes,
      names: [...Array.from({ length: this.harts }, (_, hart) => say('where.hart', { hart: String(hart) })), say('timeline.disk'), say('desk.console')],
      paper: this.#paper,
      window: this.#window,
      t: this.position?.t ?? 0,
      end,
      inks: (this.#inks ??= this.#readInks()),
      font: `11.5px ${getComputedStyle(this).fontFamily}`,
    });
  }

  /** The colours in force, as the page's styles have them. */
  #readInks(): Inks {
    const colours = INKS.map((ink) => [ink, getComputedStyle(this.swatches.querySelector(`.${ink}`) ?? this).color]);
    return Object.fromEntries(colours) as Inks;
  }
}
