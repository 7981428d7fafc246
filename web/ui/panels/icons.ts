// A drawing for each panel and each of its tools, in the manner of the page's own.

import { svg, type TemplateResult } from 'lit';
import { icon, stroke } from '../icons.ts';
import type { PanelType } from './request.ts';

/** By the panel's type. */
export const panelIcons: Record<PanelType, TemplateResult<2>> = {
  'page-table': icon(svg`<path style=${stroke} d="M2.5 2.5h4v3h-4zM9.5 2.5h4v3h-4zM9.5 10.5h4v3h-4zM6.5 4h3M4.5 5.5V12h5"/>`),
  processes: icon(svg`<path style=${stroke} d="M2.5 4h2M2.5 8h2M2.5 12h2M7 4h6.5M7 8h6.5M7 12h6.5"/>`),
  locks: icon(svg`<path style=${stroke} d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5M8 10v1.2"/>`),
  log: icon(svg`<path style=${stroke} d="M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h2.5"/>`),
  disk: icon(svg`<circle style=${stroke} cx="8" cy="8" r="5.8"/><circle style=${stroke} cx="8" cy="8" r="1.6"/>`),
  harts: icon(svg`<path style=${stroke} d="M4.5 4.5h7v7h-7zM6.2 4.5V2M9.8 4.5V2M6.2 14v-2.5M9.8 14v-2.5M4.5 6.2H2M4.5 9.8H2M14 6.2h-2.5M14 9.8h-2.5"/>`),
  source: icon(svg`<path style=${stroke} d="M5.5 4L2 8l3.5 4M10.5 4L14 8l-3.5 4M9 2.5l-2 11"/>`),
};

export const table = icon(svg`<path style=${stroke} d="M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.5 6.3V13"/>`);
export const shared = icon(svg`<path style=${stroke} d="M6.8 9.2a2.6 2.6 0 0 1 0-3.6l2-2a2.6 2.6 0 0 1 3.6 3.6l-1 1M9.2 6.8a2.6 2.6 0 0 1 0 3.6l-2 2a2.6 2.6 0 0 1-3.6-3.6l1-1"/>`);
export const pin = icon(svg`<path style=${stroke} d="M6 2.5h4l-.6 4 2.1 2.5h-7l2.1-2.5zM8 9v4.5"/>`);
