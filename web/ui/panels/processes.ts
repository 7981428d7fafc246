// <orrery-processes-panel>: the process table as a family, and the call stack of the one
// that is selected, through the trap into the kernel.

import type { Frame, Process, ProcessState } from 'orrery-wasm';
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { grouped, say } from '../words/words.ts';
import { compare, type Compared } from './changes.ts';
import { outline, sign, was } from './marks.ts';
import { isWithin } from './page-table/address.ts';
import { Panel } from './panel.ts';
import { familyOf } from './processes/family.ts';
import type { RequestBuilder, ViewOf } from './request.ts';

/** All processes, and the stack of the one chosen, else of the one selected. */
export const processesRequest: RequestBuilder = (options, selection) => {
  const pid = options.pid === 'kernel' ? undefined : (options.pid ?? selection.pid);
  return { kind: 'processes', ...(pid !== undefined && { stackOf: pid }) };
};

type Shown = ViewOf<'processes'>;

@customElement('orrery-processes-panel')
export class OrreryProcessesPanel extends Panel<'processes'> {
  protected readonly type = 'processes';

  static override styles = [...Panel.styles, look()];

  override get request() {
    return processesRequest(this.options, this.selection);
  }

  protected override lead(view: Shown | undefined) {
    if (view?.free_frames === undefined) return nothing;
    const before = this.previous?.kind === 'processes' ? this.previous.free_frames : undefined;
    return html`<span class="soft frames">${say('processes.free', { n: '' })}<b class="mono">${was(
      before === undefined ? undefined : grouped(before), grouped(view.free_frames))}</b></span>`;
  }

  protected override draw(view: Shown, previous: Shown | undefined) {
    const pid = this.request.kind === 'processes' ? this.request.stackOf : undefined;
    const family = familyOf(compare(previous?.processes, view.processes, (process) => process.pid, isAlike));
    const chosen = view.processes.find((process) => process.pid === pid);
    if (family.length === 0) return html`<p class="missing">${say('processes.none')}</p>`;
    return html`
      <div class="scroll"><table role="grid" aria-label=${say('panel.processes')}>
        <thead><tr>${COLUMNS.map((column) => html`<th class=${column}>${say(`processes.${column}`)}</th>`)}</tr></thead>
        <tbody data-roving="list">${family.map(({ process, depth }) => this.#row(process, depth, pid))}</tbody>
      </table></div>
      ${chosen ? this.#stack(chosen) : html`<p class="pad soft">${say('processes.choose')}</p>`}
    `;
  }

  #row({ item, before, change }: Compared<Process>, depth: number, chosen: number | undefined) {
    const { frame } = this.selection;
    const hasFrame = frame !== undefined && item.root !== undefined && isWithin(frame, item.root, 1);
    const old = before ?? item;
    return html`<tr class="${outline(change)} ${hasFrame ? 'lit' : ''}" part="process" tabindex="-1" data-item
      aria-selected=${item.pid === chosen ? 'true' : 'false'} @click=${() => this.select({ pid: item.pid, hart: item.hart })}>
      <td class="pid num mono">${sign(change)}${item.pid}</td>
      <td class="name" style="--depth: ${depth}">${depth > 0 ? html`<span class="soft" aria-hidden="true">└ </span>` : nothing}${was(old.name, item.name)}
        ${item.killed ? html`<span class="chip">${say('processes.killed')}</span>` : nothing}</td>
      <td class="state">${state(item.state)}${was(old.state, item.state)}${item.exit_status === undefined
        ? nothing
        : html` <span class="soft">${say('processes.exit', { status: String(item.exit_status) })}</span>`}${item.chan === undefined
        ? nothing
        : html`<span class="on soft">${sleeps(item, item.chan)}</span>`}</td>
      <td class="hart num mono">${was(hart(old), hart(item))}</td>
      <td class="chan">${was(old.chan ?? '–', item.chan ?? '–')}${item.waits_for === undefined
        ? nothing
        : html` <span class="soft">${say(`waits.${item.waits_for}`)}</span>`}</td>
      <td class="size num mono">${was(old.size, item.size)}</td>
      <td class="parent num mono">${was(parent(old), parent(item))}</td>
    </tr>`;
  }

  #stack({ pid, name, stack, trapframe, size, root, parent }: Process) {
    const isInKernel = stack.some(({ user }) => !user);
    const isInProgram = stack.some(({ user }) => user);
    return html`<div class="stack-part" part="stack">
      <h3>${say('process.named', { pid: String(pid), name })}</h3>
      <dl class="facts">${([['size', size], ['root', root ?? '–'], ['parent', String(parent ?? '–')]] as const).map(([fact, value]) => html`<div>
        <dt>${say(`processes.${fact}`)}</dt><dd class="mono">${value}</dd></div>`)}</dl>
      ${stack.length === 0 ? html`<p class="soft">${say('processes.stack.none')}</p>` : html`<h3>${say('processes.stack')}</h3>`}
      ${isInKernel ? this.#frames(pid, stack, false) : nothing}
      ${isInKernel && isInProgram ? html`<p class="trap"><span>${say('processes.trap')}</span></p>` : nothing}
      ${isInProgram ? this.#frames(pid, stack, true) : nothing}
      ${trapframe.length > 0
        ? html`<details><summary>${say('processes.trapframe')}</summary><dl class="registers">${trapframe.map(
            (register) => html`<div><dt>${register.name}</dt><dd class="mono">${register.value}</dd></div>`)}</dl></details>`
        : nothing}
    </div>`;
  }

  /** The frames of the kernel, or those of the program. */
  #frames(pid: number, stack: readonly Frame[], isUser: boolean) {
    const { selection } = this;
    const label = say(isUser ? 'processes.stack.user' : 'processes.stack.kernel');
    return html`<ol class="frames-list" role="listbox" data-roving="list" aria-label=${label}>${stack.map(({ function: name, file, line, pc, user }, call) => {
      const isChosen = selection.pid === pid && selection.call === call;
      return user !== isUser ? nothing : html`<li role="option" tabindex="-1" data-item aria-selected=${isChosen ? 'true' : 'false'}
        title=${say('processes.show-line')} @click=${() => this.select({ pid, call: isChosen ? undefined : call })}>
        <b class="mono">${name ?? '?'}</b>
        <span class="soft mono">${file === undefined ? nothing : `${file}:${line ?? '?'}`}</span><code class="soft">${pc}</code>
      </li>`;
    })}</ol>`;
  }
}

const COLUMNS = ['pid', 'name', 'state', 'hart', 'chan', 'size', 'parent'] as const;

/** The stack and the trapframe do not count: they change with every instruction. */
function isAlike(a: Process, b: Process): boolean {
  return a.name === b.name && a.state === b.state && a.chan === b.chan && a.hart === b.hart && a.size === b.size
    && a.parent === b.parent && a.killed === b.killed && a.exit_status === b.exit_status;
}

function hart({ hart }: Process): string {
  return hart === undefined ? '–' : String(hart);
}

function parent({ parent }: Process): string {
  return parent === undefined ? '–' : String(parent);
}

/** What it sleeps on, in one cell with its state. */
function sleeps({ waits_for: reason }: Process, chan: string): string {
  return reason === undefined ? say('processes.on', { chan }) : `${say(`waits.${reason}`)} · ${chan}`;
}

function state(state: ProcessState): TemplateResult {
  return html`<i class="dot ${state}" aria-hidden="true"></i>`;
}

function look() {
  return css`
    .frames b {
      font-weight: 500;
      color: var(--orrery-ink);
    }
    .scroll {
      overflow-x: auto;
    }
    td:is(.pid, .name, .size) {
      white-space: nowrap;
    }
    td.chan {
      overflow-wrap: anywhere;
    }
    td.pid {
      position: relative;
      padding-inline-start: 22px;
    }
    td.pid .sign {
      position: absolute;
      inset-inline-start: 5px;
    }
    .name {
      padding-inline-start: calc(8px + var(--depth, 0) * 1.2em);
      font-weight: 600;
    }
    th.name {
      font-weight: 500;
    }
    th:is(.pid, .hart, .size, .parent) {
      text-align: end;
    }
    .chip {
      padding: 0 6px;
      border: 1px solid var(--orrery-bad);
      border-radius: 999px;
      font-size: 11px;
      font-weight: 400;
      color: var(--orrery-bad);
    }
    .state {
      font-size: 12px;
      letter-spacing: 0.02em;
    }
    .dot {
      display: inline-block;
      width: 9px;
      height: 9px;
      margin-inline-end: 7px;
      border: 1.5px solid var(--orrery-line-strong);
      border-radius: 50%;
      vertical-align: -0.5px;
    }
    .dot.RUNNING {
      border-color: var(--orrery-good);
      background: var(--orrery-good);
    }
    .dot.RUNNABLE {
      border-color: var(--orrery-good);
    }
    .dot.SLEEPING {
      border-style: dotted;
    }
    .dot.USED {
      border-style: dashed;
      border-color: var(--orrery-accent);
    }
    .dot.ZOMBIE {
      border-radius: 0;
      border-color: var(--orrery-bad);
      background: linear-gradient(45deg, transparent 42%, var(--orrery-bad) 42% 58%, transparent 58%);
    }
    .stack-part {
      padding: 10px 12px;
    }
    .on {
      display: none;
    }
    .facts {
      margin-block-end: 6px;
    }
    @container (max-width: 519px) {
      :is(th, td):is(.chan, .size, .parent) {
        display: none;
      }
      .on {
        display: block;
        overflow-wrap: anywhere;
      }
      td,
      th {
        padding-inline: 6px;
      }
    }
    .frames-list {
      margin: 0;
      padding: 0;
      list-style: none;
      border-inline-start: 2px solid var(--orrery-line);
    }
    .frames-list li {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 12px;
      padding: 2px 4px 2px 10px;
    }
    .frames-list li:hover b {
      text-decoration: underline;
    }
    .frames-list li:first-child b::before {
      content: '⇒ ';
      color: var(--orrery-accent);
    }
    .trap + .frames-list li:first-child b::before {
      content: '';
    }
    .frames-list code {
      margin-inline-start: auto;
    }
    .trap {
      display: flex;
      align-items: center;
      gap: 8px;
      margin: 4px 0;
      font-size: 11.5px;
      color: var(--orrery-accent);
    }
    .trap::before,
    .trap::after {
      content: '';
      flex: 1;
      border-top: 1px dashed var(--orrery-accent);
    }
    .trap::before {
      flex: 0 0 14px;
    }
    .registers {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(14.5em, 1fr));
      gap: 1px 16px;
      margin: 4px 0 0;
    }
    .registers div {
      display: flex;
      gap: 8px;
    }
    .registers dt {
      min-width: 2.6em;
      color: var(--orrery-ink-soft);
    }
    .registers dd {
      margin: 0;
    }
  `;
}
