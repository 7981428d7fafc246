// Every panel there is: a row each. One more panel is one file and one row.

import type { TemplateResult } from 'lit';
import type { Word } from '../words/words.ts';
import { diskRequest, OrreryDiskPanel } from './disk.ts';
import { hartsRequest, OrreryHartsPanel } from './harts.ts';
import { panelIcons } from './icons.ts';
import { locksRequest, OrreryLocksPanel } from './locks.ts';
import { logRequest, OrreryLogPanel } from './log.ts';
import { OrreryPageTablePanel, pageTableRequest } from './page-table.ts';
import type { Panel } from './panel.ts';
import { OrreryProcessesPanel, processesRequest } from './processes.ts';
import type { PanelType, RequestBuilder } from './request.ts';
import { OrrerySourcePanel, sourceRequest } from './source.ts';

/** A panel: what it is called, what it asks for, and which element draws it. */
export interface PanelRow {
  type: PanelType;
  title: Extract<Word, `panel.${PanelType}`>;
  icon: TemplateResult<2>;
  request: RequestBuilder;
  tag: string;
  element: new () => Panel<PanelType>;
}

/** In the order in which they are offered. */
export const panels: readonly PanelRow[] = [
  row('page-table', pageTableRequest, OrreryPageTablePanel),
  row('processes', processesRequest, OrreryProcessesPanel),
  row('locks', locksRequest, OrreryLocksPanel),
  row('log', logRequest, OrreryLogPanel),
  row('disk', diskRequest, OrreryDiskPanel),
  row('harts', hartsRequest, OrreryHartsPanel),
  row('source', sourceRequest, OrrerySourcePanel),
];

/** The panel of this type, if there is one. */
export function panelOf(type: string): PanelRow | undefined {
  return panels.find((row) => row.type === type);
}

function row(type: PanelType, request: RequestBuilder, element: PanelRow['element']): PanelRow {
  return { type, title: `panel.${type}`, icon: panelIcons[type], request, tag: `orrery-${type}-panel`, element };
}
