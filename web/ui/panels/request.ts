// What a panel wants to see: its own options first, then what is selected.

import type { Addr, View, ViewRequest } from 'orrery-wasm';
import type { Selection } from '../selection.ts';

/** A sort of view that there is a panel for. */
export type PanelType = ViewRequest['kind'];
/** A view of that sort. */
export type ViewOf<K extends PanelType> = Extract<View, { kind: K }>;

/** What a panel is set to, whatever is selected; what is left out follows the selection. */
export interface Options {
  pid?: number | 'kernel';
  va?: Addr;
  hart?: number;
}

/** Makes a panel's request. */
export type RequestBuilder = (options: Options, selection: Selection) => ViewRequest;
