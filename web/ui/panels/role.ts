// What a block is for, as a pattern: told apart without colour. One set of patterns for
// the disk's map and the cache's cells.

import type { BlockRole } from 'orrery-wasm';
import { css, html, svg, type TemplateResult } from 'lit';

/** In the order in which they lie on the disk. */
export const ROLES: readonly BlockRole[] = ['boot', 'superblock', 'log-header', 'log', 'inodes', 'bitmap', 'data', 'free', 'unused'];

/** The pattern of each, on 6 × 6, drawn with strokes and fills of the current colour. */
const PATTERNS: Record<BlockRole, TemplateResult<2>> = {
  boot: svg`<path class="fill" d="M0 0h6v6H0z"/>`,
  superblock: svg`<path class="fill strong" d="M0 0h6v6H0z"/>`,
  'log-header': svg`<path class="fill accent" d="M0 0h6v6H0z"/>`,
  log: svg`<path class="line accent" d="M-1 1l2-2M0 6l6-6M5 7l2-2"/>`,
  inodes: svg`<circle class="fill strong" cx="1.5" cy="1.5" r="1"/><circle class="fill strong" cx="4.5" cy="4.5" r="1"/>`,
  bitmap: svg`<path class="line strong" d="M0 3h6M3 0v6"/>`,
  data: svg`<path class="fill data" d="M0 0h6v6H0z"/>`,
  free: svg`<path class="fill free" d="M0 0h6v6H0z"/>`,
  unused: svg`<path class="line" d="M-1 5l2 2M0 0l6 6M5-1l2 2"/>`,
};

/** Definitions for an SVG that fills with `url(#role-…)`. */
export function rolePatterns(): TemplateResult<2> {
  return svg`<defs>${ROLES.map((role) => svg`<pattern id="role-${role}" class="role" width="6" height="6" patternUnits="userSpaceOnUse">${PATTERNS[role]}</pattern>`)}</defs>`;
}

/** A small square in the role's pattern. */
export function roleSwatch(role: BlockRole): TemplateResult {
  return html`<svg class="role swatch-role" viewBox="0 0 12 12" aria-hidden="true">
    ${[0, 6].flatMap((x) => [0, 6].map((y) => svg`<svg x=${x} y=${y} width="6" height="6">${PATTERNS[role]}</svg>`))}
    <path class="frame" d="M.5.5h11v11H.5z" />
  </svg>`;
}

export const roleLook = css`
  .role .fill {
    fill: var(--orrery-line-strong);
  }
  .role .strong {
    fill: var(--orrery-ink);
  }
  .role .accent {
    fill: var(--orrery-accent);
  }
  .role .data {
    fill: color-mix(in srgb, var(--orrery-line-strong) 55%, var(--orrery-panel-bg));
  }
  .role .free {
    fill: color-mix(in srgb, var(--orrery-line) 42%, var(--orrery-panel-bg));
  }
  .role .line {
    fill: none;
    stroke: var(--orrery-line-strong);
    stroke-width: 1;
  }
  .role .line.strong {
    fill: none;
    stroke: var(--orrery-ink);
  }
  .role .line.accent {
    fill: none;
    stroke: var(--orrery-accent);
    stroke-width: 1.4;
  }
  .role .frame {
    fill: none;
    stroke: var(--orrery-line-strong);
  }
  .buffer .swatch-role,
  .swatch-role {
    width: 11px;
    height: 11px;
    margin: 0;
    flex: none;
  }
  @media (forced-colors: active) {
    .role,
    .map-disk {
      forced-color-adjust: preserve-parent-color;
    }
    .role .free {
      fill: Canvas;
    }
    .role :is(.fill, .data, .accent, .strong):not(.free) {
      fill: CanvasText;
    }
    .role .line,
    .role .line.strong,
    .role .line.accent,
    .role .frame {
      fill: none;
      stroke: CanvasText;
    }
  }
`;
