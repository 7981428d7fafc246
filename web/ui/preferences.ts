// <orrery-preferences>: light, dark or as the system; which language. Both hold for the
// whole page and are remembered.

import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import * as icons from './icons.ts';
import { recall, remember } from './memory.ts';
import { controls } from './style.ts';
import { currentLanguage, LANGUAGES, say, speak, Speaker } from './words/words.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const THEME_ICONS = { auto: icons.themeAuto, light: icons.themeLight, dark: icons.themeDark };

@customElement('orrery-preferences')
export class OrreryPreferences extends LitElement {
  @state() private theme: Theme = THEMES.find((theme) => theme === recall('theme')) ?? 'auto';

  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        gap: 6px;
      }
      @media (max-width: 560px) {
        .theme span {
          display: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
    this.#show();
  }

  override render() {
    const other = LANGUAGES.find((language) => language !== currentLanguage()) ?? 'en';
    return html`
      <button class="theme" title=${say(`theme.${this.theme}`)} aria-label=${say(`theme.${this.theme}`)} @click=${this.#nextTheme}>
        ${THEME_ICONS[this.theme]}<span>${say(`theme.${this.theme}.short`)}</span>
      </button>
      <button class="language" lang=${other} title=${say('language.switch', {}, other)}
        aria-label=${say('language.switch', {}, other)} @click=${() => speak(other)}>
        ${say('language.name', {}, other)}
      </button>
    `;
  }

  #nextTheme(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length] ?? 'auto';
    remember('theme', this.theme);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.theme;
  }
}
