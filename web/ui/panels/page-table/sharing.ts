// Who else has a frame. What everybody has, like the trampoline, is no news with every new
// process: it is shared with all.

import type { Entry, PageTableView, ProcessRef } from 'orrery-wasm';
import { say } from '../../words/words.ts';
import { named } from '../marks.ts';

/** Stands for all other processes. */
const ALL: ProcessRef = { pid: 0, name: '*' };
/** Two may share by chance. */
const FEWEST_FOR_ALL = 2;

/** `view` with all others taken for one wherever all others share. */
export function withAll<V extends PageTableView>(view: V): V {
  const n = view.processes.filter(({ pid }) => pid !== view.owner?.pid).length;
  const sharers = (who: ProcessRef[]) => (who.length >= FEWEST_FOR_ALL && who.length >= n ? [ALL] : who);
  const entry = (item: Entry): Entry => ({ ...item, shared_with: sharers(item.shared_with), children: item.children.map(entry) });
  return {
    ...view,
    tree: view.tree.map(entry),
    map: view.map.map((region) => ({ ...region, shared_with: sharers(region.shared_with) })),
  };
}

/** Who shares, in the fewest words: numbers alone. */
export function sharersBriefly(who: readonly ProcessRef[]): string {
  const pids = who.map(({ pid }) => String(pid)).join(', ');
  return who[0] === ALL ? say('table.all') : `pid ${pids}`;
}

/** Who shares, in a few words. */
export function sharersText(who: readonly ProcessRef[]): string {
  return who.map((process) => (process === ALL ? say('table.all') : named(process))).join(', ');
}
