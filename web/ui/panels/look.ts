// How panels look: quiet lines, mono digits, one accent. What changed has an outline and a
// sign besides its colour; what is selected has a bar at its side.

import { css } from 'lit';

/** For every panel, after `controls`. The palette comes from the element around it. */
export const look = css`
  :host {
    display: block;
    container-type: inline-size;
    box-sizing: border-box;
    min-width: 0;
    font: 13px/1.45 var(--orrery-font);
    color: var(--orrery-ink);
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  section {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
    border: 1px solid var(--orrery-line);
    border-radius: var(--orrery-radius);
    background: var(--orrery-panel-bg);
    overflow: hidden;
  }
  header {
    display: flex;
    flex: none;
    align-items: flex-start;
    gap: 8px;
    min-height: 38px;
    padding: 4px 6px 4px 12px;
    border-bottom: 1px solid var(--orrery-line);
  }
  .heading {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
    min-width: 0;
    min-height: 28px;
  }
  h2 {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    margin: 0;
    font-size: 13px;
    font-weight: 600;
    letter-spacing: 0.01em;
  }
  h2 svg {
    width: 15px;
    height: 15px;
    color: var(--orrery-accent);
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 2px;
  }
  .copied {
    order: -1;
    font-size: 12px;
    color: var(--orrery-ink-soft);
  }
  button.tool {
    min-height: 28px;
    min-width: 28px;
    padding: 0 6px;
    border-color: transparent;
    background: none;
    color: var(--orrery-ink-soft);
  }
  button.tool:hover:not(:disabled) {
    color: var(--orrery-ink);
  }
  button.quiet {
    min-height: 26px;
    padding: 0 8px;
    font-size: 12px;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--orrery-line-strong) transparent;
  }
  .pad {
    padding: 10px 12px;
  }
  .missing {
    margin: 0;
    padding: 18px 14px;
    color: var(--orrery-ink-soft);
    overflow-wrap: anywhere;
  }
  .missing p {
    margin: 0 0 4px;
  }
  .missing .why {
    color: var(--orrery-ink);
  }
  h3 {
    margin: 0 0 6px;
    font-size: 12px;
    font-weight: 600;
    color: var(--orrery-ink-soft);
  }
  code,
  .mono {
    font-family: var(--orrery-font-mono);
    font-size: 12px;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .soft {
    color: var(--orrery-ink-soft);
  }
  .num {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 12.5px;
  }
  th {
    position: sticky;
    top: 0;
    z-index: 1;
    padding: 6px 8px;
    background: var(--orrery-panel-bg);
    box-shadow: inset 0 -1px var(--orrery-line);
    font-size: 12px;
    font-weight: 500;
    text-align: start;
    color: var(--orrery-ink-soft);
    white-space: nowrap;
  }
  th.num {
    text-align: end;
  }
  td {
    padding: 4px 8px;
    vertical-align: baseline;
    border-bottom: 1px solid color-mix(in srgb, var(--orrery-line) 55%, transparent);
  }
  [data-item] {
    cursor: pointer;
  }
  [data-item]:focus-visible,
  :is(input, select, pre, [tabindex]):focus-visible {
    outline: 2px solid var(--orrery-accent);
    outline-offset: -2px;
  }
  /* Chosen here, or part of what is chosen elsewhere. */
  [aria-selected='true'],
  [aria-current='true'] {
    background: var(--orrery-accent-soft);
    box-shadow: inset 3px 0 var(--orrery-accent);
  }
  .lit {
    background: var(--orrery-accent-soft);
  }
  /* What changed since the last stop. */
  .new {
    outline: 1.5px solid var(--orrery-good);
    outline-offset: -1.5px;
  }
  .changed {
    outline: 1.5px dashed var(--orrery-accent);
    outline-offset: -1.5px;
  }
  .gone,
  .gone td {
    color: var(--orrery-ink-soft);
    text-decoration: line-through;
  }
  .sign {
    display: inline-block;
    min-width: 1em;
    font-weight: 700;
    text-align: center;
    text-decoration: none;
    color: var(--orrery-accent);
  }
  .new > .sign,
  .sign.is-new {
    color: var(--orrery-good);
  }
  .gone > .sign,
  .sign.is-gone {
    color: var(--orrery-bad);
  }
  .was :is(s, .now) {
    white-space: nowrap;
  }
  .was s {
    color: var(--orrery-ink-soft);
  }
  .was .now {
    font-weight: 600;
  }
  select,
  input {
    min-height: 28px;
    max-width: 100%;
    padding: 2px 8px;
    border: 1px solid var(--orrery-line-strong);
    border-radius: 6px;
    background: var(--orrery-raised);
    color: var(--orrery-ink);
    font: inherit;
  }
  details > summary {
    padding: 5px 4px;
    border-radius: 4px;
    color: var(--orrery-ink-soft);
    cursor: pointer;
  }
  @media (pointer: coarse) {
    button.tool,
    button.quiet,
    select,
    input {
      min-height: 44px;
    }
  }
  /* A list of names and what they stand for, in a row. */
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 1px 18px;
    margin: 0;
    font-size: 12px;
  }
  .facts div {
    display: flex;
    gap: 6px;
  }
  .facts dt {
    color: var(--orrery-ink-soft);
  }
  .facts dd {
    margin: 0;
  }
  @media (forced-colors: active) {
    [aria-selected='true'],
    [aria-current='true'] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .lit {
      outline: 1px solid Highlight;
      outline-offset: -1px;
    }
  }
`;
