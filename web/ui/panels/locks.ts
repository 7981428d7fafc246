// <orrery-locks-panel>: who waits for which lock, and who has it. Locks that are free and
// wanted by nobody are folded away.

import type { LockView, ProcessRef } from 'orrery-wasm';
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { say } from '../words/words.ts';
import { compare, type Compared } from './changes.ts';
import { lockObject } from './choosing.ts';
import { named, outline, sign } from './marks.ts';
import { Panel } from './panel.ts';
import { plainLook, plainTable } from './plain.ts';
import type { RequestBuilder, ViewOf } from './request.ts';

/** All locks, whatever is selected. */
export const locksRequest: RequestBuilder = () => ({ kind: 'locks' });

type Shown = ViewOf<'locks'>;

@customElement('orrery-locks-panel')
export class OrreryLocksPanel extends Panel<'locks'> {
  protected readonly type = 'locks';
  protected override readonly hasTable = true;
  /** There are hundreds of locks: those at rest are drawn only where they can be seen. */
  @state() private isFreeShown = false;

  static override styles = [...Panel.styles, plainLook, look()];

  override get request() {
    return locksRequest(this.options, this.selection);
  }

  protected override draw(view: Shown, previous: Shown | undefined) {
    const locks = compare(previous?.locks, view.locks, ({ at }) => at);
    // A lock let go since the last stop still stands where it was, so that the eye finds it.
    const isBusy = ({ item, before, change }: Compared<LockView>) => inUse(item) || (change !== 'same' && before !== undefined && inUse(before));
    const busy = locks.filter(isBusy);
    const free = locks.filter((lock) => !isBusy(lock) && lock.change !== 'gone');
    return html`
      ${this.isTable ? plain(busy.map(({ item }) => item)) : html`<ul class="locks" data-roving="list" aria-label=${say('locks.busy')}>
        ${busy.map((lock) => this.#lock(lock))}
      </ul>`}
      ${busy.length === 0 ? html`<p class="pad soft">${say('locks.none')}</p>` : nothing}
      ${free.length === 0 ? nothing : html`<details class="free" @toggle=${(event: Event) => (this.isFreeShown = (event.target as HTMLDetailsElement).open)}>
        <summary>${say('locks.free', { n: String(free.length) })}</summary>
        ${this.isFreeShown ? plain(free.map(({ item }) => item)) : nothing}</details>`}
    `;
  }

  #lock({ item, before, change }: Compared<LockView>) {
    const isChosen = this.selection.object === lockObject(item.at);
    const { pid, hart } = this.selection;
    const chosen = { isHart: (n: number | undefined) => n !== undefined && n === hart, isProcess: (process: ProcessRef | undefined) => process !== undefined && process.pid === pid };
    return html`<li class="${outline(change)}" part="lock">
      <div class="lock" role="button" aria-pressed=${isChosen ? 'true' : 'false'} aria-current=${isChosen ? 'true' : 'false'}
        tabindex="-1" data-item @click=${() => this.#choose(item)}>
        <span class="waiters">${waiters(item, chosen)}</span>
        <span class="box ${item.kind} ${item.held ? 'held' : ''}">
          ${sign(change)}<b class="mono">${item.name}</b>
          <span class="soft">${say(`locks.${item.kind}`)}</span>
          <code class="soft path">${item.path === item.name ? '' : item.path}</code>
        </span>
        <span class="holder">${holders(item, before ?? item, chosen)}</span>
      </div>
    </li>`;
  }

  #choose({ at, holder, hart }: LockView): void {
    this.select({ object: lockObject(at), ...(holder && { pid: holder.pid }), ...(hart !== undefined && { hart }) });
  }
}

function inUse({ held, spinning, sleeping }: LockView): boolean {
  return held || spinning.length > 0 || sleeping.length > 0;
}

/** What is selected elsewhere. */
interface Chosen {
  isHart(n: number | undefined): boolean;
  isProcess(process: ProcessRef | undefined): boolean;
}

function waiters({ spinning, sleeping }: LockView, chosen: Chosen) {
  const all: TemplateResult[] = [
    ...spinning.map((hart) => html`<span class="who ${chosen.isHart(hart) ? 'lit' : ''}"><b>${say('hart.named', { n: String(hart) })}</b> ${say('locks.spins')}</span>`),
    ...sleeping.map((process) => html`<span class="who ${chosen.isProcess(process) ? 'lit' : ''}"><b>pid ${named(process)}</b> ${say('locks.sleeps')}</span>`),
  ];
  return all.length === 0 ? html`<span class="nobody">${say('locks.nobody-waits')}</span>` : html`${all}<span class="arrow" aria-hidden="true"></span>`;
}

function holders(lock: LockView, before: LockView, chosen: Chosen) {
  const now = holder(lock);
  const old = holder(before);
  const gone = old !== undefined && old !== now ? html`<s class="soft">${old}</s> ` : nothing;
  if (now === undefined) return html`${gone}<span class="nobody">${say('locks.nobody-holds')}</span>`;
  return html`<span class="arrow" aria-hidden="true"></span><span class="who ${chosen.isHart(lock.hart) || chosen.isProcess(lock.holder) ? 'lit' : ''}">${say('locks.held-by')} ${gone}<b>${now}</b></span>`;
}

function holder({ held, holder, hart }: LockView): string | undefined {
  if (!held) return undefined;
  const parts = [...(hart === undefined ? [] : [say('hart.named', { n: String(hart) })]), ...(holder ? [`pid ${named(holder)}`] : [])];
  return parts.length === 0 ? '?' : parts.join(' · ');
}

function plain(locks: readonly LockView[]) {
  const heads = (['name', 'path', 'kind', 'holder', 'waiting'] as const).map((head) => say(`locks.${head}`));
  return plainTable(say('panel.locks'), heads, locks.map((lock) => [
    html`<span class="mono">${lock.name}</span>`, html`<code>${lock.path}</code>`, say(`locks.${lock.kind}`), holder(lock) ?? '–',
    [...lock.spinning.map((n) => say('hart.named', { n: String(n) })), ...lock.sleeping.map(named)].join(', ') || '–',
  ]));
}

function look() {
  return css`
    .locks {
      margin: 0;
      padding: 6px;
      list-style: none;
    }
    .locks li {
      border-radius: 6px;
    }
    .lock {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 12em) minmax(0, 1fr);
      align-items: center;
      padding: 5px 6px;
      border-radius: 6px;
    }
    .waiters,
    .holder {
      display: flex;
      align-items: center;
      gap: 2px 6px;
      min-width: 0;
      font-size: 12.5px;
    }
    .waiters {
      justify-content: flex-end;
    }
    .waiters {
      flex-wrap: wrap;
    }
    .box {
      display: grid;
      justify-items: center;
      padding: 4px 12px;
      border: 1.5px dashed var(--orrery-line-strong);
      border-radius: 6px;
      background: var(--orrery-raised);
      font-size: 11.5px;
    }
    .box.sleep {
      border-radius: 14px;
    }
    .box.held {
      border-style: solid;
      border-color: var(--orrery-accent);
    }
    .box b {
      font-size: 13px;
    }
    .path {
      font-size: 11px;
      text-align: center;
    }
    .path:empty {
      display: none;
    }
    .who {
      padding: 1px 6px;
      border-radius: 4px;
    }
    .nobody {
      padding: 0 10px;
      color: var(--orrery-ink-soft);
      font-size: 12px;
    }
    .arrow {
      flex: none;
      width: 34px;
      height: 9px;
      background: linear-gradient(var(--orrery-ink-soft), var(--orrery-ink-soft)) 0 4px / calc(100% - 5px) 1.5px no-repeat;
      position: relative;
    }
    .arrow::after {
      content: '';
      position: absolute;
      inset-block-start: 0.7px;
      inset-inline-end: 1px;
      border: 4px solid transparent;
      border-inline-start: 6px solid var(--orrery-ink-soft);
      border-inline-end: 0;
    }
    .free {
      padding: 2px 10px 8px;
      border-top: 1px solid var(--orrery-line);
    }
    @container (max-width: 519px) {
      .lock {
        grid-template-columns: minmax(0, 1fr);
        gap: 3px;
        justify-items: center;
      }
      .waiters,
      .holder {
        flex-direction: column;
        justify-content: center;
      }
      .arrow {
        flex: none;
        width: 9px;
        height: 16px;
        background: linear-gradient(var(--orrery-ink-soft), var(--orrery-ink-soft)) 4px 0 / 1.5px calc(100% - 5px) no-repeat;
      }
      .arrow::after {
        inset-block-start: auto;
        inset-block-end: 0;
        inset-inline-start: 0.7px;
        inset-inline-end: auto;
        border: 4px solid transparent;
        border-block-start: 6px solid var(--orrery-ink-soft);
        border-block-end: 0;
      }
    }
    @media (forced-colors: active) {
      .arrow {
        background: linear-gradient(CanvasText, CanvasText) 0 4px / calc(100% - 5px) 1.5px no-repeat;
        forced-color-adjust: none;
      }
    }
  `;
}
