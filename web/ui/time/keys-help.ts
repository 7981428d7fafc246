// <orrery-keys>: a button that shows which keys there are, and turns those off that are
// single characters.

import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';
import * as icons from '../icons.ts';
import { controls, popover } from '../style.ts';
import { between } from '../words/between.ts';
import { say, Speaker } from '../words/words.ts';
import { characterKeysAreOn, KEYS, turnCharacterKeys } from './keys.ts';

@customElement('orrery-keys')
export class OrreryKeys extends LitElement {
  static override styles = [
    controls,
    popover,
    css`
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 6px 14px;
        margin: 0 0 12px;
      }
      dd {
        margin: 0;
      }
      kbd {
        padding: 0 0.45em;
        border: 1px solid var(--orrery-line-strong);
        border-radius: 4px;
        font: inherit;
      }
      label {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      p {
        margin: 4px 0 0;
        font-size: 12.5px;
        color: var(--orrery-ink-soft);
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  override render() {
    const keys = { esc: html`<kbd>Esc</kbd>`, tab: html`<kbd>Tab</kbd>` };
    return html`
      <button class="keys" popovertarget="keys" aria-label=${say('keys.label')} title=${say('keys.label')}>${icons.keyboard}</button>
      <div id="keys" popover role="dialog" aria-label=${say('keys.label')}>
        <dl>
          ${KEYS.map(({ label, word }) => html`<dt><kbd>${label}</kbd></dt><dd>${say(word)}</dd>`)}
        </dl>
        <label><input type="checkbox" .checked=${characterKeysAreOn()} @change=${this.#turned} />${say('keys.single')}</label>
        <p>${say('keys.single.hint')}</p>
        <p>${between('terminal.leave', keys)}</p>
      </div>
    `;
  }

  #turned(event: Event): void {
    turnCharacterKeys((event.target as HTMLInputElement).checked);
  }
}
