// How the timeline looks. The inks are colours that the canvas reads, so that a host page's
// choice of scheme reaches what is drawn.

import { css } from 'lit';

export const look = css`
  :host {
    display: block;
    position: relative;
    min-width: 0;
    border: 1px solid var(--orrery-line);
    border-radius: var(--orrery-radius);
    background: var(--orrery-panel-bg);
    font-size: 12.5px;
  }
  header {
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 32px;
    padding: 2px 4px 0 12px;
  }
  h2 {
    margin: 0;
    font-size: 13px;
    font-weight: 600;
  }
  .count {
    flex: 1;
    padding-inline-start: 10px;
    color: var(--orrery-ink-soft);
    font-variant-numeric: tabular-nums;
  }
  header button {
    min-width: 28px;
    min-height: 28px;
    padding: 0 7px;
    justify-content: center;
    border-color: transparent;
    background: none;
    color: var(--orrery-ink-soft);
  }
  header button:hover:not(:disabled),
  header button[aria-pressed='true'] {
    color: var(--orrery-ink);
  }
  canvas {
    display: block;
    width: 100%;
    touch-action: pan-y;
    cursor: crosshair;
  }
  canvas:focus-visible {
    outline: 2px solid var(--orrery-accent);
    outline-offset: -2px;
    border-radius: var(--orrery-radius);
  }
  .card {
    position: absolute;
    z-index: 5;
    max-width: min(22rem, 90%);
    padding: 7px 10px;
    border: 1px solid var(--orrery-line-strong);
    border-radius: 6px;
    background: var(--orrery-raised);
    color: var(--orrery-ink);
    box-shadow: 0 2px 10px rgb(0 0 0 / 14%);
    pointer-events: none;
  }
  .card b {
    display: block;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .card span {
    color: var(--orrery-ink-soft);
    font-variant-numeric: tabular-nums;
  }
  .inks {
    display: none;
  }
  .call { color: light-dark(#2f529a, #93b1ea); }
  .fault { color: var(--orrery-bad); }
  .quiet { color: var(--orrery-line-strong); }
  .switch { color: var(--orrery-good); }
  .disk { color: light-dark(#83338a, #d69bdc); }
  .text { color: light-dark(#1f6a70, #7cc4ca); }
  .paper { color: var(--orrery-panel-bg); }
  .line { color: light-dark(#cfc6b0, #454b58); }
  .ink { color: var(--orrery-ink); }
  .soft { color: var(--orrery-ink-soft); }
  .accent { color: var(--orrery-accent); }
  .program { color: light-dark(#e6dcbf, #4a4128); }
`;
