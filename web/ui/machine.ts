// <orrery-machine>: a machine with its controls, console, panels and status line. Tells in
// words whatever happens to it. What it can be asked to do stands in `machine-core.ts`.
//
// Attributes: `kernel`, `disk` (addresses), `harts`, `seed`, `bootargs`, `unit`, `view`; call `boot()`.
// Slots: `brand` before the toolbar, `preferences` after it. Events bubble: `orrery-ready`,
// `orrery-play`, `orrery-pause`, `orrery-stop`, `orrery-time`, `orrery-select`, `orrery-branch`,
// `orrery-output`, `orrery-error`.

import { css, html, nothing, type PropertyValues } from 'lit';
import { property, state } from 'lit/decorators.js';
import './desk.ts';
import { ofPanels, readLayout, writeLayout, type Layout } from './layout.ts';
import { MachineInTime } from './machine-in-time.ts';
import './notice.ts';
import './panel-menu.ts';
import type { OrreryPanelMenu } from './panel-menu.ts';
import { canMove, stateWord } from './phase.ts';
import type { SelectionChange } from './selection.ts';
import './progress.ts';
import './scene/card.ts';
import type { GoEvent, VariantEvent } from './scene/card.ts';
import { sentence } from './sentence.ts';
import './status.ts';
import { palette } from './style.ts';
import './terminal.ts';
import type { TypedEvent } from './terminal.ts';
import './time/past.ts';
import './time/until.ts';
import type { UntilEvent } from './time/until.ts';
import './time/where.ts';
import './timeline/timeline.ts';
import './toolbar.ts';
import { CONTROLS, type Control, type OrreryToolbar } from './toolbar.ts';
import { asTrouble, type Trouble } from './trouble.ts';
import { say, Speaker } from './words/words.ts';

/** The page defines it as `<orrery-machine>`; in other people's pages a figure extends it. */
export class OrreryMachine extends MachineInTime {
  /** What is to be seen of it: `console page-table:pid=4 processes`, or `none`. */
  @property({ attribute: 'view' }) contents = 'console';
  /** Whether there is a timeline. */
  @property({ type: Boolean, attribute: 'timeline' }) hasTimeline = false;
  /** Whether the reader may choose other panels. */
  @property({ type: Boolean, attribute: 'choosable' }) isChoosable = false;
  /** Which of the toolbar's controls there are. */
  @property({ attribute: false }) controls: readonly Control[] = CONTROLS;
  /** The panic whose notice was put away. */
  @state() private readPanic: string | undefined;
  /** `contents` as it was read last. */
  #read: { contents: string; layout: Layout } | undefined;
  #unreadable: Trouble | undefined;

  static override styles = [
    palette,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 10px;
        min-width: 0;
        font-family: var(--orrery-font);
        font-size: 14px;
        line-height: 1.45;
        color: var(--orrery-ink);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 18px;
      }
      @media (max-width: 560px) {
        orrery-toolbar {
          order: 1;
          flex-basis: 100%;
        }
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-inline-start: auto;
      }
      .news:empty {
        display: none;
      }
      .moment {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        justify-content: space-between;
        gap: 4px 18px;
      }
      orrery-where {
        flex: 1 1 20rem;
      }
      orrery-until {
        flex: 0 1 auto;
      }
      .stage {
        flex: 1 1 0;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-height: var(--orrery-stage-min, 0);
        min-width: 0;
      }
      .stage > * {
        grid-area: 1 / 1;
        min-width: 0;
      }
      .console {
        display: flex;
        flex-direction: column;
        gap: 6px;
        height: 100%;
      }
      .console orrery-terminal {
        flex: 1;
      }
      orrery-progress {
        place-self: center;
        z-index: 1;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const { phase } = this;
    const isWaiting = phase.kind === 'loading' || phase.kind === 'starting';
    return html`
      <header>
        <slot name="brand"></slot>
        ${this.#toolbar()}
        <div class="tools">
          ${this.isChoosable
            ? html`<orrery-panel-menu .layout=${this.#layout()}
                @layout=${(event: Event) => this.#laidOut((event.target as OrreryPanelMenu).layout)}></orrery-panel-menu>`
            : nothing}
          <slot name="preferences"></slot>
        </div>
      </header>
      <div class="news">${this.#notice()}</div>
      ${this.staged
        ? html`<orrery-scene-card .outline=${this.staged.outline} .variant=${this.staged.variant} .stop=${this.stop}
            ?busy=${this.isOnItsWay} ?away=${this.stop !== undefined && this.stop.position.t !== this.t}
            @go=${({ step }: GoEvent) => this.sceneTo(step)} @variant=${({ variant }: VariantEvent) => this.#toVariant(variant)}></orrery-scene-card>`
        : nothing}
      ${this.#moment()}
      <div class="stage" @orrery-select=${this.#selected}>
        <orrery-desk .layout=${this.#layout()} .selection=${this.selection} .machine=${this}>
          <div slot="console" class="console">
            <orrery-terminal ?past=${this.isPast} @typed=${(event: TypedEvent) => this.input(event.bytes)}></orrery-terminal>
            ${this.isPast && phase.kind !== 'running'
              ? html`<orrery-past .position=${this.position} @branch=${() => this.branchHere()}
                  @return=${() => this.seek('end')}></orrery-past>`
              : nothing}
          </div>
        </orrery-desk>
        ${isWaiting
          ? html`<orrery-progress .progress=${phase.kind === 'loading' ? phase.progress : undefined}></orrery-progress>`
          : nothing}
      </div>
      ${this.hasTimeline
        ? html`<orrery-timeline .machine=${this} .position=${this.position} .harts=${this.status?.harts.length ?? this.harts ?? 3}></orrery-timeline>`
        : nothing}
      <orrery-status .word=${stateWord(phase, this.isPast, this.panic !== undefined, this.status)} .machine=${this.status}
        .speed=${this.speed} .files=${this.fileFacts} .config=${this.config}></orrery-status>
    `;
  }

  #toolbar() {
    const { phase } = this;
    const isRunning = phase.kind === 'running';
    return html`<orrery-toolbar .shows=${this.controls} .unit=${this.unit} ?running=${isRunning}
      ?runnable=${isRunning || phase.kind === 'paused' || (phase.kind === 'ended' && this.isPast)}
      ?movable=${canMove(phase)} ?past=${this.isPast}
      @run=${() => this.play()} @pause=${() => this.pause()} @reset=${() => this.reset()}
      @step=${() => this.step()} @back=${() => this.back()}
      @start=${() => this.seek('start')} @end=${() => this.seek('end')}
      @unit=${(event: Event) => (this.unit = (event.target as OrreryToolbar).unit)}></orrery-toolbar>`;
  }

  /** Where in time the machine stands, and how to get elsewhere. */
  #moment() {
    const { phase } = this;
    return html`<div class="moment">
      <orrery-where .position=${this.position} ?running=${phase.kind === 'running'}
        .goal=${phase.kind === 'running' ? phase.goal : undefined} .remark=${this.remark}></orrery-where>
      <orrery-until ?movable=${canMove(phase)} .trouble=${this.refusal}
        @until=${({ condition, direction }: UntilEvent) =>
          direction === 'run' ? this.runUntil(condition) : this.reverseUntil(condition)}></orrery-until>
    </div>`;
  }

  #selected(event: CustomEvent<SelectionChange>): void {
    event.stopPropagation();
    this.select(event.detail);
    const layout = this.#layout();
    // Who points at a call wants to see its line.
    const isHidden = event.detail.call !== undefined && !layout.panels.some(({ type }) => type === 'source');
    if (isHidden && this.isChoosable) this.#laidOut({ ...layout, panels: [...layout.panels, { type: 'source', options: {} }] });
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!changed.has('stop') || this.stop === undefined || this.stop.show.length === 0) return;
    const layout = ofPanels(this.stop.show);
    this.contents = writeLayout(layout);
    // Only ever shown, so that nothing is hidden that the reader wanted.
    this.hasTimeline ||= this.stop.show.some(({ type }) => type === 'timeline');
  }

  #laidOut(layout: Layout): void {
    this.contents = writeLayout(layout);
    this.tell('orrery-layout', { view: this.contents });
  }

  /** Plays the scene anew in another way, up to the stop the reader is at. */
  #toVariant(variant: string): void {
    const step = this.stop?.step;
    this.variant = variant;
    void this.boot();
    if (step !== undefined) this.addEventListener('orrery-ready', () => void this.sceneTo(step), { once: true });
  }

  /** What is to be seen; the console alone if that cannot be read. */
  #layout(): Layout {
    if (this.#read?.contents === this.contents) return this.#read.layout;
    let layout: Layout = { console: true, panels: [] };
    try {
      layout = readLayout(this.contents);
      this.#unreadable = undefined;
    } catch (error) {
      this.#unreadable = asTrouble(error, 'panel-unknown');
      this.tell('orrery-error', { code: this.#unreadable.code, hint: sentence(this.#unreadable) });
    }
    this.#read = { contents: this.contents, layout };
    return layout;
  }

  #notice() {
    const { phase, panic } = this;
    const again = () => this.reset();
    if (phase.kind === 'failed') {
      return html`<orrery-notice bad .text=${sentence(phase.trouble)} @reset=${again}></orrery-notice>`;
    }
    if (phase.kind === 'ended') {
      const text = phase.stop.kind === 'power-off' ? say('notice.off', { code: String(phase.stop.code) }) : say('notice.reset');
      return html`<orrery-notice .text=${text} @reset=${again}></orrery-notice>`;
    }
    if (panic !== undefined && panic !== this.readPanic) {
      return html`<orrery-notice bad closable .text=${say('notice.panicked', { message: panic })}
        @reset=${again} @close=${() => (this.readPanic = panic)}></orrery-notice>`;
    }
    if (this.#unreadable) return html`<orrery-notice bad .text=${sentence(this.#unreadable)} @reset=${again}></orrery-notice>`;
    if (this.setback) {
      return html`<orrery-notice bad closable .text=${sentence(this.setback)} @reset=${again}
        @close=${() => (this.setback = undefined)}></orrery-notice>`;
    }
    const [finding, ...more] = this.diskFindings;
    if (finding !== undefined) {
      const text = more.length > 0
        ? say('notice.disk-damaged.more', { finding, more: String(more.length) })
        : say('notice.disk-damaged', { finding });
      return html`<orrery-notice bad closable .text=${text} @reset=${again} @close=${() => (this.diskFindings = [])}></orrery-notice>`;
    }
    return nothing;
  }
}
