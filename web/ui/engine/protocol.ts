// What the page and the worker say to each other. What Rust defines (`BootConfig`,
// `MachineStatus`, `RunStop`) is imported from the generated types, never written here.

import type { BootConfig, MachineStatus, RunStop } from 'orrery-wasm';

/** A file as it goes into the machine. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** From the page. The first is always `boot`, once; to reset, the page starts a new worker. */
export type ToWorker =
  | { kind: 'boot'; wasm: Bytes; kernel: Bytes; disk: Bytes; config: BootConfig }
  | { kind: 'run' }
  | { kind: 'pause' }
  | { kind: 'input'; bytes: Bytes }
  /** So many bytes of output have reached the screen. */
  | { kind: 'drawn'; bytes: number }
  | { kind: 'hash'; id: number };

/** From the worker. */
export type FromWorker =
  /** The script runs; nothing is known yet about the machine. */
  | { kind: 'alive' }
  | ({ kind: 'booted' } & Booted)
  | { kind: 'output'; bytes: Bytes }
  | { kind: 'status'; status: MachineStatus; speed: Speed }
  /** The machine stopped for good. */
  | { kind: 'ended'; stop: Extract<RunStop, { kind: 'power-off' | 'reset' }> }
  | { kind: 'failed'; code: WorkerFailure; detail: string }
  | ({ kind: 'hashed'; id: number } & Hashed);

/** What is known once the machine is put together. */
export interface Booted {
  /** 64 hexadecimal digits, as `diskSha256`. */
  kernelSha256: string;
  diskSha256: string;
  /** What is wrong with the file system on the disk, a sentence each. */
  diskFindings: string[];
}

/** The machine's state in 128 bits, and when it was that. */
export interface Hashed {
  t: number;
  /** 32 hexadecimal digits. */
  hash: string;
}

/** What can go wrong in the worker, by who is at fault. */
export type WorkerFailure =
  | 'wasm-bad'
  | 'csp'
  | 'kernel-bad'
  | 'disk-bad'
  | 'config-bad'
  | 'machine-crashed';

/** How fast the guest went during the last second. */
export interface Speed {
  /** Million instructions retired per second. */
  mips: number;
  /** Share of the time in which the guest had something to do, 0 to 1. */
  busy: number;
}
