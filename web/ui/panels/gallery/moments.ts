// What panels show at some moments of a real guest, as `tests/examples/moments.rs` wrote it
// down, and one moment that no guest had: whatever is rare, all at once.

import type { Entry, LockView, View, ViewRequest } from 'orrery-wasm';
import exit from './moments/exit.json?raw';
import fault from './moments/fault.json?raw';
import fork from './moments/fork.json?raw';
import lazy from './moments/lazy.json?raw';
import log from './moments/log.json?raw';

/** Views by name: their kind, and of page tables whose. */
type Views = Partial<Record<string, View>>;

/** What is shown at a moment, and what was shown at the stop before. */
export interface Moment {
  before: Views;
  now: Views;
}

const NOTHING: View = { kind: 'missing', why: 'the kernel’s symbols lack kernel::proc::PROC' };

/** The view that `request` asks for. */
export function answer(views: Views, request: ViewRequest): View {
  const name = request.kind === 'page-table' ? `page-table ${request.pid ?? 'kernel'}` : request.kind;
  const view = views[name] ?? NOTHING;
  // The walk is there for one address only.
  return view.kind === 'page-table' && request.kind === 'page-table' && view.walk?.va !== request.va ? { ...view, walk: undefined } : view;
}

/** By name. */
export const moments: Record<string, Moment> = {
  fork: read(fork), fault: read(fault), exit: read(exit), lazy: read(lazy), log: read(log), odd: odd(), missing: { before: {}, now: {} },
};

/** `null` stands for what JSON has no word for. */
function read(json: string): Moment {
  return JSON.parse(json, (_, value: unknown) => (value === null ? undefined : value)) as Moment;
}

function odd(): Moment {
  const lock = (n: number, more: Partial<LockView>): LockView => ({
    at: `0x8002000${n}`, name: 'kmem', path: 'KMEM', kind: 'spin', held: true, hart: undefined, holder: undefined, spinning: [], sleeping: [], ...more,
  });
  const entry = (more: Partial<Entry>): Entry => ({
    level: 0, index: 0, count: 1, va: '0x0', at: '0x87f50000', pte: '0x0', pa: '0x0', flags: ['V'], name: undefined, shared_with: [], flaw: undefined, children: [], ...more,
  });
  const sh = { pid: 2, name: 'sh' };
  const cat = { pid: 3, name: 'a-name-as-long-as-can-be' };
  return {
    before: {},
    now: {
      'page-table 3': {
        kind: 'page-table', owner: cat, root: '0x87f50000', levels: 3, size: '0x5000', table_pages: 2, mapped_pages: 1, shared_pages: 0, processes: [sh, cat], is_cut: true, map: [],
        tree: [
          entry({ level: 2, index: 0, flags: ['V', 'W'], flaw: 'write-only' }),
          entry({ level: 2, index: 1, va: '0x40000000', pa: '0x40000000', flags: ['V', 'R', 'W', 'X', 'G', 'A', 'D', 'Rsw1'], shared_with: [sh, { pid: 7, name: 'grind' }] }),
          entry({ level: 2, index: 511, va: '0xffffffffc0000000', pa: '0xfffffffffff000', flaw: 'not-ram' }),
        ],
        walk: { va: '0x3010', steps: [{ level: 2, index: 0, at: '0x87f50000', pte: '0x5', flags: ['V', 'W'] }], pa: undefined, flaw: 'write-only' },
      },
      processes: {
        kind: 'processes', free_frames: 0, processes: [
          { ...cat, state: 'ZOMBIE', chan: undefined, hart: undefined, size: '0x3fffffe000', root: undefined, parent: 3, killed: true, exit_status: -1, trapframe: [], stack: [] },
        ],
      },
      locks: {
        kind: 'locks', locks: [
          lock(0, { hart: 0, holder: cat, spinning: [1, 2] }),
          lock(1, { name: 'inode', path: 'ITABLE.inodes[3].lock', kind: 'sleep', holder: sh, sleeping: [cat, { pid: 4, name: 'wc' }] }),
          lock(2, { name: 'log', path: 'LOG', held: false, spinning: [3] }),
          lock(3, { name: 'bcache', path: 'BCACHE' }),
        ],
      },
      log: {
        kind: 'log', state: 'broken', outstanding: 3, commits: 70_000, in_memory: Array.from({ length: 30 }, (_, n) => n + 1970), on_disk: [33], start: 2, size: 31, cache: [
          { slot: 0, block: 33, role: 'inodes', refcnt: 2, pinned: true, valid: true, differs: true, at: '0x80021000' },
          { slot: 7, block: 1999, role: 'unused', refcnt: 1, pinned: false, valid: false, differs: false, at: '0x80022000' },
        ],
      },
      disk: { kind: 'disk', blocks: 70, free: 0, runs: [{ first: 0, count: 1, role: 'boot' }, { first: 1, count: 60, role: 'unused' }, { first: 61, count: 9, role: 'bitmap' }], written: [0, 69] },
      harts: { kind: 'harts', harts: [{ id: 0, mode: 'M', waiting: false, pc: '0x1000', process: undefined, place: undefined, registers: [], csrs: [], code: [] }] },
      source: { kind: 'source', place: { pc: '0x1000', function: undefined, file: undefined, line: undefined, user: false }, first_line: 1, lines: [], awaits_sources: false, code: [] },
    },
  };
}
