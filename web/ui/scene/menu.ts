// <orrery-scene-menu>: the scenes that come with the page, as links.

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { controls, popover } from '../style.ts';
import { say, Speaker } from '../words/words.ts';
import { inWords, scenes } from './scenes.ts';

@customElement('orrery-scene-menu')
export class OrrerySceneMenu extends LitElement {
  /** The scene that is played. */
  @property() scene: string | undefined;

  static override styles = [
    controls,
    popover,
    css`
      a {
        display: flex;
        align-items: center;
        min-height: 32px;
        padding: 2px 10px;
        border-radius: 6px;
        color: var(--orrery-ink);
        text-decoration: none;
      }
      a:hover {
        background: var(--orrery-accent-soft);
      }
      [aria-current] {
        background: var(--orrery-accent-soft);
        font-weight: 600;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    return html`
      <button class="scenes" popovertarget="menu">${icons.scene}<span>${say('scenes.label')}</span></button>
      <nav id="menu" popover aria-label=${say('scenes.label')}>
        ${scenes.map(({ id, title }) => this.#link(`#scene=${id}`, inWords(title), id === this.scene))}
        ${this.#link('#', say('scenes.none'), this.scene === undefined)}
      </nav>
    `;
  }

  #link(address: string, words: string, isCurrent: boolean) {
    return html`<a href=${address} aria-current=${isCurrent ? 'true' : nothing} @click=${this.#chosen}>${words}</a>`;
  }

  #chosen(): void {
    this.renderRoot.querySelector<HTMLElement>('[popover]')?.hidePopover();
  }
}
