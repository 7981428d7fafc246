// One machine in one worker, as the page talks to it. To reset, dispose of the engine and
// make another from the same files: nothing of the old one can be left over.

import type { BootConfig, MachineStatus, RunStop } from 'orrery-wasm';
import EngineWorker from './worker/main.ts?worker&inline';
import { Trouble } from '../trouble.ts';
import type { Files } from './files.ts';
import type { Booted, Bytes, FromWorker, Hashed, Speed, ToWorker } from './protocol.ts';

/** How long a worker may take to say its first word. */
const ALIVE_WITHIN_MS = 15_000;

/** What an engine tells its owner. */
export interface EngineListener {
  booted(booted: Booted): void;
  /** Call {@link Engine.drawn} once the bytes are on the screen, or the machine will wait. */
  output(bytes: Bytes): void;
  status(status: MachineStatus, speed: Speed): void;
  ended(stop: Extract<RunStop, { kind: 'power-off' | 'reset' }>): void;
  failed(trouble: Trouble): void;
}

/** A machine in a worker. The worker starts at once, so that it is there when the files are. */
export class Engine {
  readonly #listener: EngineListener;
  readonly #hashWaiters = new Map<number, (hashed: Hashed) => void>();
  readonly #disposed = new AbortController();
  #worker: Worker | undefined;
  #nextHash = 0;

  constructor(listener: EngineListener) {
    this.#listener = listener;
    const { signal } = this.#disposed;
    const policyBlocks = (event: SecurityPolicyViolationEvent) => {
      if (event.blockedURI === 'blob' || event.blockedURI === 'wasm-eval' || event.effectiveDirective === 'worker-src') {
        this.#fail(new Trouble('csp', { detail: event.effectiveDirective }));
      }
    };
    document.addEventListener('securitypolicyviolation', policyBlocks, { signal });
    try {
      this.#worker = new EngineWorker();
    } catch (error) {
      // The owner is still in its constructor: tell it afterwards.
      queueMicrotask(() => this.#fail(new Trouble('worker-failed', { detail: String(error) })));
      return;
    }
    const silence = setTimeout(
      () => this.#fail(new Trouble('worker-failed', { detail: `no answer in ${ALIVE_WITHIN_MS / 1000} s` })),
      ALIVE_WITHIN_MS,
    );
    signal.addEventListener('abort', () => clearTimeout(silence));
    this.#worker.onerror = (event) => {
      // A policy that forbids the worker is reported right after, in better words.
      setTimeout(() => this.#fail(new Trouble('worker-failed', { detail: event.message || 'the script did not start' })), 100);
    };
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => {
      clearTimeout(silence);
      this.#heard(event.data);
    };
  }

  /** Puts the machine together; `booted` or `failed` follows. The engine takes no part of `files` away. */
  boot(files: Files, config: BootConfig): void {
    this.#post({ kind: 'boot', ...files, config });
  }

  run(): void {
    this.#post({ kind: 'run' });
  }

  pause(): void {
    this.#post({ kind: 'pause' });
  }

  input(bytes: Bytes): void {
    this.#post({ kind: 'input', bytes });
  }

  drawn(bytes: number): void {
    this.#post({ kind: 'drawn', bytes });
  }

  /** The machine's state hash, as soon as the running slice is over. */
  hash(): Promise<Hashed> {
    const id = this.#nextHash++;
    this.#post({ kind: 'hash', id });
    return new Promise((resolve) => this.#hashWaiters.set(id, resolve));
  }

  /** Ends the worker and frees its memory. Nothing is heard of it again. */
  dispose(): void {
    this.#disposed.abort();
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #post(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #fail(trouble: Trouble): void {
    if (this.#disposed.signal.aborted) return;
    this.dispose();
    this.#listener.failed(trouble);
  }

  #heard(message: FromWorker): void {
    switch (message.kind) {
      case 'alive':
        break;
      case 'booted':
        this.#listener.booted(message);
        break;
      case 'output':
        this.#listener.output(message.bytes);
        break;
      case 'status':
        this.#listener.status(message.status, message.speed);
        break;
      case 'ended':
        this.#listener.ended(message.stop);
        break;
      case 'failed':
        this.#fail(new Trouble(message.code, { detail: message.detail }));
        break;
      case 'hashed':
        this.#hashWaiters.get(message.id)?.({ t: message.t, hash: message.hash });
        this.#hashWaiters.delete(message.id);
        break;
    }
  }
}
