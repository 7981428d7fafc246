// One machine in one worker, as the page talks to it. To reset, dispose of the engine and
// make another from the same files: nothing of the old one can be left over.

import type { BootConfig, MachineStatus, Position, RunStop, View, ViewRequest } from 'orrery-wasm';
import EngineWorker from './worker/main.ts?worker&inline';
import type { SceneFile } from '../scene/scene-file.ts';
import { Trouble } from '../trouble.ts';
import type { Calls, Method } from './calls.ts';
import type { Files } from './files.ts';
import type { Booted, Bytes, Call, EventColumns, FromWorker, Kept, Shown, Speed, ToWorker } from './protocol.ts';

/** How long a worker may take to say its first word. */
const ALIVE_WITHIN_MS = 15_000;

const GONE = 'the machine is gone';

/** Why a call could not be answered, in a sentence. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Nothing is wrong: something else was asked for meanwhile. */
  readonly isCalledOff: boolean;

  constructor(message: string, isCalledOff = false) {
    super(message);
    this.isCalledOff = isCalledOff;
  }
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Refused): void;
}

/** What an engine tells its owner. */
export interface EngineListener {
  booted(booted: Booted): void;
  /** Call {@link Engine.drawn} once the bytes are on the screen, or the machine will wait. */
  output(bytes: Bytes): void;
  status(status: MachineStatus, speed: Speed): void;
  /** The machine stands or passes there, and has printed so many bytes by then. */
  position(position: Position, printed: number): void;
  /** What is watched, in the order of `requests`. Call {@link Engine.shown} once it is drawn. */
  views(views: View[], requests: ViewRequest[], shown: Shown): void;
  /** What is beyond `kept` never happened. */
  branched(kept: Kept): void;
  events(columns: EventColumns): void;
  ended(stop: Extract<RunStop, { kind: 'power-off' | 'reset' }>): void;
  failed(trouble: Trouble): void;
}

/** A machine in a worker. The worker starts at once, so that it is there when the files are. */
export class Engine {
  readonly #listener: EngineListener;
  readonly #waiters = new Map<number, Waiter>();
  readonly #disposed = new AbortController();
  #worker: Worker | undefined;
  #nextCall = 0;

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
  boot(files: Files, config: BootConfig, scene?: SceneFile): void {
    this.#post({ kind: 'boot', ...files, config, ...(scene && { scene }) });
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

  /** From now on `views` are wanted, and no others; and news of events, or not. */
  watch(views: ViewRequest[], events: boolean): void {
    this.#post({ kind: 'watch', views, events });
  }

  /** The views last heard of are on the screen, or the next ones will wait. */
  shown(): void {
    this.#post({ kind: 'shown' });
  }

  /**
   * Asks for one of {@link Calls}, done as soon as the running slice is over.
   *
   * @throws Refused if it cannot be done, or if the engine is disposed of before it was.
   */
  call<M extends Method>(method: M, ...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> {
    const id = this.#nextCall++;
    return new Promise((resolve, reject) => {
      if (this.#worker === undefined) return reject(new Refused(GONE, true));
      this.#waiters.set(id, { resolve, reject });
      this.#post({ kind: 'call', id, method, args } as Call);
    });
  }

  /** Ends the worker and frees its memory. Nothing is heard of it again. */
  dispose(): void {
    this.#disposed.abort();
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const waiter of this.#waiters.values()) waiter.reject(new Refused(GONE, true));
    this.#waiters.clear();
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
      case 'position':
        this.#listener.position(message.position, message.printed);
        break;
      case 'views':
        this.#listener.views(message.views, message.requests, message.shown);
        break;
      case 'branched':
        this.#listener.branched(message.kept);
        break;
      case 'events':
        this.#listener.events(message.columns);
        break;
      case 'ended':
        this.#listener.ended(message.stop);
        break;
      case 'failed':
        this.#fail(new Trouble(message.code, { detail: message.detail }));
        break;
      case 'answer':
        this.#waiters.get(message.id)?.resolve(message.value);
        this.#waiters.delete(message.id);
        break;
      case 'refused':
        this.#waiters.get(message.id)?.reject(new Refused(message.message, message.isCalledOff));
        this.#waiters.delete(message.id);
        break;
    }
  }
}
