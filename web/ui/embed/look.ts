// How a figure looks in somebody else's page: a frame of its own, in the page's light.

import { css } from 'lit';
import { controls } from '../style.ts';

export const figureLook = css`
  ${controls}
  :host {
    box-sizing: border-box;
    height: 420px;
    padding: 10px 12px;
    border: 1px solid var(--orrery-line);
    border-radius: var(--orrery-radius);
    background: var(--orrery-paper);
  }
  :host([hidden]) {
    display: none;
  }
  :host(:focus-visible) {
    outline: 2px solid var(--orrery-accent);
    outline-offset: 2px;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='contrast']) {
    --orrery-paper: light-dark(#fff, #000);
    --orrery-panel-bg: light-dark(#fff, #000);
    --orrery-raised: light-dark(#fff, #000);
    --orrery-line: light-dark(#000, #fff);
    --orrery-line-strong: light-dark(#000, #fff);
    --orrery-ink: light-dark(#000, #fff);
    --orrery-ink-soft: light-dark(#000, #fff);
    --orrery-accent: light-dark(#00308f, #ffe066);
    --orrery-accent-soft: light-dark(#fff, #000);
  }
  :host([no-toolbar]) header,
  :host([no-until]) orrery-until,
  :host([no-status]) orrery-status {
    display: none;
  }
  .label {
    margin-block-end: -4px;
  }
  .poster {
    flex: 1;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: safe center;
    gap: 12px;
    padding: 12px;
    min-height: 0;
    overflow: auto;
    text-align: center;
  }
  .poster > div {
    max-width: 38rem;
  }
  .poster strong {
    font-size: 16px;
  }
  .start {
    border-color: var(--orrery-accent);
    color: var(--orrery-accent);
  }
  .misread {
    display: flex;
    gap: 8px;
    align-items: start;
    max-width: 38rem;
    margin: 0;
    padding: 8px 12px;
    border-inline-start: 4px solid var(--orrery-bad);
    background: var(--orrery-bad-soft);
    text-align: start;
    overflow-wrap: anywhere;
  }
  .misread svg {
    flex: none;
    width: 16px;
    height: 16px;
    margin-top: 2px;
    color: var(--orrery-bad);
  }
`;
