// <orrery-disk-panel>: the disk block by block, each run in the pattern of what it is for,
// blocks that were written marked. The map is one slider for the keyboard: it stands on a block.

import type { BlockRole, DiskView } from 'orrery-wasm';
import { css, html, nothing, svg } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { grouped, say } from '../words/words.ts';
import { blockObject, chosenBlock } from './choosing.ts';
import { rects, roleOf } from './disk/grid.ts';
import { was } from './marks.ts';
import { Panel } from './panel.ts';
import { plainLook, plainTable } from './plain.ts';
import type { RequestBuilder, ViewOf } from './request.ts';
import { roleLook, rolePatterns, ROLES, roleSwatch } from './role.ts';

/** The disk, whatever is selected. */
export const diskRequest: RequestBuilder = () => ({ kind: 'disk' });

type Shown = ViewOf<'disk'>;

/** The side of a block in the drawing's own units. */
const CELL = 12;
/** About how large it should be on the screen: where there is little room, less. */
const CELL_PX = 9.5;
const SMALL_CELL_PX = 7;
const LITTLE_ROOM_PX = 560;

@customElement('orrery-disk-panel')
export class OrreryDiskPanel extends Panel<'disk'> {
  protected readonly type = 'disk';
  protected override readonly hasTable = true;
  /** Blocks in a row: as many as there is room for. */
  @state() private columns = 64;
  readonly #size = new ResizeObserver((entries) => {
    const width = entries.at(-1)?.contentRect.width ?? 0;
    const cell = width < LITTLE_ROOM_PX ? SMALL_CELL_PX : CELL_PX;
    if (width > 0) this.columns = Math.max(24, Math.min(160, Math.floor((width - 24) / cell)));
  });

  static override styles = [...Panel.styles, plainLook, roleLook, look()];

  override get request() {
    return diskRequest(this.options, this.selection);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  protected override lead(view: Shown | undefined) {
    const before = this.previous?.kind === 'disk' ? this.previous : undefined;
    return view === undefined ? nothing : html`<span class="soft">${say('disk.written')} <b class="mono">${was(
      before && String(before.written.length), String(view.written.length))}</b></span>`;
  }

  protected override draw(view: Shown, previous: Shown | undefined) {
    return html`${this.isTable ? plain(view) : this.#map(view, previous)}`;
  }

  #map(view: Shown, previous: Shown | undefined) {
    const { columns } = this;
    const chosen = chosenBlock(this.selection);
    const known = new Set(previous?.written ?? view.written);
    const rows = Math.ceil(view.blocks / columns);
    const at = (block: number) => ({ x: (block % columns) * CELL, y: Math.floor(block / columns) * CELL });
    return html`<div class="map-part">
      <div class="slider" role="slider" tabindex="0" aria-label=${say('disk.choose')} aria-valuemin="0" aria-valuemax=${view.blocks - 1}
        aria-valuenow=${chosen ?? 0} aria-valuetext=${readout(view, chosen ?? 0)} @keydown=${(event: KeyboardEvent) => this.#onKey(event, view)}
        @click=${(event: MouseEvent) => this.#onClick(event, view)}>
        <svg class="map-disk" part="map" viewBox="-1 -1 ${columns * CELL + 2} ${rows * CELL + 2}" aria-hidden="true">
          ${rolePatterns()}
          ${view.runs.map(({ first, count, role }) => rects(first, count, columns).map((rect) => svg`<rect class="run"
            x=${rect.column * CELL} y=${rect.row * CELL} width=${rect.columns * CELL} height=${rect.rows * CELL} fill="url(#role-${role})" />`))}
          <path class="lattice-lines" d=${lines(columns, rows)} />
          ${view.written.map((block) => {
            const { x, y } = at(block);
            return known.has(block) ? svg`<circle class="written" cx=${x + CELL / 2} cy=${y + CELL / 2} r="2.7" />`
              : svg`<g class="fresh"><rect x=${x + 0.8} y=${y + 0.8} width=${CELL - 1.6} height=${CELL - 1.6} /><path d="M${x + 3} ${y + 6}h6M${x + 6} ${y + 3}v6" /></g>`;
          })}
          ${chosen !== undefined && chosen < view.blocks ? svg`<rect class="chosen" x=${at(chosen).x - 1.5} y=${at(chosen).y - 1.5} width=${CELL + 3} height=${CELL + 3} />` : nothing}
        </svg>
      </div>
      <p class="readout" role="status">${chosen === undefined ? html`<span class="soft">${say('disk.choose')}</span>` : readout(view, chosen)}</p>
      ${legend(view, previous)}
    </div>`;
  }

  #onClick(event: MouseEvent, view: Shown): void {
    const box = (event.currentTarget as Element).querySelector('svg')?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    const cell = box.width / this.columns;
    const column = Math.min(this.columns - 1, Math.max(0, Math.floor((event.clientX - box.left) / cell)));
    this.#chooseBlock(Math.max(0, Math.floor((event.clientY - box.top) / cell)) * this.columns + column, view);
  }

  #onKey(event: KeyboardEvent, view: Shown): void {
    const from = chosenBlock(this.selection) ?? 0;
    const steps: Record<string, number> = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns, PageDown: 8 * this.columns, PageUp: -8 * this.columns,
      Home: -from, End: view.blocks - 1 - from,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#chooseBlock(from + step, view);
  }

  #chooseBlock(block: number, view: Shown): void {
    if (block >= 0 && block < view.blocks) this.select({ object: blockObject(block) });
  }
}

function readout(view: DiskView, block: number): string {
  const words = [say('disk.block', { n: String(block) }), say(`role.${roleOf(view.runs, block)}`)];
  return [...words, ...(view.written.includes(block) ? [say('disk.was-written')] : [])].join(' · ');
}

function legend(view: DiskView, previous: DiskView | undefined) {
  const shown = ROLES.filter((role) => total(view, role) > 0);
  return html`<ul class="legend" part="legend">
    ${shown.map((role) => html`<li>${roleSwatch(role)}${say(`role.${role}`)} <b class="mono">${was(
      previous && grouped(total(previous, role)), grouped(total(view, role)))}</b></li>`)}
    <li><svg class="swatch-role key" viewBox="0 0 12 12" aria-hidden="true"><circle class="written" cx="6" cy="6" r="2.7" /></svg>${say('disk.was-written')}</li>
    <li><svg class="swatch-role key" viewBox="0 0 12 12" aria-hidden="true"><g class="fresh"><rect x=".8" y=".8" width="10.4" height="10.4" /><path d="M3 6h6M6 3v6" /></g></svg>${say('disk.written-since')}</li>
  </ul>`;
}

function total({ runs }: DiskView, role: BlockRole): number {
  return runs.filter((run) => run.role === role).reduce((sum, { count }) => sum + count, 0);
}

/** Between the cells, so that a run can be counted. */
function lines(columns: number, rows: number): string {
  const across = Array.from({ length: rows + 1 }, (_, row) => `M0 ${row * CELL}H${columns * CELL}`);
  const down = Array.from({ length: columns + 1 }, (_, column) => `M${column * CELL} 0V${rows * CELL}`);
  return [...across, ...down].join('');
}

function plain(view: DiskView) {
  const heads = (['first', 'last', 'count', 'role', 'written'] as const).map((head) => say(`disk.${head}`));
  return plainTable(say('panel.disk'), heads, view.runs.map(({ first, count, role }) => [
    first, first + count - 1, count, say(`role.${role}`), view.written.filter((block) => first <= block && block < first + count).join(', '),
  ]));
}

function look() {
  return css`
    .map-part {
      padding: 12px;
    }
    .slider {
      border-radius: 3px;
      cursor: crosshair;
      outline-offset: 3px;
    }
    .map-disk {
      display: block;
      width: 100%;
      height: auto;
    }
    .lattice-lines {
      fill: none;
      stroke: var(--orrery-panel-bg);
      stroke-width: 1;
    }
    .written {
      fill: var(--orrery-ink);
      stroke: var(--orrery-panel-bg);
      stroke-width: 1;
    }
    .fresh rect {
      fill: var(--orrery-panel-bg);
      stroke: var(--orrery-good);
      stroke-width: 1.6;
    }
    .fresh path {
      stroke: var(--orrery-good);
      stroke-width: 1.8;
    }
    .chosen {
      fill: none;
      stroke: var(--orrery-accent);
      stroke-width: 3;
    }
    .readout {
      min-height: 1.5em;
      margin: 8px 0 6px;
      font-variant-numeric: tabular-nums;
    }
    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: 3px 16px;
      margin: 0;
      padding: 0;
      list-style: none;
      font-size: 12px;
      color: var(--orrery-ink-soft);
    }
    .legend li {
      display: inline-flex;
      align-items: center;
      gap: 5px;
    }
    .legend b {
      font-weight: 500;
      color: var(--orrery-ink);
    }
    @media (forced-colors: active) {
      .written,
      .fresh path {
        fill: CanvasText;
        stroke: Canvas;
      }
      .fresh rect,
      .chosen {
        stroke: Highlight;
      }
      .fresh path {
        stroke: CanvasText;
      }
    }
  `;
}
