// The worker's front door: starts the wasm module, puts the machine together, then
// hands every message to the loop. What goes wrong is posted as words, never swallowed.

import init, { lastPanic, Orrery, sha256 } from 'orrery-wasm';
import type { FromWorker, ToWorker, WorkerFailure } from '../protocol.ts';
import { Loop } from './loop.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
let machine: Orrery | undefined;
let loop: Loop | undefined;
let isStarted = false;

function post(message: FromWorker, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

function fail(code: WorkerFailure, error: unknown): void {
  const thrown = error instanceof Error ? error.message : String(error);
  // A panic in Rust arrives as "unreachable executed"; its own words say more.
  const detail = code === 'machine-crashed' && isStarted ? (lastPanic() ?? thrown) : thrown;
  post({ kind: 'failed', code, detail });
}

scope.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  switch (message.kind) {
    case 'boot':
      void boot(message);
      break;
    case 'run':
      loop?.run();
      break;
    case 'pause':
      loop?.pause();
      break;
    case 'input':
      loop?.input(message.bytes);
      break;
    case 'drawn':
      loop?.drawn(message.bytes);
      break;
    case 'hash':
      if (machine) post({ kind: 'hashed', id: message.id, t: machine.t, hash: machine.stateHash() });
      break;
  }
};

async function boot({ wasm, kernel, disk, config }: Extract<ToWorker, { kind: 'boot' }>): Promise<void> {
  try {
    await init({ module_or_path: await WebAssembly.compile(wasm) });
    isStarted = true;
  } catch (error) {
    fail(isBlockedByPolicy(error) ? 'csp' : 'wasm-bad', error);
    return;
  }
  try {
    const hashes = { kernelSha256: sha256(kernel), diskSha256: sha256(disk) };
    machine = new Orrery(kernel, disk, config);
    post({ kind: 'booted', ...hashes, diskFindings: machine.diskFindings });
  } catch (error) {
    fail(whoIsAtFault(error), error);
    return;
  }
  loop = new Loop(machine, { post, failed: (error) => fail('machine-crashed', error) });
}

/** `Error.name` as `Orrery`'s constructor sets it. */
function whoIsAtFault(error: unknown): WorkerFailure {
  switch (error instanceof Error ? error.name : '') {
    case 'KernelError':
      return 'kernel-bad';
    case 'DiskError':
      return 'disk-bad';
    case 'ConfigError':
      return 'config-bad';
    default:
      return 'machine-crashed';
  }
}

function isBlockedByPolicy(error: unknown): boolean {
  return error instanceof Error && /content security policy|unsafe-eval/i.test(error.message);
}

post({ kind: 'alive' });
