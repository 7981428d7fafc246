// Processes as a family: each below its parent.

import type { Process } from 'orrery-wasm';
import type { Compared } from '../changes.ts';

/** A process at its depth below the first of its ancestors that is there. */
export interface Member {
  process: Compared<Process>;
  depth: number;
}

/** All of `processes`, children after their parent, else in their order. */
export function familyOf(processes: readonly Compared<Process>[]): Member[] {
  const pids = new Set(processes.map(({ item }) => item.pid));
  const seen = new Set<Compared<Process>>();
  const below = (parent: number | undefined, depth: number): Member[] =>
    processes.flatMap((process) => {
      const isRoot = process.item.parent === undefined || !pids.has(process.item.parent) || process.item.parent === process.item.pid;
      if (seen.has(process) || (parent === undefined ? !isRoot : isRoot || process.item.parent !== parent)) return [];
      seen.add(process);
      return [{ process, depth }, ...below(process.item.pid, depth + 1)];
    });
  const members = below(undefined, 0);
  // Damaged memory can make a ring of parents: those come last.
  const lost = processes.filter((process) => !seen.has(process)).map((process) => ({ process, depth: 0 }));
  return [...members, ...lost];
}
