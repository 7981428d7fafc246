// The look, as values: one palette for light and dark, taken from an orrery's own
// materials (paper, ink, brass). `light-dark()` follows the `color-scheme` in force, so a
// host page's choice reaches every element.

import { css } from 'lit';

/** For the outermost element; inner ones inherit the properties. */
export const palette = css`
  :host {
    --orrery-paper: light-dark(#f7f4ec, #14161b);
    --orrery-panel-bg: light-dark(#fffdf8, #1a1d23);
    --orrery-raised: light-dark(#fffefb, #23272f);
    --orrery-line: light-dark(#ddd6c6, #333843);
    --orrery-line-strong: light-dark(#8f8671, #7a7f8b);
    --orrery-ink: light-dark(#23262d, #e9e5da);
    --orrery-ink-soft: light-dark(#5b5749, #aba697);
    --orrery-accent: light-dark(#7d5a10, #e2b661);
    --orrery-accent-soft: light-dark(#f1e6cb, #37301f);
    --orrery-good: light-dark(#2b6a3f, #86c996);
    --orrery-bad: light-dark(#9c2a1c, #f29a8b);
    --orrery-bad-soft: light-dark(#fbe9e4, #3a2220);
    --orrery-font: system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC',
      'Microsoft YaHei', sans-serif;
    --orrery-font-mono: ui-monospace, 'JetBrains Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono',
      'Noto Sans Mono CJK SC', monospace;
    --orrery-radius: 8px;
  }
`;

/** Buttons, and where the focus is. */
export const controls = css`
  button {
    display: inline-flex;
    align-items: center;
    gap: 0.45em;
    min-height: 32px;
    padding: 0 0.8em;
    border: 1px solid var(--orrery-line);
    border-radius: var(--orrery-radius);
    background: var(--orrery-raised);
    color: var(--orrery-ink);
    font: inherit;
    cursor: pointer;
    white-space: nowrap;
  }
  button:hover:not(:disabled) {
    border-color: var(--orrery-line-strong);
  }
  button:disabled {
    color: var(--orrery-ink-soft);
    cursor: default;
  }
  select,
  input[type='text'] {
    min-height: 32px;
    max-width: 100%;
    box-sizing: border-box;
    padding: 0 0.6em;
    border: 1px solid var(--orrery-line-strong);
    border-radius: var(--orrery-radius);
    background: var(--orrery-raised);
    color: var(--orrery-ink);
    font: inherit;
  }
  input::placeholder {
    color: var(--orrery-ink-soft);
    opacity: 1;
  }
  button svg {
    width: 16px;
    height: 16px;
    flex: none;
  }
  :is(button, summary, a, select, input):focus-visible {
    outline: 2px solid var(--orrery-accent);
    outline-offset: 2px;
  }
  @media (pointer: coarse) {
    button,
    select,
    input[type='text'] {
      min-height: 44px;
    }
  }
`;

/** A little window that a button opens below itself. */
export const popover = css`
  :host {
    display: inline-block;
  }
  [popover] {
    inset: auto;
    position-area: block-end span-inline-start;
    margin: 4px 0;
    max-width: min(26rem, 94vw);
    padding: 10px 12px;
    border: 1px solid var(--orrery-line-strong);
    border-radius: var(--orrery-radius);
    background: var(--orrery-raised);
    color: var(--orrery-ink);
    box-shadow: 0 4px 18px rgb(0 0 0 / 16%);
  }
  @supports not (position-area: block-end) {
    [popover] {
      inset: 4rem 1rem auto auto;
    }
  }
`;
