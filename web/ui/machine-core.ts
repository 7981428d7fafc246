// The machine behind <orrery-machine>, without its face: fetches what it is made of, boots it in a
// worker, runs and pauses it, hands out what the worker tells. Time stands in `machine-in-time.ts`.

import type { BootConfig, Event as GuestEvent, MachineStatus, Position, View, ViewRequest } from 'orrery-wasm';
import { LitElement } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Hashed } from './engine/calls.ts';
import { Engine } from './engine/engine.ts';
import { fetchFiles, ownGuest, symbolsOf, type Files, type Source } from './engine/files.ts';
import type { Booted, Bytes, EventColumns, Kept, Speed } from './engine/protocol.ts';
import { SymbolFiles } from './engine/symbol-files.ts';
import { Watchers, type Heard } from './engine/watchers.ts';
import { PanicWatch } from './panic-watch.ts';
import type { Phase } from './phase.ts';
import type { SceneFile } from './scene/scene-file.ts';
import { fetchScene } from './scene/scenes.ts';
import { Screen } from './screen.ts';
import { sentence } from './sentence.ts';
import type { FileFacts } from './status.ts';
import type { OrreryTerminal } from './terminal.ts';
import { EventStore } from './timeline/store.ts';
import { asTrouble, Trouble } from './trouble.ts';
import { say } from './words/words.ts';

/** The prompt waits no longer for the kernel's symbols; without them what happens until they come has no names. */
const SYMBOLS_WAIT_MS = 150;

/** After drawing views the page rests so many times as long, for everything else that moves. */
const REST_PER_DRAWING = 2;

/** A machine on the page; its face is a subclass's. */
export abstract class MachineCore extends LitElement {
  /** Address of a kernel; without it the page's own. */
  @property() kernel: string | undefined;
  /** Address of a disk image; without it the page's own. */
  @property() disk: string | undefined;
  /** Address of the kernel's symbols; without it the page's own, if the kernel is. */
  @property() symbols: string | undefined;
  @property({ type: Number }) harts: number | undefined;
  @property({ type: Number }) seed: number | undefined;
  @property() bootargs: string | undefined;
  /** A scene it plays: one that comes with the page, or the address of one. It brings its own configuration. */
  @property() scene: string | undefined;
  /** Which of the scene's variants; without it the first. */
  @property() variant: string | undefined;

  @state() protected phase: Phase = { kind: 'loading', progress: { loaded: 0, total: undefined } };
  @state() protected panic: string | undefined;
  @state() protected diskFindings: string[] = [];
  /** Something that went wrong, and that the machine can do without. */
  @state() protected setback: Trouble | undefined;
  @state() protected status: MachineStatus | undefined;
  @state() protected speed: Speed = { mips: 0, busy: 0 };
  @state() protected fileFacts: { kernel: FileFacts; disk: FileFacts } | undefined;
  /** Why it did not go where it was asked to, in a sentence. */
  @state() protected refusal: string | undefined;
  /** What there is to say about how it came where it stands. */
  @state() protected remark: string | undefined;
  @query('orrery-terminal') protected readonly terminal!: OrreryTerminal;

  protected config: BootConfig = {};
  /** The scene it plays, once that is known. */
  @state() protected staged: Booted['scene'];
  protected engine: Engine | undefined;
  #fetching: AbortController | undefined;
  #files: Files | undefined;
  #symbolFiles: SymbolFiles | undefined;
  #position: Position | undefined;
  #panicWatch = new PanicWatch();
  #sceneFile: SceneFile | undefined;
  readonly #screen = new Screen(() => (this.hasUpdated ? this.terminal : undefined));
  readonly #watchers = new Watchers(() => this.#tellWanted());
  readonly #eventWatchers = new Set<(store: EventStore) => void>();
  readonly #events = new EventStore();

  /** Fetches what the attributes ask for and starts it. What was running before is gone. */
  async boot(): Promise<void> {
    this.#files = undefined;
    this.fileFacts = undefined;
    this.#fetching?.abort();
    const fetching = (this.#fetching = new AbortController());
    const engine = this.#newEngine({ kind: 'loading', progress: { loaded: 0, total: undefined } });
    this.#symbolFiles = new SymbolFiles(symbolsOf(this.kernel, this.symbols), fetching.signal, (trouble) => this.setBack(trouble));
    const { symbols } = this.#symbolFiles;
    try {
      const files = await fetchFiles(
        source(this.kernel, ownGuest.kernel),
        source(this.disk, ownGuest.disk),
        (progress) => {
          if (!fetching.signal.aborted && this.phase.kind === 'loading') this.phase = { kind: 'loading', progress };
        },
        fetching.signal,
      );
      const scene = this.scene === undefined ? undefined : await fetchScene(this.scene, this.variant, fetching.signal);
      // What a scene tells of has names from the first moment on.
      const early = await (scene !== undefined || this.needsSymbols ? symbols : Promise.race([symbols, later(SYMBOLS_WAIT_MS)]));
      if (fetching.signal.aborted || this.engine !== engine) return;
      this.#files = { ...files, ...(early && { symbols: early }) };
      this.#sceneFile = scene;
      this.#start(engine, this.#files);
      if (early === undefined) void symbols.then((bytes) => this.#lateSymbols(engine, bytes));
    } catch (error) {
      if (!fetching.signal.aborted) this.fail(asTrouble(error, 'wasm-missing'));
    }
  }

  /** Whether it is not to start without its symbols. */
  protected get needsSymbols(): boolean {
    return false;
  }

  /** Starts again from the same files, or fetches them if they never came. */
  reset(): void {
    if (this.#files === undefined) {
      void this.boot();
    } else {
      this.#start(this.#newEngine({ kind: 'starting' }), this.#files);
    }
  }

  /** Runs on after a stop; in the past, through what has happened already, and then on. */
  play(): void {
    if (this.phase.kind !== 'paused' && !(this.phase.kind === 'ended' && this.isPast)) return;
    this.phase = { kind: 'running' };
    this.refusal = undefined;
    this.remark = undefined;
    this.engine?.run();
    this.tell('orrery-play');
  }

  /** Stops between two instructions, until `play`. */
  pause(): void {
    if (this.phase.kind !== 'running') return;
    this.phase = { kind: 'paused' };
    this.engine?.pause();
    this.tell('orrery-pause');
  }

  /** Runs if it is paused, pauses if it runs. */
  toggle(): void {
    if (this.phase.kind === 'running') this.pause();
    else this.play();
  }

  /** Whether it gets on by itself. */
  get isRunning(): boolean {
    return this.phase.kind === 'running';
  }

  /** The time: instructions retired by all harts plus the idle cycles let pass. */
  get t(): number {
    return this.position?.t ?? 0;
  }

  /** Where in time it stands, once there is a machine. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether there is more behind the present moment that has happened already. */
  get isPast(): boolean {
    return this.#position !== undefined && this.#position.t < this.#position.end;
  }

  /** One view, now. */
  async view(request: ViewRequest): Promise<View | undefined> {
    const { engine } = this;
    if (engine) await this.#symbolFiles?.seeTo(engine, [request]);
    return engine?.call('view', request);
  }

  /** Looks at a view from now on, at every stop and in between; returns what ends it. */
  watch(request: ViewRequest, heard: Heard): () => void {
    return this.#watchers.watch(request, heard);
  }

  /** Follows what happens from now on, from the first event on; returns what ends it. */
  watchEvents(heard: (store: EventStore) => void): () => void {
    this.#eventWatchers.add(heard);
    heard(this.#events);
    this.#tellWanted();
    return () => {
      this.#eventWatchers.delete(heard);
      this.#tellWanted();
    };
  }

  /** The events with these numbers, `to` not included. */
  async events(from = 0, to = Number.MAX_SAFE_INTEGER): Promise<GuestEvent[]> {
    return (await this.engine?.call('events', from, to)) ?? [];
  }

  /** Types `text` on the guest's console. */
  type(text: string): void {
    this.input(new TextEncoder().encode(text));
  }

  /** What the guest has printed by now. */
  transcript(): string {
    return this.#screen.text;
  }

  /** The machine's state hash, and the `t` it belongs to. */
  async hash(): Promise<Hashed | undefined> {
    return this.engine?.call('hash');
  }

  /** Shows that something went wrong before or while the machine ran; it is gone. */
  fail(trouble: Trouble): void {
    this.#fetching?.abort();
    this.#leaveEngine();
    this.phase = { kind: 'failed', trouble };
    this.#tellTrouble(trouble);
  }

  /** Puts the keyboard into the terminal. */
  override focus(): void {
    this.terminal.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Moved on the page: its worker ended when it left its old place.
    if (this.hasUpdated && this.engine === undefined && this.phase.kind !== 'failed') this.revive();
  }

  /** It is back on a page, its worker gone: starts again. */
  protected revive(): void {
    this.reset();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#fetching?.abort();
    this.#leaveEngine();
  }

  /** Hands bytes to the guest's console. In the past nobody reads them: the reader is told. */
  protected input(bytes: Bytes): void {
    if (this.isPast) this.refusal = say('past.typing');
    else this.engine?.input(bytes);
  }

  /** Tells whoever listens outside. */
  protected tell(name: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #moved(position: Position, printed: number): void {
    this.#position = position;
    this.#screen.moveTo(printed, this.isPast);
    this.requestUpdate();
    this.tell('orrery-time', { t: position.t, n: position.event?.n });
  }

  /** Symbols that came when the machine was on its way already. */
  async #lateSymbols(engine: Engine, symbols: Bytes | undefined): Promise<void> {
    if (symbols === undefined || this.engine !== engine || this.#files === undefined) return;
    this.#files = { ...this.#files, symbols };
    await this.#symbolFiles?.giveSymbols(engine, symbols);
    await this.#symbolFiles?.seeTo(engine, this.#watchers.requests);
  }

  #tellWanted(): void {
    const { requests } = this.#watchers;
    this.engine?.watch(requests, this.#eventWatchers.size > 0);
    if (this.engine) void this.#symbolFiles?.seeTo(this.engine, requests);
  }

  #heardEvents(columns?: EventColumns): void {
    if (columns) this.#events.add(columns);
    else this.#events.clear();
    for (const heard of this.#eventWatchers) heard(this.#events);
  }

  #branched({ printed, events, modes }: Kept): void {
    this.#screen.forgetFuture(printed);
    this.#events.truncate(events, modes);
    for (const heard of this.#eventWatchers) heard(this.#events);
  }

  protected setBack(trouble: Trouble): void {
    this.setback = trouble;
    this.#tellTrouble(trouble);
  }

  #tellTrouble(trouble: Trouble): void {
    this.tell('orrery-error', { code: trouble.code, hint: sentence(trouble) });
  }

  #leaveEngine(): void {
    this.engine?.dispose();
    this.engine = undefined;
    this.leftEngine();
  }

  /** Forgets what only the machine that is gone was about. */
  protected leftEngine(): void {
    this.#position = undefined;
  }

  /** A fresh engine in place of the old one, with an empty screen before it. */
  #newEngine(phase: Phase): Engine {
    this.#leaveEngine();
    this.#screen.clear();
    this.#watchers.clear();
    this.#heardEvents();
    this.#panicWatch = new PanicWatch();
    this.phase = phase;
    this.staged = undefined;
    this.panic = undefined;
    this.refusal = undefined;
    this.remark = undefined;
    this.diskFindings = [];
    this.setback = undefined;
    this.status = undefined;
    this.speed = { mips: 0, busy: 0 };
    const engine: Engine = new Engine({
      booted: (booted) => this.#booted(booted),
      output: (bytes) => this.#printed(engine, bytes),
      status: (status, speed) => {
        this.status = status;
        this.speed = speed;
      },
      position: (position, printed) => this.#moved(position, printed),
      views: (views, requests, shown) => {
        this.#watchers.heard(views, requests, shown);
        afterDrawing((tookMs) => setTimeout(() => engine.shown(), tookMs * REST_PER_DRAWING));
      },
      branched: (kept) => this.#branched(kept),
      events: (columns) => this.#heardEvents(columns),
      ended: (stop) => {
        this.phase = { kind: 'ended', stop };
        this.tell('orrery-stop', { reason: stop.kind, at: this.t, code: stop.kind === 'power-off' ? stop.code : 0 });
      },
      failed: (trouble) => this.fail(trouble),
    });
    this.engine = engine;
    return engine;
  }

  #start(engine: Engine, files: Files): void {
    this.phase = { kind: 'starting' };
    this.config = {
      ...(this.harts !== undefined && { harts: this.harts }),
      ...(this.seed !== undefined && { seed: this.seed }),
      ...(this.bootargs !== undefined && { bootargs: this.bootargs }),
    };
    engine.boot(files, this.config, this.#sceneFile);
  }

  #booted({ kernelSha256, diskSha256, diskFindings, symbolsFinding, config, scene, status, position }: Booted): void {
    const files = this.#files;
    if (files === undefined || this.engine === undefined) return;
    if (this.kernel === undefined && kernelSha256 !== ownGuest.kernel.sha256) return this.fail(new Trouble('kernel-stale'));
    if (this.disk === undefined && diskSha256 !== ownGuest.disk.sha256) return this.fail(new Trouble('disk-stale'));
    this.fileFacts = {
      kernel: { bytes: files.kernel.length, sha256: kernelSha256 },
      disk: { bytes: files.disk.length, sha256: diskSha256 },
    };
    this.diskFindings = diskFindings;
    if (symbolsFinding !== undefined) this.setBack(new Trouble('symbols-bad', { detail: symbolsFinding }));
    else if (files.symbols !== undefined) this.#symbolFiles?.taken(this.engine);
    this.config = config;
    this.staged = scene;
    this.phase = { kind: 'paused' };
    this.status = status;
    this.#moved(position, 0);
    this.#tellWanted();
    this.tell('orrery-ready');
    // A scene begins when its reader is ready.
    if (scene === undefined) this.play();
  }

  #printed(engine: Engine, bytes: Bytes): void {
    const { text, drawn } = this.#screen.print(bytes);
    this.panic = this.#panicWatch.read(text);
    void drawn.then(() => engine.drawn(bytes.length));
    this.tell('orrery-output', { text });
  }
}

function source(url: string | undefined, own: Source): Source {
  return url === undefined ? own : { url };
}

function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

/** Calls `drawn` once the next frame is on the screen, with how long that took. */
function afterDrawing(drawn: (tookMs: number) => void): void {
  const startMs = performance.now();
  requestAnimationFrame(() => setTimeout(() => drawn(performance.now() - startMs)));
}
