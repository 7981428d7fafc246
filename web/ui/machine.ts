// <orrery-machine>: a machine with its toolbar, terminal and status line. Fetches what it
// is made of, boots it in a worker, and tells in words whatever happens to it.
//
// Attributes: `kernel`, `disk` (addresses), `harts`, `seed`, `bootargs`; call `boot()`.
// Slots: `brand` before the toolbar, `preferences` after it. Events bubble:
// `orrery-ready`, `orrery-play`, `orrery-pause`, `orrery-stop`, `orrery-output`, `orrery-error`.

import type { BootConfig, MachineStatus, RunStop } from 'orrery-wasm';
import { css, html, LitElement, nothing } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { Engine } from './engine/engine.ts';
import { fetchFiles, ownGuest, type Files, type Progress, type Source } from './engine/files.ts';
import type { Booted, Bytes, Hashed, Speed } from './engine/protocol.ts';
import { PanicWatch } from './panic-watch.ts';
import './notice.ts';
import './progress.ts';
import './status.ts';
import type { FileFacts, StateWord } from './status.ts';
import { palette } from './style.ts';
import './terminal.ts';
import type { OrreryTerminal, TypedEvent } from './terminal.ts';
import './toolbar.ts';
import { Transcript } from './transcript.ts';
import { asTrouble, Trouble } from './trouble.ts';
import { say, Speaker } from './words/words.ts';

/** How far the machine has come. */
type Phase =
  | { kind: 'loading'; progress: Progress }
  | { kind: 'starting' }
  | { kind: 'running' }
  | { kind: 'paused' }
  | { kind: 'ended'; stop: Extract<RunStop, { kind: 'power-off' | 'reset' }> }
  | { kind: 'failed'; trouble: Trouble };

/** The page defines it as `<orrery-machine>`; in other people's pages a figure extends it. */
export class OrreryMachine extends LitElement {
  /** Address of a kernel; without it the page's own. */
  @property() kernel: string | undefined;
  /** Address of a disk image; without it the page's own. */
  @property() disk: string | undefined;
  @property({ type: Number }) harts: number | undefined;
  @property({ type: Number }) seed: number | undefined;
  @property() bootargs: string | undefined;

  @state() private phase: Phase = { kind: 'loading', progress: { loaded: 0, total: undefined } };
  @state() private panic: string | undefined;
  @state() private panicIsRead = false;
  @state() private diskFindings: string[] = [];
  @state() private status: MachineStatus | undefined;
  @state() private speed: Speed = { mips: 0, busy: 0 };
  @state() private fileFacts: { kernel: FileFacts; disk: FileFacts } | undefined;
  @query('orrery-terminal') private readonly terminal!: OrreryTerminal;

  #engine: Engine | undefined;
  #fetching: AbortController | undefined;
  #files: Files | undefined;
  #config: BootConfig = {};
  #transcript = new Transcript();
  #panicWatch = new PanicWatch();

  static override styles = [
    palette,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 10px;
        min-width: 0;
        font-family: var(--orrery-font);
        font-size: 14px;
        line-height: 1.45;
        color: var(--orrery-ink);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 18px;
      }
      @media (max-width: 560px) {
        orrery-toolbar {
          order: 1;
          flex-basis: 100%;
        }
      }
      slot[name='preferences'] {
        display: block;
        margin-inline-start: auto;
      }
      .news:empty {
        display: none;
      }
      .stage {
        flex: 1;
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-height: 0;
        min-width: 0;
      }
      .stage > * {
        grid-area: 1 / 1;
        min-width: 0;
      }
      orrery-progress {
        place-self: center;
        z-index: 1;
      }
    `,
  ];

  constructor() {
    super();
    new Speaker(this);
  }

  /** Fetches what the attributes ask for and starts it. What was running before is gone. */
  async boot(): Promise<void> {
    this.#files = undefined;
    this.fileFacts = undefined;
    this.#fetching?.abort();
    const fetching = (this.#fetching = new AbortController());
    const engine = this.#newEngine({ kind: 'loading', progress: { loaded: 0, total: undefined } });
    try {
      const files = await fetchFiles(
        source(this.kernel, ownGuest.kernel),
        source(this.disk, ownGuest.disk),
        (progress) => {
          if (!fetching.signal.aborted && this.phase.kind === 'loading') this.phase = { kind: 'loading', progress };
        },
        fetching.signal,
      );
      if (fetching.signal.aborted || this.#engine !== engine) return;
      this.#files = files;
      this.#start(engine, files);
    } catch (error) {
      if (!fetching.signal.aborted) this.fail(asTrouble(error, 'wasm-missing'));
    }
  }

  /** Starts again from the same files, or fetches them if they never came. */
  reset(): void {
    if (this.#files === undefined) {
      void this.boot();
    } else {
      this.#start(this.#newEngine({ kind: 'starting' }), this.#files);
    }
  }

  /** Runs on after a pause. */
  play(): void {
    if (this.phase.kind !== 'paused') return;
    this.phase = { kind: 'running' };
    this.#engine?.run();
    this.#tell('orrery-play');
  }

  /** Stops between two instructions, until `play`. */
  pause(): void {
    if (this.phase.kind !== 'running') return;
    this.phase = { kind: 'paused' };
    this.#engine?.pause();
    this.#tell('orrery-pause');
  }

  /** Whether it gets on by itself. */
  get isRunning(): boolean {
    return this.phase.kind === 'running';
  }

  /** Runs if it is paused, pauses if it runs. */
  toggle(): void {
    if (this.phase.kind === 'paused') this.play();
    else this.pause();
  }

  /** Types `text` on the guest's console. */
  type(text: string): void {
    this.#engine?.input(new TextEncoder().encode(text));
  }

  /** What the guest has printed since it was started. */
  transcript(): string {
    return this.#transcript.text();
  }

  /** The machine's state hash, and the `t` it belongs to. */
  async hash(): Promise<Hashed | undefined> {
    return this.#engine?.hash();
  }

  /** Shows that something went wrong before or while the machine ran; it is gone. */
  fail(trouble: Trouble): void {
    this.#fetching?.abort();
    this.#engine?.dispose();
    this.#engine = undefined;
    this.phase = { kind: 'failed', trouble };
    this.#tell('orrery-error', { code: trouble.code, hint: sentence(trouble) });
  }

  /** Puts the keyboard into the terminal. */
  override focus(): void {
    this.terminal.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Moved on the page: its worker ended when it left its old place.
    if (this.hasUpdated && this.#engine === undefined && this.phase.kind !== 'failed') this.revive();
  }

  /** It is back on a page, its worker gone: starts again. */
  protected revive(): void {
    this.reset();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#fetching?.abort();
    this.#engine?.dispose();
    this.#engine = undefined;
  }

  override render() {
    const { phase } = this;
    const isRunning = phase.kind === 'running';
    return html`
      <header>
        <slot name="brand"></slot>
        <orrery-toolbar ?running=${isRunning} ?runnable=${isRunning || phase.kind === 'paused'}
          @run=${() => this.play()} @pause=${() => this.pause()} @reset=${() => this.reset()}></orrery-toolbar>
        <slot name="preferences"></slot>
      </header>
      <div class="news">${this.#notice()}</div>
      <div class="stage">
        <orrery-terminal @typed=${(event: TypedEvent) => this.#engine?.input(event.bytes)}></orrery-terminal>
        ${phase.kind === 'loading' || phase.kind === 'starting'
          ? html`<orrery-progress .progress=${phase.kind === 'loading' ? phase.progress : undefined}></orrery-progress>`
          : nothing}
      </div>
      <orrery-status .word=${this.#stateWord()} .machine=${this.status} .speed=${this.speed}
        .files=${this.fileFacts} .config=${this.#config}></orrery-status>
    `;
  }

  #notice() {
    const { phase, panic } = this;
    const again = () => this.reset();
    if (phase.kind === 'failed') {
      return html`<orrery-notice bad .text=${sentence(phase.trouble)} @reset=${again}></orrery-notice>`;
    }
    if (phase.kind === 'ended') {
      const text = phase.stop.kind === 'power-off' ? say('notice.off', { code: String(phase.stop.code) }) : say('notice.reset');
      return html`<orrery-notice .text=${text} @reset=${again}></orrery-notice>`;
    }
    if (panic !== undefined && !this.panicIsRead) {
      return html`<orrery-notice bad closable .text=${say('notice.panicked', { message: panic })}
        @reset=${again} @close=${() => (this.panicIsRead = true)}></orrery-notice>`;
    }
    const [finding, ...more] = this.diskFindings;
    if (finding !== undefined) {
      const text = more.length > 0
        ? say('notice.disk-damaged.more', { finding, more: String(more.length) })
        : say('notice.disk-damaged', { finding });
      return html`<orrery-notice bad closable .text=${text} @reset=${again} @close=${() => (this.diskFindings = [])}></orrery-notice>`;
    }
    return nothing;
  }

  #stateWord(): StateWord {
    switch (this.phase.kind) {
      case 'loading':
      case 'starting':
      case 'paused':
        return `state.${this.phase.kind}`;
      case 'running':
        if (this.panic !== undefined) return 'state.panicked';
        return this.status?.stop.kind === 'idle' ? 'state.idle' : 'state.running';
      case 'ended':
        return this.phase.stop.kind === 'power-off' ? 'state.off' : 'state.reset';
      case 'failed':
        return this.phase.trouble.code === 'machine-crashed' ? 'state.crashed' : 'state.failed';
    }
  }

  /** A fresh engine in place of the old one, with an empty screen before it. */
  #newEngine(phase: Phase): Engine {
    this.#engine?.dispose();
    this.#transcript = new Transcript();
    this.#panicWatch = new PanicWatch();
    this.phase = phase;
    this.panic = undefined;
    this.panicIsRead = false;
    this.diskFindings = [];
    this.status = undefined;
    this.speed = { mips: 0, busy: 0 };
    if (this.hasUpdated) this.terminal.clear();
    const engine: Engine = new Engine({
      booted: (booted) => this.#booted(booted),
      output: (bytes) => this.#printed(engine, bytes),
      status: (status, speed) => {
        this.status = status;
        this.speed = speed;
      },
      ended: (stop) => {
        this.phase = { kind: 'ended', stop };
        this.#tell('orrery-stop', { reason: stop.kind, code: stop.kind === 'power-off' ? stop.code : 0 });
      },
      failed: (trouble) => this.fail(trouble),
    });
    this.#engine = engine;
    return engine;
  }

  #start(engine: Engine, files: Files): void {
    this.phase = { kind: 'starting' };
    this.#config = {
      ...(this.harts !== undefined && { harts: this.harts }),
      ...(this.seed !== undefined && { seed: this.seed }),
      ...(this.bootargs !== undefined && { bootargs: this.bootargs }),
    };
    engine.boot(files, this.#config);
  }

  #booted({ kernelSha256, diskSha256, diskFindings }: Booted): void {
    const files = this.#files;
    if (files === undefined) return;
    if (this.kernel === undefined && kernelSha256 !== ownGuest.kernel.sha256) return this.fail(new Trouble('kernel-stale'));
    if (this.disk === undefined && diskSha256 !== ownGuest.disk.sha256) return this.fail(new Trouble('disk-stale'));
    this.fileFacts = {
      kernel: { bytes: files.kernel.length, sha256: kernelSha256 },
      disk: { bytes: files.disk.length, sha256: diskSha256 },
    };
    this.diskFindings = diskFindings;
    this.phase = { kind: 'running' };
    this.#engine?.run();
    this.#tell('orrery-ready');
    this.#tell('orrery-play');
  }

  #printed(engine: Engine, bytes: Bytes): void {
    const text = this.#transcript.add(bytes);
    this.panic = this.#panicWatch.read(text);
    void this.terminal.write(bytes).then(() => engine.drawn(bytes.length));
    this.#tell('orrery-output', { text });
  }

  #tell(name: string, detail: Readonly<Record<string, string | number>> = {}): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

function source(url: string | undefined, own: Source): Source {
  return url === undefined ? own : { url };
}

function sentence({ code, details }: Trouble): string {
  return say(`trouble.${code}`, details);
}
