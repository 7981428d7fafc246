// Views for the gallery and its tests, written by hand after what the guest shows: before
// and after a fork with copy-on-write, the child about to store to a page it shares, and
// a panel that has nothing to show.

import type { Entry, Flag, Frame, PageTableView, Process, ProcessRef, Region, View } from 'orrery-wasm';
import type { PanelType } from '../request.ts';

/** What each panel shows at some moment, and what it showed at the stop before. */
export interface Moment {
  now: Record<PanelType, View>;
  before: Partial<Record<PanelType, View>>;
}

const INIT = { pid: 1, name: 'init' };
const SH = { pid: 2, name: 'sh' };
const PARENT = { pid: 3, name: 'cowdemo' };
const CHILD = { pid: 4, name: 'cowdemo' };

const flagsOf = (letters: string): Flag[] => letters.split(' ').filter(Boolean) as Flag[];
const hex = (value: number): string => `0x${value.toString(16)}`;

interface Run {
  page: number;
  count: number;
  frame: number;
  flags: string;
  name: string;
  shared?: ProcessRef[];
  guard?: boolean;
}

/** A program's table: the tree and the map of the same runs. */
function table(owner: ProcessRef, root: number, size: number, runs: Run[], processes: ProcessRef[], promised: [page: number, count: number][] = []): PageTableView & { kind: 'page-table' } {
  const high = [
    { page: 0x3fffffe, count: 1, frame: root + 5, flags: 'V R W A D', name: 'trapframe' },
    { page: 0x3ffffff, count: 1, frame: 0x80007, flags: 'V R X A', name: 'trampoline', shared: processes.filter(({ pid }) => pid !== owner.pid) },
  ];
  const leaf = ({ page, count, frame, flags, name, shared = [] }: Run): Entry => ({
    level: 0, index: page % 512, count, va: hex(page * 4096), at: hex((root + 2) * 4096 + (page % 512) * 8), pte: hex(frame * 1024 + 0xdf),
    pa: hex(frame * 4096), flags: flagsOf(flags), name, shared_with: shared, flaw: undefined, children: [],
  });
  const branch = (level: number, index: number, va: number, to: number, children: Entry[]): Entry => ({
    level, index, count: 1, va: hex(va), at: hex(root * 4096 + index * 8), pte: hex(to * 1024 + 1), pa: hex(to * 4096), flags: ['V'],
    name: undefined, shared_with: [], flaw: undefined, children,
  });
  const region = ({ page, count, frame, flags, name, shared = [], guard }: Run): Region => ({
    start: hex(page * 4096), end: hex((page + count) * 4096), pages: count, kind: guard ? 'guard' : 'mapped', name, pa: hex(frame * 4096), flags: flagsOf(flags), shared_with: shared,
  });
  const map = [...[...runs, ...high].map(region), ...promised.map(([page, count]): Region => ({
    start: hex(page * 4096), end: hex((page + count) * 4096), pages: count, kind: 'promised', name: 'heap', pa: undefined, flags: [], shared_with: [],
  }))].sort((a, b) => Number(a.start) - Number(b.start));
  const mapped = [...runs, ...high].reduce((sum, { count }) => sum + count, 0);
  const shared = [...runs, ...high].filter(({ shared: who }) => who && who.length > 0).reduce((sum, { count }) => sum + count, 0);
  return {
    kind: 'page-table', owner, root: hex(root * 4096), size: hex(size), tree: [
      branch(2, 0, 0, root + 1, [branch(1, 0, 0, root + 2, runs.map(leaf))]),
      branch(2, 255, 255 * 2 ** 30, root + 3, [branch(1, 511, 255 * 2 ** 30 + 511 * 2 ** 21, root + 4, high.map(leaf))]),
    ],
    map, table_pages: 5, mapped_pages: mapped, shared_pages: shared, walk: undefined, processes, is_cut: false,
  };
}

const PROGRAM: Run[] = [
  { page: 0, count: 5, frame: 0x87f38, flags: 'V R X U A', name: 'text' },
  { page: 5, count: 1, frame: 0x87f3d, flags: 'V R W U A D', name: 'data' },
  { page: 6, count: 1, frame: 0x87f3e, flags: 'V R W', name: 'guard', guard: true },
  { page: 7, count: 2, frame: 0x87f3f, flags: 'V R W U A D', name: 'stack' },
  { page: 9, count: 4, frame: 0x87f48, flags: 'V R W U A D', name: 'heap' },
];

/** The same pages, written to no more, and marked. */
const cow = (runs: Run[], shared: ProcessRef): Run[] => runs.map((run) => ({
  ...run, flags: run.guard ? run.flags : run.flags.includes(' W ') ? `${run.flags.replace(' W ', ' ')} Cow` : run.flags, ...(run.guard ? {} : { shared: [shared] }),
}));

const alone = table(PARENT, 0x87f50, 0xd000, PROGRAM, [INIT, SH, PARENT]);
const parentShares = table(PARENT, 0x87f50, 0xd000, cow(PROGRAM, CHILD), [INIT, SH, PARENT, CHILD]);
const guardCopy = PROGRAM.map((run) => (run.guard ? { ...run, frame: 0x87f70 } : run));
const childShares = table(CHILD, 0x87f60, 0xd000, cow(guardCopy, PARENT), [INIT, SH, PARENT, CHILD]);
const afterCopy = cow(guardCopy, PARENT).flatMap((run): Run[] => run.name !== 'heap' ? [run] : [
  { ...run, count: 1 },
  { page: 10, count: 1, frame: 0x87f71, flags: 'V R W U A D', name: 'heap' },
  { ...run, page: 11, count: 2, frame: run.frame + 2 },
]);
const childCopied: View = {
  ...table(CHILD, 0x87f60, 0xd000, afterCopy, [INIT, SH, PARENT, CHILD], [[13, 16]]),
  walk: {
    va: '0xa008', steps: [
      { level: 2, index: 0, at: '0x87f60000', pte: '0x21fd8401', flags: ['V'] },
      { level: 1, index: 0, at: '0x87f61000', pte: '0x21fd8801', flags: ['V'] },
      { level: 0, index: 10, at: '0x87f62050', pte: '0x21fdc4d7', flags: flagsOf('V R W U A D') },
    ], pa: '0x87f71008', flaw: undefined,
  },
};
const stopped: View = {
  ...childShares, walk: {
    va: '0x3fff0010', steps: [
      { level: 2, index: 0, at: '0x87f60000', pte: '0x21fd8401', flags: ['V'] },
      { level: 1, index: 511, at: '0x87f61ff8', pte: '0x0', flags: [] },
    ], pa: undefined, flaw: 'not-valid',
  },
};

const kernelFrame = (name: string, file: string, line: number, pc: number): Frame => ({ pc: hex(pc), function: name, file: `kernel/src/${file}`, line, user: false });
const userFrame = (name: string, file: string, line: number, pc: number): Frame => ({ pc: hex(pc), function: name, file: `user/${file}`, line, user: true });

const FORKING: Frame[] = [
  kernelFrame('uvmshare', 'mem/uvm.rs', 148, 0x80003a12), kernelFrame('fork', 'proc/life.rs', 71, 0x80004c80), kernelFrame('syscall', 'syscall/mod.rs', 58, 0x80005104),
  kernelFrame('usertrap', 'trap.rs', 63, 0x800062aa), userFrame('fork', 'ulib/src/sys.rs', 91, 0x9f4), userFrame('demo', 'src/bin/cowdemo.rs', 40, 0x1a8), userFrame('main', 'src/bin/cowdemo.rs', 17, 0x0f2),
];

function process(ref: ProcessRef, parent: number | undefined, more: Partial<Process>): Process {
  return {
    ...ref, state: 'SLEEPING', chan: undefined, hart: undefined, size: '0xd000', root: '0x87f50000', parent, killed: false, exit_status: undefined,
    trapframe: [], stack: [], ...more,
  };
}

const REGISTERS = ['ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6'];
const registers = (salt: number) => REGISTERS.map((name, n) => ({ name, value: hex(n % 5 === salt ? 0x87f50000 + n * 8 * (salt + 1) : n * 0x11) }));

const family = [process(INIT, undefined, { chan: 'PROC[0]', root: '0x87fc0000', size: '0x5000' }), process(SH, 1, { chan: 'PROC[1]', root: '0x87fa0000', size: '0x8000' })];
const forking = process(PARENT, 2, { state: 'RUNNING', hart: 0, stack: FORKING, trapframe: registers(1) });

const CODE = [
  ['0x80003a12', '00053283', 'ld t0, 0(a0)'], ['0x80003a16', 'efb2f293', 'andi t0, t0, -261'], ['0x80003a1a', '1002e293', 'ori t0, t0, 256'],
  ['0x80003a1e', '00553023', 'sd t0, 0(a0)'], ['0x80003a22', '0521', 'addi a0, a0, 8'], ['0x80003a24', 'fe0518e3', 'bnez a0, 0x80003a14'],
].map(([pc = '', bits = '', text = '']) => ({ pc, bits, text }));

const LINES = `/// Shares the pages of \`parent\` with \`child\`: neither may write to them any more, and who
/// tries gets a copy of its own.
///
/// # Errors
/// [\`Error::OutOfMemory\`] if there is no page for the child's tables.
pub fn share(parent: &mut PageTable, child: &mut PageTable, size: usize) -> Result<(), Error> {
    for va in (0..size).step_by(PGSIZE) {
        let Some(pte) = parent.leaf_mut(VirtAddr(va)) else {
            continue; // promised, and not there yet
        };
        if pte.flags().contains(Flags::W) {
            pte.set_flags(pte.flags() - Flags::W | Flags::COW);
        }
        let frame = pte.frame();
        frame.add_owner();
        child.map(VirtAddr(va), frame, pte.flags())?;
    }
    sfence_vma_all();
    Ok(())
}`.split('\n');

const harts = (salt: number): View => ({
  kind: 'harts', harts: [
    {
      id: 0, mode: 'S', waiting: false, pc: hex(0x80003a12 + salt * 4), process: PARENT, place: kernelFrame('uvmshare', 'mem/uvm.rs', 148 + salt, 0x80003a12), registers: registers(1 + salt), code: CODE.slice(salt),
      csrs: [
        { name: 'satp', value: '0x8000000000087fff', fields: [{ name: 'MODE', value: 'Sv39' }, { name: 'ASID', value: '0' }, { name: 'PPN', value: '0x87fff' }] },
        { name: 'sstatus', value: '0x200000020', fields: [{ name: 'SPP', value: 'U' }, { name: 'SPIE', value: '1' }, { name: 'SIE', value: '0' }] },
        { name: 'scause', value: salt ? '0xf' : '0x8', fields: [{ name: 'cause', value: salt ? 'store page fault' : 'environment call from U-mode' }] },
        { name: 'stval', value: salt ? '0xa008' : '0x0', fields: [] },
        { name: 'sepc', value: '0x9f4', fields: [] },
      ],
    },
    { id: 1, mode: 'S', waiting: true, pc: '0x80004f20', process: undefined, place: kernelFrame('scheduler', 'proc/scheduler.rs', 44, 0x80004f20), registers: registers(0), csrs: [{ name: 'sstatus', value: '0x200000022', fields: [{ name: 'SIE', value: '1' }] }], code: CODE.slice(2) },
  ],
});

const ROLES = [['boot', 1], ['superblock', 1], ['log-header', 1], ['log', 30], ['inodes', 13], ['bitmap', 1], ['data', 620], ['free', 40], ['data', 13], ['free', 1280]] as const;
const runs = ROLES.map(([role, count], n) => ({ role, count, first: ROLES.slice(0, n).reduce((sum, [, other]) => sum + other, 0) }));
const disk = (written: number[]): View => ({ kind: 'disk', blocks: 2000, runs, written, free: 1320 });

const cached = (block: number, slot: number, refcnt: number, more = {}): object => ({ slot, block, role: runs.find(({ first, count }) => first <= block && block < first + count)?.role, refcnt, pinned: false, valid: true, differs: false, at: hex(0x80021000 + slot * 0x440), ...more });
const log = (more: object): View => ({ kind: 'log', state: 'idle', outstanding: 0, commits: 17, in_memory: [], on_disk: [], start: 2, size: 31, cache: [1, 33, 34, 45, 46, 47, 60, 61, 700, 701].map((block, slot) => cached(block, slot, slot === 3 ? 1 : 0)), ...more } as View);

const lock = (name: string, kind: 'spin' | 'sleep', more: object = {}) => ({ at: hex(0x80020000 + name.length * 64 + (kind === 'spin' ? 0 : 8)), name, path: name.toUpperCase(), kind, held: false, hart: undefined, holder: undefined, spinning: [], sleeping: [], ...more });
const locks = (kmem: object, inode: object): View => ({
  kind: 'locks', locks: [
    lock('kmem', 'spin', kmem), lock('inode', 'sleep', { path: 'ITABLE[3].lock', ...inode }),
    { ...lock('proc', 'spin', { held: true, hart: 0, holder: PARENT }), path: 'PROC[2].lock' },
    ...['bcache', 'log', 'ftable', 'wait_lock', 'time', 'uart', 'nextpid', 'console'].map((name) => lock(name, 'spin')),
  ],
});

/** By name. */
export const moments = {
  fork: {
    before: {
      'page-table': alone, processes: { kind: 'processes', free_frames: 31_204, processes: [...family, forking] }, locks: locks({}, { held: true, holder: SH }),
      log: log({}), disk: disk([2, 45]), harts: harts(0),
    },
    now: {
      'page-table': parentShares,
      processes: { kind: 'processes', free_frames: 31_194, processes: [...family, forking, process(CHILD, 3, { state: 'RUNNABLE', root: '0x87f60000' })] },
      locks: locks({ held: true, hart: 0, holder: PARENT, spinning: [1] }, { held: true, holder: SH, sleeping: [PARENT] }),
      log: log({ state: 'gathering', outstanding: 1, in_memory: [33, 46], cache: [1, 33, 34, 45, 46, 47, 60, 61, 700, 701].map((block, slot) => cached(block, slot, slot === 4 ? 1 : 0, slot === 1 || slot === 4 ? { pinned: true, differs: true } : {})) }),
      disk: disk([2, 3, 4, 45, 680]), harts: harts(1),
      source: { kind: 'source', place: kernelFrame('share', 'mem/uvm.rs', 148, 0x80003a16), first_line: 137, lines: LINES, code: CODE },
    },
  },
  fault: {
    before: {
      'page-table': childShares, processes: { kind: 'processes', free_frames: 31_194, processes: [...family, { ...forking, state: 'SLEEPING', chan: 'PROC[2]', hart: undefined }, process(CHILD, 3, { state: 'RUNNING', hart: 0, root: '0x87f60000' })] },
      log: log({ state: 'committing', in_memory: [33, 46] }), disk: disk([2, 3, 4, 45]), harts: harts(1),
    },
    now: {
      'page-table': childCopied,
      processes: { kind: 'processes', free_frames: 31_193, processes: [...family, { ...forking, state: 'RUNNABLE', chan: undefined, hart: undefined }, process(CHILD, 3, { state: 'ZOMBIE', root: '0x87f60000', exit_status: 0 })] },
      locks: locks({}, {}),
      log: log({ state: 'committing', in_memory: [33, 46], on_disk: [33, 46] }), disk: disk([2, 3, 4, 33, 45, 46]), harts: harts(0),
      source: { kind: 'source', place: { pc: '0x9f4', function: 'fork', file: undefined, line: undefined, user: true }, first_line: 1, lines: [], code: CODE },
    },
  },
  walk: { before: {}, now: { ...missing(), 'page-table': stopped } },
  missing: { before: {}, now: missing() },
} satisfies Record<string, Moment>;

function missing(): Record<PanelType, View> {
  const why: View = { kind: 'missing', why: 'the symbols lack kernel::proc::PROC' };
  return { 'page-table': why, processes: why, locks: why, log: why, disk: why, harts: why, source: why };
}
