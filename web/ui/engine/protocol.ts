// What the page and the worker say to each other. What Rust defines (`BootConfig`,
// `View`, `Event`, …) is imported from the generated types, never written here.

import type { BootConfig, MachineStatus, Position, RunStop, SceneOutline, View, ViewRequest } from 'orrery-wasm';
import type { SceneFile } from '../scene/scene-file.ts';
import type { Calls, Method } from './calls.ts';

/** A file as it goes into the machine. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** What a machine is made of. */
export interface Files {
  wasm: Bytes;
  kernel: Bytes;
  disk: Bytes;
  /** What the kernel's debug information says; without it panels that need no names go on. */
  symbols?: Bytes;
}

/** From the page. The first is always `boot`, once; to reset, the page starts a new worker. */
export type ToWorker =
  | ({ kind: 'boot'; config: BootConfig; scene?: SceneFile } & Files)
  | { kind: 'run' }
  | { kind: 'pause' }
  | { kind: 'input'; bytes: Bytes }
  /** So many bytes of output have reached the screen. */
  | { kind: 'drawn'; bytes: number }
  /** From now on these views are wanted, and news of events or not; replaces what was wanted before. */
  | { kind: 'watch'; views: ViewRequest[]; events: boolean }
  /** The views last posted are on the screen. */
  | { kind: 'shown' }
  | Call;

/** A question to the worker, or something it is to do; an answer of the same `id` follows. */
export type Call = {
  [M in Method]: { kind: 'call'; id: number; method: M; args: Parameters<Calls[M]> };
}[Method];

/** From the worker. */
export type FromWorker =
  /** The script runs; nothing is known yet about the machine. */
  | { kind: 'alive' }
  | ({ kind: 'booted' } & Booted)
  | { kind: 'output'; bytes: Bytes }
  | { kind: 'status'; status: MachineStatus; speed: Speed }
  /** At most ten a second, and at every stop; `printed` counts the bytes of output until then. */
  | { kind: 'position'; position: Position; printed: number }
  /** What is watched, in the order it was asked for. */
  | { kind: 'views'; shown: Shown; requests: ViewRequest[]; views: View[] }
  /** What came after the present moment never happened. */
  | { kind: 'branched'; kept: Kept }
  /** New events, if they are watched; of those told before, what has the same or a later number is forgotten. */
  | { kind: 'events'; columns: EventColumns }
  /** The machine stopped for good. */
  | { kind: 'ended'; stop: Extract<RunStop, { kind: 'power-off' | 'reset' }> }
  | { kind: 'failed'; code: WorkerFailure; detail: string }
  | { kind: 'answer'; id: number; value: unknown }
  /** What was asked cannot be done; `message` is a sentence. Or something else was asked for meanwhile. */
  | { kind: 'refused'; id: number; message: string; isCalledOff: boolean };

/** The moment that views show. */
export interface Shown {
  t: number;
  /** The machine stands there; otherwise it runs on, and this was only a glance. */
  isStop: boolean;
}

/** What is known once the machine is put together. */
export interface Booted {
  /** 64 hexadecimal digits, as `diskSha256`. */
  kernelSha256: string;
  diskSha256: string;
  /** What is wrong with the file system on the disk, a sentence each. */
  diskFindings: string[];
  /** Why the symbols that came with the kernel were not taken, in a sentence. */
  symbolsFinding: string | undefined;
  /** The machine's configuration; a scene brings its own. */
  config: BootConfig;
  /** The scene it will play, and the variant's id if it has any. */
  scene: { outline: SceneOutline; variant: string | undefined } | undefined;
  /** How and where it stands before its first instruction. */
  status: MachineStatus;
  position: Position;
}

/** What can go wrong in the worker, by who is at fault. */
export type WorkerFailure =
  | 'wasm-bad'
  | 'csp'
  | 'kernel-bad'
  | 'disk-bad'
  | 'config-bad'
  | 'scene-bad'
  | 'machine-crashed';

/** How fast the guest went during the last second. */
export interface Speed {
  /** Million instructions retired per second. */
  mips: number;
  /** Share of the time in which the guest had something to do, 0 to 1. */
  busy: number;
}

/** How much there was by a moment. */
export interface Kept {
  /** Bytes of output. */
  printed: number;
  events: number;
  /** Changes of mode. */
  modes: number;
}

/** Events as columns, the one numbered `first` at place 0 of each, and the changes of mode meanwhile. */
export interface EventColumns {
  first: number;
  t: Float64Array<ArrayBuffer>;
  /** The place of its kind in `KINDS`. */
  kind: Uint8Array<ArrayBuffer>;
  /** -1 for a device's. */
  hart: Int8Array<ArrayBuffer>;
  /** -1 if no process is known. */
  pid: Int32Array<ArrayBuffer>;
  /** Number of the first change of mode. */
  firstMode: number;
  modeT: Float64Array<ArrayBuffer>;
  modeHart: Uint8Array<ArrayBuffer>;
  /** What the hart does from then on: the place in `DOINGS`. */
  mode: Uint8Array<ArrayBuffer>;
}
