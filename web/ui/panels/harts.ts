// <orrery-harts-panel>: a card a hart: what it runs, where it is, and what its registers mean.

import type { Csr, Frame, HartDetail, Instruction, Mode, Register } from 'orrery-wasm';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { say } from '../words/words.ts';
import { compare, isSame, type Compared } from './changes.ts';
import { named, outline, sign, was } from './marks.ts';
import { Panel } from './panel.ts';
import type { RequestBuilder, ViewOf } from './request.ts';

/** All harts, whatever is selected. */
export const hartsRequest: RequestBuilder = () => ({ kind: 'harts' });

type Shown = ViewOf<'harts'>;

@customElement('orrery-harts-panel')
export class OrreryHartsPanel extends Panel<'harts'> {
  protected readonly type = 'harts';

  static override styles = [...Panel.styles, look()];

  override get request() {
    return hartsRequest(this.options, this.selection);
  }

  protected override draw(view: Shown, previous: Shown | undefined) {
    return html`<div class="cards">${compare(previous?.harts, view.harts, ({ id }) => id).map((hart) => this.#card(hart))}</div>`;
  }

  #card({ item, before }: Compared<HartDetail>) {
    const old = before ?? item;
    const isChosen = this.selection.hart === item.id || (item.process !== undefined && item.process.pid === this.selection.pid);
    return html`<article class="card ${isChosen ? 'lit' : ''}" part="hart">
      <button class="head" aria-pressed=${this.selection.hart === item.id ? 'true' : 'false'} @click=${() => this.#choose(item)}>
        <b>${say('hart.named', { n: String(item.id) })}</b>
        <span class="mode ${item.mode}">${was(old.mode, item.mode)} <span class="soft">${say(`hart.mode.${item.mode}`)}</span></span>
        <span class="process mono">${was(process(old), process(item))}</span>
      </button>
      <div class="place">
        ${item.waiting ? html`<p class="soft">${say('harts.waiting')}</p>` : nothing}
        ${place(item.place)}
        <p><span class="soft mono">pc</span> <code>${was(old.pc, item.pc)}</code></p>
      </div>
      ${foremostRegisters(old.registers, item.registers)}
      ${code(item.code.slice(0, SHOWN_INSTRUCTIONS))}
      ${csrs(old.csrs, item.csrs, item.mode)}
      ${registers(old.registers, item.registers)}
    </article>`;
  }

  #choose({ id, process }: HartDetail): void {
    this.select({ hart: id, pid: process?.pid });
  }
}

function process({ process }: HartDetail): string {
  return process === undefined ? say('harts.idle') : `pid ${named(process)}`;
}

function place(frame: Frame | undefined) {
  if (frame?.function === undefined && frame?.file === undefined) return html`<p class="soft">${say('harts.place.none')}</p>`;
  return html`<p><b class="mono">${frame.function ?? '?'}</b> <code class="soft">${frame.file === undefined ? nothing : `${frame.file}:${frame.line ?? '?'}`}</code></p>`;
}

function code(instructions: readonly Instruction[]) {
  if (instructions.length === 0) return nothing;
  return html`<ol class="code" aria-label=${say('harts.code')}>${instructions.map(({ pc, text }, n) => html`<li class=${n === 0 ? 'next' : ''}>
    <span class="arrow">${n === 0 ? html`⇒<span class="hidden">${say('harts.next')}</span>` : nothing}</span><code class="soft">${pc}</code><code>${text}</code></li>`)}</ol>`;
}

/** What tells most of a trap, in the mode that takes it; the rest is a click away. */
const FOREMOST: Record<Mode, readonly string[]> = {
  U: ['satp', 'sstatus', 'scause', 'sepc', 'stval'],
  S: ['satp', 'sstatus', 'scause', 'sepc', 'stval'],
  M: ['satp', 'mstatus', 'mcause', 'mepc', 'mtval'],
};

function csrs(before: readonly Csr[], now: readonly Csr[], mode: Mode) {
  const rows = compare(before, now, ({ name }) => name);
  const foremost = FOREMOST[mode].flatMap((name) => rows.find(({ item }) => item.name === name) ?? []);
  const others = rows.filter((row) => !foremost.includes(row));
  const n = others.filter(({ change }) => change !== 'same').length;
  if (rows.length === 0) return nothing;
  return html`<div class="csrs">
    <dl>${foremost.map(csr)}</dl>
    ${others.length === 0 ? nothing : html`<details><summary>${n === 0 ? say('harts.csrs.more') : say('harts.csrs.more.changed', { n: String(n) })}</summary>
      <dl>${others.map(csr)}</dl></details>`}
  </div>`;
}

function csr({ item, before: old, change }: Compared<Csr>) {
  return html`<div class=${outline(change)}>
    <dt class="mono">${sign(change)}${item.name}</dt>
    <dd><code>${was(old?.value, item.value)}</code>
      <span class="fields">${item.fields.map(({ name, value }) => {
        const before = old?.fields.find((field) => field.name === name);
        return html`<span class=${before && !isSame(before.value, value) ? 'field moved' : 'field'}>${name} <b>${value}</b></span>`;
      })}</span></dd>
  </div>`;
}

/** What calls and their answers go by. */
const FOREMOST_REGISTERS = ['a0', 'a1', 'a2', 'a7', 'sp', 'ra'];
/** Enough to see what comes; the source panel has more. */
const SHOWN_INSTRUCTIONS = 6;

function foremostRegisters(before: readonly Register[], now: readonly Register[]) {
  const shown = (all: readonly Register[]) => FOREMOST_REGISTERS.flatMap((name) => all.find((register) => register.name === name) ?? []);
  return html`<dl class="registers foremost">${compare(shown(before), shown(now), ({ name }) => name).map(register)}</dl>`;
}

function register({ item, before, change }: Compared<Register>) {
  return html`<div class=${outline(change)}><dt class="mono">${item.name}</dt><dd><code>${was(before?.value, item.value)}</code></dd></div>`;
}

function registers(before: readonly Register[], now: readonly Register[]) {
  const rows = compare(before, now, ({ name }) => name);
  const n = rows.filter(({ change }) => change !== 'same').length;
  return html`<details><summary>${n === 0 ? say('harts.registers') : say('harts.registers.changed', { n: String(n) })}</summary>
    <dl class="registers">${rows.map(register)}</dl>
  </details>`;
}

function look() {
  return css`
    .cards {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 22em), 1fr));
      gap: 10px;
      padding: 10px;
    }
    .card {
      min-width: 0;
      padding: 0 0 6px;
      border: 1px solid var(--orrery-line);
      border-radius: 6px;
      background: var(--orrery-raised);
      overflow: hidden;
    }
    .card.lit {
      border-color: var(--orrery-accent);
      background: var(--orrery-raised);
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      gap: 2px 12px;
      width: 100%;
      padding: 5px 10px;
      border: 0;
      border-bottom: 1px solid var(--orrery-line);
      border-radius: 0;
      background: none;
      text-align: start;
      white-space: normal;
    }
    .head:focus-visible {
      outline-offset: -2px;
    }
    .card.lit .head {
      background: var(--orrery-accent-soft);
      box-shadow: inset 3px 0 var(--orrery-accent);
    }
    .mode {
      font-weight: 600;
    }
    .mode .soft {
      font-weight: 400;
      font-size: 12px;
    }
    .process {
      margin-inline-start: auto;
    }
    .place {
      padding: 6px 10px;
    }
    .place p {
      margin: 0;
    }
    .code {
      margin: 0;
      padding: 5px 0;
      list-style: none;
      border-block: 1px solid var(--orrery-line);
      background: var(--orrery-panel-bg);
    }
    .code li {
      display: flex;
      gap: 10px;
      padding: 0 10px 0 4px;
    }
    .code li > :not(:last-child) {
      flex: none;
    }
    .code .arrow {
      width: 1.3em;
      text-align: center;
      font-weight: 700;
      color: var(--orrery-accent);
    }
    .code .next {
      background: var(--orrery-accent-soft);
    }
    .csrs {
      padding: 8px 10px 2px;
    }
    dl {
      margin: 0;
    }
    .csrs dl div {
      display: grid;
      grid-template-columns: 5.6em minmax(0, 1fr);
      gap: 8px;
      padding: 1px 3px;
    }
    dt {
      color: var(--orrery-ink-soft);
    }
    dd {
      display: flex;
      flex-wrap: wrap;
      gap: 0 12px;
      margin: 0;
      min-width: 0;
    }
    .fields {
      display: inline-flex;
      flex-wrap: wrap;
      gap: 0 10px;
      font-size: 12px;
      color: var(--orrery-ink-soft);
    }
    .field b {
      font-weight: 500;
      color: var(--orrery-ink);
    }
    .field.moved b {
      text-decoration: underline;
      text-decoration-style: double;
      text-decoration-color: var(--orrery-accent);
    }
    .csrs summary {
      padding-inline: 3px;
    }
    .card > details {
      padding: 0 10px;
    }
    .registers {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(12.5em, 1fr));
      gap: 1px 12px;
    }
    .foremost {
      padding: 0 7px 6px;
    }
    .registers div {
      display: flex;
      gap: 8px;
      padding: 0 3px;
    }
    .registers dt {
      min-width: 2.2em;
    }
  `;
}
