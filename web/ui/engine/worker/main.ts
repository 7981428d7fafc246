// The worker's front door: starts the wasm module, puts the machine together, then
// hands every message to the loop. What goes wrong is posted as words, never swallowed.

import init, { lastPanic, Orrery, sha256, StagedScene } from 'orrery-wasm';
import type { Call, FromWorker, ToWorker, WorkerFailure } from '../protocol.ts';
import { answers, type Answers } from './answers.ts';
import { CalledOff, Loop } from './loop.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
let loop: Loop | undefined;
let answering: Answers | undefined;
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
    case 'watch':
      loop?.watch(message.views, message.events);
      break;
    case 'shown':
      loop?.shown();
      break;
    case 'call':
      void answer(message);
      break;
  }
};

async function answer({ id, method, args }: Call): Promise<void> {
  try {
    if (answering === undefined) throw new Error('the machine is not there yet');
    const how = answering[method] as (...args: unknown[]) => unknown;
    post({ kind: 'answer', id, value: await how(...args) });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) fail('machine-crashed', error);
    const message = error instanceof Error ? error.message : String(error);
    post({ kind: 'refused', id, message, isCalledOff: error instanceof CalledOff });
  }
}

async function boot({ wasm, kernel, disk, symbols, config, scene }: Extract<ToWorker, { kind: 'boot' }>): Promise<void> {
  try {
    await init({ module_or_path: await WebAssembly.compile(wasm) });
    isStarted = true;
  } catch (error) {
    fail(isBlockedByPolicy(error) ? 'csp' : 'wasm-bad', error);
    return;
  }
  let staged: StagedScene | undefined;
  try {
    staged = scene && new StagedScene(scene.file, scene.text, scene.variant);
  } catch (error) {
    fail('scene-bad', error);
    return;
  }
  try {
    const hashes = { kernelSha256: sha256(kernel), diskSha256: sha256(disk) };
    // A scene is played on the machine it was made for.
    const boots = staged?.config() ?? config;
    const machine = new Orrery(kernel, disk, boots);
    const symbolsFinding = symbols && taken(machine, symbols);
    const playing = staged && { outline: staged.outline(), variant: staged.variant };
    if (staged) machine.stage(staged);
    loop = new Loop(machine, { post, failed: (error) => fail('machine-crashed', error) });
    answering = answers(machine, loop);
    const stands = { status: machine.status(), position: machine.position() };
    post({ kind: 'booted', ...hashes, diskFindings: machine.diskFindings, symbolsFinding, config: boots, scene: playing, ...stands });
  } catch (error) {
    fail(whoIsAtFault(error), error);
  }
}

/** Gives `symbols` to the machine; returns why not, if it did not take them. */
function taken(machine: Orrery, symbols: Uint8Array): string | undefined {
  try {
    machine.giveSymbols(symbols);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
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
