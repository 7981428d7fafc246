// The page's own drawings: 16 × 16, in the colour of the text beside them, and silent to
// a screen reader, because a word always stands next to them.

import { svg, type TemplateResult } from 'lit';

/** A drawing from its shapes. */
export const icon = (shape: TemplateResult<2>) =>
  svg`<svg viewBox="0 0 16 16" aria-hidden="true" fill="currentColor">${shape}</svg>`;

/** The style of a line. */
export const stroke = 'fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round';

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
export const step = icon(svg`<path d="M3 3.2v9.6c0 .5.5.7.9.5l6.4-4.8c.3-.2.3-.8 0-1L3.9 2.7c-.4-.3-.9 0-.9.5z"/><rect x="11.4" y="2.6" width="1.8" height="10.8" rx=".7"/>`);
export const back = icon(svg`<path d="M13 3.2v9.6c0 .5-.5.7-.9.5L5.7 8.5c-.3-.2-.3-.8 0-1l6.4-4.8c.4-.3.9 0 .9.5z"/><rect x="2.8" y="2.6" width="1.8" height="10.8" rx=".7"/>`);
export const toStart = icon(svg`<path d="M14 4v8c0 .4-.4.6-.8.4L8 8.6V12c0 .4-.4.6-.8.4L2.4 8.4c-.3-.2-.3-.6 0-.8l4.8-4c.4-.3.8 0 .8.4v3.4l5.2-3.8c.4-.2.8 0 .8.4z"/>`);
export const toEnd = icon(svg`<path d="M2 4v8c0 .4.4.6.8.4L8 8.6V12c0 .4.4.6.8.4l4.8-4c.3-.2.3-.6 0-.8l-4.8-4c-.4-.3-.8 0-.8.4v3.4L2.8 3.6C2.4 3.4 2 3.6 2 4z"/>`);
export const keyboard = icon(svg`<path style=${stroke} d="M1.8 4h12.4v8H1.8zM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.8 9.5h6.4"/>`);
export const branch = icon(svg`<path style=${stroke} d="M4.5 2.5v11M4.5 9.5c0-3 7-1.5 7-5.5M9.5 5.5l2-2.5 2 2.5"/>`);
export const plus = icon(svg`<path style=${stroke} d="M8 3.2v9.6M3.2 8h9.6"/>`);
export const minus = icon(svg`<path style=${stroke} d="M3.2 8h9.6"/>`);
export const panels = icon(svg`<path style=${stroke} d="M2.2 3h11.6v10H2.2zM7 3v10M7 8h6.8"/>`);
export const console = icon(svg`<path style=${stroke} d="M2.2 3h11.6v10H2.2zM4.8 6l2 2-2 2M8.5 10.3h2.5"/>`);
export const scene = icon(svg`<path style=${stroke} d="M2.5 4.5h8M2.5 8h5M2.5 11.5h4M10 7.5v6l4.2-3z"/>`);
