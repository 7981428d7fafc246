// <orrery-log-panel>: the transaction being gathered beside what the disk's header says,
// with the commit point between; and the buffer cache, a cell a buffer.

import type { CachedBlock, LogState, LogView } from 'orrery-wasm';
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { say } from '../words/words.ts';
import { compare, type Compared } from './changes.ts';
import { blockObject, chosenBlock } from './choosing.ts';
import { pin } from './icons.ts';
import { outline, sign, was } from './marks.ts';
import { isWithin } from './page-table/address.ts';
import { Panel } from './panel.ts';
import { plainLook, plainTable } from './plain.ts';
import type { RequestBuilder, ViewOf } from './request.ts';
import { roleLook, roleSwatch } from './role.ts';

/** The log and the cache, whatever is selected. */
export const logRequest: RequestBuilder = () => ({ kind: 'log' });

type Shown = ViewOf<'log'>;

/** In the order in which a transaction passes them. */
const STATES = ['idle', 'gathering', 'committing'] as const satisfies readonly LogState[];

@customElement('orrery-log-panel')
export class OrreryLogPanel extends Panel<'log'> {
  protected readonly type = 'log';
  protected override readonly hasTable = true;

  static override styles = [...Panel.styles, plainLook, roleLook, look()];

  override get request() {
    return logRequest(this.options, this.selection);
  }

  protected override draw(view: Shown, previous: Shown | undefined) {
    const cache = compare(previous?.cache, view.cache, ({ block }) => block, isAlike);
    return html`
      ${state(view, previous)}
      ${this.#headers(view, previous)}
      <div class="cache-part" part="cache">
        <h3>${say('log.cache', { n: String(view.cache.length) })}</h3>
        ${view.cache.length === 0 ? html`<p class="soft">${say('log.cache.empty')}</p>` : nothing}
        ${this.isTable ? plain(view) : html`<div class="cache" role="listbox" aria-label=${say('log.cache', { n: String(view.cache.length) })} data-roving="grid">
          ${repeat(cache.toSorted(bySlot), ({ item, change }) => `${item.block} ${change === 'gone'}`, (buffer) => this.#buffer(buffer))}
        </div>`}
      </div>
    `;
  }

  #headers(view: Shown, previous: Shown | undefined) {
    const rows = [
      { where: 'memory', now: view.in_memory, before: previous?.in_memory },
      { where: 'disk', now: view.on_disk, before: previous?.on_disk },
    ] as const;
    const [memory, disk] = rows;
    const isCommitted = view.on_disk.length > 0;
    return html`<div class="headers" part="headers">
      ${this.#header(memory)}
      <p class="commit ${isCommitted ? 'passed' : ''}"><span>${say(isCommitted ? 'log.committed' : 'log.not-committed')}</span></p>
      ${this.#header(disk)}
    </div>`;
  }

  #header({ where, now, before }: { where: 'memory' | 'disk'; now: readonly number[]; before: readonly number[] | undefined }) {
    const blocks = compare(before, now, (block) => block);
    const chosen = chosenBlock(this.selection);
    return html`<div class="header">
      <h3>${say(`log.${where}`)} <span class="mono">n = ${was(before && String(before.length), String(now.length))}</span></h3>
      <ol data-roving="grid" aria-label=${say(`log.${where}`)}>${blocks.map(({ item, change }) => html`<li>
        <button class="home ${outline(change)}" tabindex="-1" data-item aria-current=${item === chosen ? 'true' : 'false'}
          @click=${() => this.select({ object: blockObject(item) })}>${sign(change)}${item}</button></li>`)}
        ${blocks.length === 0 ? html`<li class="soft">${say('log.header.empty')}</li>` : nothing}
      </ol>
    </div>`;
  }

  #buffer({ item, before, change }: Compared<CachedBlock>) {
    const { frame } = this.selection;
    const isChosen = chosenBlock(this.selection) === item.block;
    const hasFrame = frame !== undefined && isWithin(frame, item.at, 1);
    const words = [
      say('disk.block', { n: String(item.block) }), say(`role.${item.role}`), say('log.refcnt', { n: String(item.refcnt) }),
      ...(item.pinned ? [say('log.pinned')] : []), ...(item.differs ? [say('log.differs')] : []), ...(item.valid ? [] : [say('log.invalid')]),
    ];
    return html`<div class="buffer ${outline(change)} ${item.differs ? 'differs' : ''} ${item.refcnt > 0 ? 'used' : ''} ${hasFrame ? 'lit' : ''}" part="buffer" role="option"
      aria-selected=${isChosen ? 'true' : 'false'} title=${words.join(', ')} tabindex="-1" data-item
      @click=${() => this.select({ object: blockObject(item.block) })}>
      <span class="hidden">${words.join(', ')}</span>
      <span class="top" aria-hidden="true">${roleSwatch(item.role)}<span>${say(`role.${item.role}.short`)}</span></span>
      ${sign(change)}<b aria-hidden="true">${item.block}</b>
      <span class="bottom" aria-hidden="true"><span class="soft">×${was(before && String(before.refcnt), String(item.refcnt))}</span>
        <span class="flags">${item.pinned ? pin : nothing}${item.differs ? html`<span class="mark">≠</span>` : nothing}${item.valid ? nothing : html`<span class="mark">?</span>`}</span></span>
    </div>`;
  }
}

/** What a cell shows; where its bytes are does not change. */
function isAlike(a: CachedBlock, b: CachedBlock): boolean {
  return a.refcnt === b.refcnt && a.pinned === b.pinned && a.valid === b.valid && a.differs === b.differs && a.slot === b.slot;
}

/** Cells keep their place; what is gone stands before what took it. */
function bySlot(a: Compared<CachedBlock>, b: Compared<CachedBlock>): number {
  return a.item.slot - b.item.slot || Number(b.change === 'gone') - Number(a.change === 'gone');
}

function state(view: LogView, previous: LogView | undefined) {
  const isBroken = view.state === 'broken';
  return html`<div class="state" part="state">
    ${isBroken ? html`<p class="broken" role="alert">${say('log.broken')}</p>` : html`<ol class="states" aria-label=${say('log.state')}>${STATES.map((state) => html`<li
      aria-current=${state === view.state ? 'step' : 'false'} class=${previous && previous.state !== view.state && previous.state === state ? 'left' : ''}>${say(`log.state.${state}`)}</li>`)}</ol>`}
    <p class="soft counts">${say('log.outstanding')} <b class="mono">${was(previous && String(previous.outstanding), String(view.outstanding))}</b>
      · ${say('log.commits')} <b class="mono">${was(previous && String(previous.commits), String(view.commits))}</b>
      · ${say('log.where', { from: String(view.start), to: String(view.start + view.size - 1) })}</p>
  </div>`;
}

function plain({ cache }: LogView) {
  const yes = (is: boolean) => (is ? '●' : '');
  const heads = (['slot', 'block', 'role', 'refcnt.name', 'pinned', 'differs', 'valid'] as const).map((head) => say(`log.${head}`));
  return plainTable(say('log.cache', { n: String(cache.length) }), heads, cache.map((buffer) => [
    buffer.slot, buffer.block, say(`role.${buffer.role}`), buffer.refcnt, yes(buffer.pinned), yes(buffer.differs), yes(buffer.valid),
  ]));
}

function look() {
  return css`
    .state {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 18px;
      padding: 9px 12px;
      border-bottom: 1px solid var(--orrery-line);
    }
    .states {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 22px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .states li {
      position: relative;
      padding: 1px 10px;
      border: 1px solid var(--orrery-line);
      border-radius: 999px;
      font-size: 12px;
      color: var(--orrery-ink-soft);
    }
    .states li + li::before {
      content: '→';
      position: absolute;
      inset-inline-end: calc(100% + 4px);
      font-weight: 400;
    }
    .states [aria-current='step'] {
      border-color: var(--orrery-accent);
      background: var(--orrery-accent-soft);
      box-shadow: none;
      font-weight: 600;
      color: var(--orrery-ink);
    }
    .states .left {
      border-style: dashed;
      border-color: var(--orrery-accent);
    }
    .broken {
      margin: 0;
      color: var(--orrery-bad);
    }
    .counts {
      margin: 0;
      font-size: 12px;
    }
    .counts b {
      color: var(--orrery-ink);
    }
    .headers {
      display: grid;
      grid-template-columns: minmax(0, 1fr) max-content minmax(0, 1fr);
      border-bottom: 1px solid var(--orrery-line);
    }
    .header {
      padding: 9px 12px 11px;
      min-width: 0;
    }
    .header .mono {
      margin-inline-start: 6px;
      color: var(--orrery-ink);
    }
    .header ol {
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
      min-height: 26px;
      margin: 0;
      padding: 0;
      list-style: none;
      font-size: 12px;
    }
    .home {
      min-height: 26px;
      padding: 0 7px;
      border-color: var(--orrery-line-strong);
      border-radius: 3px;
      font: 12px var(--orrery-font-mono);
    }
    .commit {
      display: grid;
      align-content: center;
      margin: 0;
      padding: 6px 10px;
      max-width: 11em;
      border-inline: 1px dashed var(--orrery-line-strong);
      font-size: 11.5px;
      text-align: center;
      color: var(--orrery-ink-soft);
    }
    .commit.passed {
      border-inline: 2px solid var(--orrery-accent);
      background: var(--orrery-accent-soft);
      font-weight: 600;
      color: var(--orrery-ink);
    }
    .cache-part {
      padding: 9px 12px 12px;
    }
    .cache {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(84px, 1fr));
      gap: 5px;
    }
    .buffer {
      padding: 3px 6px 2px;
      border: 1px solid var(--orrery-line);
      border-radius: 4px;
      font-size: 11px;
    }
    .buffer.used {
      border-color: var(--orrery-line-strong);
      background: var(--orrery-raised);
    }
    .buffer .top {
      width: 100%;
    }
    .buffer > .sign {
      font-size: 14px;
    }
    .buffer b {
      font: 600 14px/1.35 var(--orrery-font-mono);
      font-variant-numeric: tabular-nums;
    }
    .buffer :is(.top, .bottom) {
      display: flex;
      align-items: center;
      gap: 4px;
      white-space: nowrap;
      overflow: hidden;
    }
    .buffer .flags {
      display: inline-flex;
      align-items: center;
      gap: 2px;
      margin-inline-start: auto;
    }
    .buffer svg {
      width: 11px;
      height: 11px;
      flex: none;
      color: var(--orrery-accent);
    }
    .buffer .mark {
      padding: 0 4px;
      border-radius: 3px;
      background: var(--orrery-accent-soft);
      font-weight: 700;
      color: var(--orrery-accent);
    }
    .buffer[aria-selected='true'] {
      background: var(--orrery-accent-soft);
    }
    @container (max-width: 559px) {
      .states li + li::before {
        content: none;
      }
      .headers {
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      }
      .commit {
        grid-row: 2;
        grid-column: 1 / -1;
        max-width: none;
        padding: 2px 10px;
        border-inline: 0;
        border-block-start: 1px dashed var(--orrery-line-strong);
      }
      .commit.passed {
        border-inline: 0;
        border-block-start: 2px solid var(--orrery-accent);
      }
    }
  `;
}
