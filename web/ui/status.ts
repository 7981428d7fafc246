// <orrery-status>: the line under the terminal. What the machine does, in words first;
// then how much it has done, how fast, each hart, and which files it was made of.

import type { BootConfig, HartStatus, MachineStatus } from 'orrery-wasm';
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Speed } from './engine/protocol.ts';
import * as icons from './icons.ts';
import { controls } from './style.ts';
import { grouped, say, Speaker, type Word } from './words/words.ts';

/** What the machine does, as one word. */
export type StateWord = Extract<Word, `state.${string}`>;

/** A file the machine was made of. */
export interface FileFacts {
  bytes: number;
  sha256: string;
}

/** Below this share of a second's work the guest counts as idle. */
const IDLE_BUSY = 0.05;

@customElement('orrery-status')
export class OrreryStatus extends LitElement {
  @property({ attribute: false }) word: StateWord = 'state.loading';
  @property({ attribute: false }) machine: MachineStatus | undefined;
  @property({ attribute: false }) speed: Speed = { mips: 0, busy: 0 };
  @property({ attribute: false }) files: { kernel: FileFacts; disk: FileFacts } | undefined;
  @property({ attribute: false }) config: BootConfig = {};
  /** Which hash was copied last, for a moment. */
  @state() private copied: string | undefined;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        font-size: 13px;
        color: var(--orrery-ink-soft);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 18px;
        min-height: 28px;
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 7px;
        min-width: 5.5em;
        font-weight: 600;
        color: var(--orrery-ink);
      }
      .state::before {
        content: '';
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--orrery-line-strong);
        box-sizing: border-box;
      }
      .state[data-lit]::before {
        border-color: var(--orrery-good);
        background: var(--orrery-good);
      }
      .state[data-bad]::before {
        border-color: var(--orrery-bad);
        background: var(--orrery-bad);
      }
      b {
        font-weight: 500;
        color: var(--orrery-ink);
        font-variant-numeric: tabular-nums;
      }
      .mips {
        min-width: 5.5em;
        font-variant-numeric: tabular-nums;
        color: var(--orrery-ink);
      }
      .mips[hidden] {
        display: inline;
        visibility: hidden;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        min-width: 6.6em;
        padding: 1px 8px;
        border: 1px dashed var(--orrery-line-strong);
        border-radius: 999px;
        text-align: center;
        white-space: nowrap;
      }
      li.busy {
        border: 1px solid var(--orrery-accent);
        background: var(--orrery-accent-soft);
        color: var(--orrery-ink);
      }
      details {
        margin-inline-start: auto;
        max-width: 100%;
      }
      details[open] {
        flex-basis: 100%;
        margin: 0;
      }
      summary {
        padding: 3px 4px;
        border-radius: 4px;
        cursor: pointer;
      }
      code {
        font-family: var(--orrery-font-mono);
        font-size: 12px;
        overflow-wrap: anywhere;
        color: var(--orrery-ink);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 6px 16px;
        align-items: center;
        margin: 6px 0 0;
        padding: 12px 14px;
        border: 1px solid var(--orrery-line);
        border-radius: var(--orrery-radius);
        background: var(--orrery-panel-bg);
      }
      dd {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin: 0;
        min-width: 0;
      }
      dd button {
        min-height: 26px;
        padding: 0 7px;
        font-size: 12px;
      }
      @media (max-width: 560px) {
        dl {
          grid-template-columns: 1fr;
        }
        details {
          margin-inline-start: 0;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const isLit = this.word === 'state.running' || this.word === 'state.idle';
    const isBad = this.word === 'state.panicked' || this.word === 'state.failed' || this.word === 'state.crashed';
    return html`<div class="line" role="group" aria-label=${say('status.label')}>
      <span class="state" ?data-lit=${isLit} ?data-bad=${isBad}>${say(this.word)}</span>
      ${this.machine ? this.#counters(this.machine) : nothing}
      ${this.files ? this.#details(this.files) : nothing}
    </div>`;
  }

  #counters({ instret, harts }: MachineStatus) {
    const isOn = isGoing(this.word);
    const isBusy = this.speed.busy >= IDLE_BUSY;
    const mips = this.speed.mips >= 9.95 ? this.speed.mips.toFixed(0) : this.speed.mips.toFixed(1);
    return html`
      <span class="instret"><b>${grouped(instret)}</b> ${say('status.instructions')}</span>
      <span class="mips" title=${say('status.mips.hint')} ?hidden=${!isOn}>
        ${isBusy ? say('status.mips', { mips }) : say('status.idle')}
      </span>
      <ul class="harts" aria-label=${say('status.harts')}>${harts.map((hart, n) => hartChip(hart, n, isOn))}</ul>
    `;
  }

  #details({ kernel, disk }: { kernel: FileFacts; disk: FileFacts }) {
    return html`<details>
      <summary>
        ${say('details.kernel')} <code title=${kernel.sha256}>${kernel.sha256.slice(0, 8)}</code> ·
        ${say('details.disk')} <code title=${disk.sha256}>${disk.sha256.slice(0, 8)}</code>
      </summary>
      <dl>
        ${this.#file('details.kernel', kernel)} ${this.#file('details.disk', disk)}
        <dt>${say('details.config')}</dt>
        <dd>
          ${say('details.config.value', {
            harts: String(this.machine?.harts.length ?? ''),
            seed: String(this.config.seed ?? 0),
          })}
        </dd>
        ${this.config.bootargs
          ? html`<dt>${say('details.bootargs')}</dt><dd><code>${this.config.bootargs}</code></dd>`
          : nothing}
      </dl>
    </details>`;
  }

  #file(name: Word, { bytes, sha256 }: FileFacts) {
    const what = say(name);
    return html`<dt>${what}</dt>
      <dd>
        <span>${say('details.bytes', { bytes: grouped(bytes) })}</span>
        <span>${say('details.sha256')} <code class="sha256">${sha256}</code></span>
        <button aria-label=${say('details.copy', { what })} title=${say('details.copy', { what })}
          @click=${() => this.#copy(sha256)}>
          ${icons.copy}${this.copied === sha256 ? html`<span role="status">${say('details.copied')}</span>` : nothing}
        </button>
      </dd>`;
  }

  async #copy(sha256: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(sha256);
    } catch {
      // Not allowed here: the hash stands beside the button and can be selected.
      return;
    }
    this.copied = sha256;
    setTimeout(() => (this.copied = undefined), 1500);
  }
}

/** Whether a machine in this state gets through instructions. */
function isGoing(word: StateWord): boolean {
  return word === 'state.running' || word === 'state.idle' || word === 'state.panicked';
}

function hartChip({ mode, pc, waiting }: HartStatus, n: number, isOn: boolean) {
  const title = `${say(`hart.mode.${mode}`)}, pc ${pc}`;
  if (!isOn) return html`<li title=${title}>h${n} ${mode} ${say('hart.stopped')}</li>`;
  return waiting
    ? html`<li title=${title}>h${n} ${say('hart.waiting')}</li>`
    : html`<li class="busy" title=${title}>h${n} ${mode} ${say('hart.running')}</li>`;
}
