// <orrery-machine>: a machine with its controls, terminal and status line. Tells in words
// whatever happens to it. What it can be asked to do stands in `machine-core.ts`.
//
// Attributes: `kernel`, `disk` (addresses), `harts`, `seed`, `bootargs`, `unit`; call `boot()`.
// Slots: `brand` before the toolbar, `preferences` after it. Events bubble: `orrery-ready`,
// `orrery-play`, `orrery-pause`, `orrery-stop`, `orrery-time`, `orrery-select`, `orrery-branch`,
// `orrery-output`, `orrery-error`.

import { css, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import { MachineCore, sentence } from './machine-core.ts';
import './notice.ts';
import { stateWord } from './phase.ts';
import './progress.ts';
import './status.ts';
import { palette } from './style.ts';
import './terminal.ts';
import type { TypedEvent } from './terminal.ts';
import './toolbar.ts';
import { say, Speaker } from './words/words.ts';

/** The page defines it as `<orrery-machine>`; in other people's pages a figure extends it. */
export class OrreryMachine extends MachineCore {
  /** The panic whose notice was put away. */
  @state() private readPanic: string | undefined;

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
      slot[name='preferences'] {
        display: block;
        margin-inline-start: auto;
      }
      .news:empty {
        display: none;
      }
      .stage {
        flex: 1;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-height: 0;
        min-width: 0;
      }
      .stage > * {
        grid-area: 1 / 1;
        min-width: 0;
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
    const isRunning = phase.kind === 'running';
    return html`
      <header>
        <slot name="brand"></slot>
        <orrery-toolbar ?running=${isRunning} ?runnable=${isRunning || phase.kind === 'paused'}
          @run=${() => this.play()} @pause=${() => this.pause()} @reset=${() => this.reset()}></orrery-toolbar>
        <slot name="preferences"></slot>
      </header>
      <div class="news">${this.#notice()}</div>
      <div class="stage">
        <orrery-terminal @typed=${(event: TypedEvent) => this.input(event.bytes)}></orrery-terminal>
        ${phase.kind === 'loading' || phase.kind === 'starting'
          ? html`<orrery-progress .progress=${phase.kind === 'loading' ? phase.progress : undefined}></orrery-progress>`
          : nothing}
      </div>
      <orrery-status .word=${stateWord(phase, this.isPast, this.panic !== undefined, this.status)} .machine=${this.status}
        .speed=${this.speed} .files=${this.fileFacts} .config=${this.config}></orrery-status>
    `;
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
