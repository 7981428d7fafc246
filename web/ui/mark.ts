// <orrery-mark>: a small orrery. Its planets move while the machine does, at a pace one
// can overlook, and stand still for a reader who asked for less motion.

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';

@customElement('orrery-mark')
export class OrreryMark extends LitElement {
  /** Whether the planets move. */
  @property({ type: Boolean, reflect: true }) moving = false;

  static override styles = css`
    :host {
      display: inline-block;
      width: 36px;
      height: 36px;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
    }
    .orbit {
      fill: none;
      stroke: light-dark(#b9a571, #6d613f);
      stroke-width: 1;
    }
    .sun {
      fill: light-dark(#b98410, #e8b44c);
    }
    .arm {
      stroke: light-dark(#8a6a22, #b3924c);
      stroke-width: 1.2;
      stroke-linecap: round;
    }
    .first { fill: light-dark(#8a4a2c, #dd8b66); }
    .second { fill: light-dark(#2f6f6a, #72b9b2); }
    .third { fill: light-dark(#3d5a94, #8ea9e0); }
    g {
      transform-origin: 24px 24px;
      animation: turn 24s linear infinite;
      animation-play-state: paused;
    }
    g:nth-of-type(2) { animation-duration: 60s; }
    g:nth-of-type(3) { animation-duration: 140s; }
    :host([moving]) g {
      animation-play-state: running;
    }
    @keyframes turn {
      to { transform: rotate(360deg); }
    }
    @media (prefers-reduced-motion: reduce) {
      g { animation: none; }
    }
  `;

  override render() {
    return html`<svg viewBox="0 0 48 48" aria-hidden="true">
      <circle class="orbit" cx="24" cy="24" r="9.5" />
      <circle class="orbit" cx="24" cy="24" r="15.5" />
      <circle class="orbit" cx="24" cy="24" r="21.5" />
      <g><line class="arm" x1="24" y1="24" x2="32.2" y2="19.2" /><circle class="first" cx="32.2" cy="19.2" r="2.1" /></g>
      <g><line class="arm" x1="24" y1="24" x2="14" y2="35.9" /><circle class="second" cx="14" cy="35.9" r="2.9" /></g>
      <g><line class="arm" x1="24" y1="24" x2="11.7" y2="6.4" /><circle class="third" cx="11.7" cy="6.4" r="2.4" /></g>
      <circle class="sun" cx="24" cy="24" r="4.6" />
    </svg>`;
  }
}
