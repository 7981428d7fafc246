// <orrery-panel-menu>: chooses which panels are on the desk. Says `layout` when that
// changes; then `layout` is what is wanted.

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from './icons.ts';
import type { Layout } from './layout.ts';
import { panels } from './panels/registry.ts';
import type { PanelType } from './panels/request.ts';
import { controls, popover } from './style.ts';
import { say, Speaker } from './words/words.ts';

@customElement('orrery-panel-menu')
export class OrreryPanelMenu extends LitElement {
  @property({ attribute: false }) layout: Layout = { console: true, panels: [] };

  static override styles = [
    controls,
    popover,
    css`
      label {
        display: flex;
        align-items: center;
        gap: 9px;
        min-height: 30px;
        white-space: nowrap;
      }
      label svg {
        width: 16px;
        height: 16px;
        color: var(--orrery-accent);
      }
      @media (pointer: coarse) {
        label {
          min-height: 44px;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    return html`
      <button class="panels" popovertarget="menu">${icons.panels}<span>${say('panels.label')}</span></button>
      <div id="menu" popover role="group" aria-label=${say('panels.label')}>
        <label>
          <input type="checkbox" .checked=${this.layout.console} @change=${() => this.#want({ ...this.layout, console: !this.layout.console })} />
          ${icons.console}${say('desk.console')}
        </label>
        ${panels.map(
          ({ type, icon, title }) => html`<label>
            <input type="checkbox" .checked=${this.#has(type)} @change=${() => this.#turn(type)} />${icon}${say(title)}
          </label>`,
        )}
      </div>
    `;
  }

  #has(type: PanelType): boolean {
    return this.layout.panels.some((placed) => placed.type === type);
  }

  #turn(type: PanelType): void {
    const others = this.layout.panels.filter((placed) => placed.type !== type);
    this.#want({ ...this.layout, panels: this.#has(type) ? others : [...others, { type, options: {} }] });
  }

  #want(layout: Layout): void {
    this.layout = layout;
    this.dispatchEvent(new Event('layout'));
  }
}
