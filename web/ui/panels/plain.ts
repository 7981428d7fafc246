// The same figures as a drawing's, in a table: for who would rather read, and for a screen
// reader.

import { css, html, type TemplateResult } from 'lit';

/** What stands in a cell. */
type Cell = string | number | TemplateResult;

/** A table called `label`; too wide a one scrolls, by keyboard too. */
export function plainTable(label: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): TemplateResult {
  return html`<div class="scroll" part="table" role="group" aria-label=${label} tabindex="0"><table>
    <thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td class=${typeof cell === 'number' ? 'mono' : ''}>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

export const plainLook = css`
  .scroll {
    overflow-x: auto;
  }
`;
