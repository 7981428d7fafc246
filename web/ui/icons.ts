// The page's own drawings: 16 × 16, in the colour of the text beside them, and silent to
// a screen reader, because a word always stands next to them.

import { svg, type TemplateResult } from 'lit';

const icon = (shape: TemplateResult<2>) =>
  svg`<svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">${shape}</svg>`;

const stroke = 'fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round';

export const play = icon(svg`<path d="M4.5 2.6v10.8c0 .5.5.8.9.5l8-5.4c.4-.2.4-.8 0-1l-8-5.4c-.4-.3-.9 0-.9.5z"/>`);
export const pause = icon(svg`<rect x="3.5" y="2.5" width="3.2" height="11" rx=".8"/><rect x="9.3" y="2.5" width="3.2" height="11" rx=".8"/>`);
export const reset = icon(svg`<path style=${stroke} d="M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3"/>`);
export const copy = icon(svg`<path style=${stroke} d="M6 5.5h7.2v8H6zM10 3V2.5H2.8v8h.6"/>`);
export const close = icon(svg`<path style=${stroke} d="M4 4l8 8M12 4l-8 8"/>`);
export const warning = icon(svg`<path style=${stroke} d="M8 2.2l6.4 11.3H1.6zM8 6.5v3.2M8 11.7v.1"/>`);
export const power = icon(svg`<path style=${stroke} d="M8 2v5.5M4.6 4.2a5 5 0 1 0 6.8 0"/>`);
export const themeAuto = icon(svg`<circle style=${stroke} cx="8" cy="8" r="5.6"/><path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z"/>`);
export const themeLight = icon(svg`<circle cx="8" cy="8" r="3.2"/><path style=${stroke} d="M8 1v1.2M8 13.8V15M1 8h1.2M13.8 8H15M3 3l.9.9M12.1 12.1l.9.9M13 3l-.9.9M3.9 12.1l-.9.9"/>`);
export const themeDark = icon(svg`<path d="M13.6 10.2A6 6 0 0 1 5.8 2.4a6 6 0 1 0 7.8 7.8z"/>`);
