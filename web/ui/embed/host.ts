// What the page around a frame can say to the figure in it, as messages. Every message is
// an object with `orrery: 1`; only the parent is heard, and only the rows below are done.
//
//   figure → host  { type: 'ready', api: 1 }, once it is there, and as the answer to 'hello'
//   host → figure  { type: 'hello' }
//                  { type: 'on', events: ['orrery-stop', …] }: these are sent from now on
//                  { id, call: 'seek', args: ['event:syscall.fork#2'] }
//                  { set: { theme: 'dark', lang: 'en' } }
//   figure → host  { id, ok: value } or { id, error: 'a sentence' }
//                  { event: 'orrery-stop', detail: { … } }
//
// reveal.js says `slide:start` and `slide:stop` to the frames of a slide: run, and pause.

import type { OrreryFigure } from './figure.ts';

const API = 1;

/** What may be called, and with what. */
const CALLS: Readonly<Record<string, (figure: OrreryFigure, args: readonly unknown[]) => unknown>> = {
  open: (figure) => figure.open(),
  play: (figure) => figure.play(),
  pause: (figure) => figure.pause(),
  reset: (figure) => figure.reset(),
  step: (figure, [n, unit]) => figure.step(count(n), unit === undefined ? figure.unit : (text(unit) as OrreryFigure['unit'])),
  back: (figure, [n, unit]) => figure.back(count(n), unit === undefined ? figure.unit : (text(unit) as OrreryFigure['unit'])),
  seek: (figure, [at]) => figure.seek(text(at)),
  goTo: (figure, [at]) => figure.goTo(text(at)),
  runUntil: (figure, [condition]) => figure.runUntil(text(condition)),
  reverseUntil: (figure, [condition]) => figure.reverseUntil(text(condition)),
  type: (figure, [typed]) => figure.type(text(typed)),
  transcript: (figure) => figure.transcript(),
  hash: (figure) => figure.hash(),
  t: (figure) => figure.t,
};

/** Attributes a host may set while the figure is there. */
const SETTABLE = ['theme', 'lang', 'unit', 'view', 'controls', 'interactive'];

/** The host of this frame, if it is one. */
export class Host {
  #figure: OrreryFigure | undefined;
  readonly #heard = new Set<string>();

  constructor() {
    if (parent === window) return;
    addEventListener('message', ({ data, source }: MessageEvent<unknown>) => {
      if (source === parent) this.#hear(data);
    });
  }

  /** From now on this is the figure that is talked about. */
  serve(figure: OrreryFigure): void {
    this.#figure = figure;
    for (const name of this.#heard) this.#mirror(name);
    this.#say({ type: 'ready', api: API });
  }

  #hear(message: unknown): void {
    if (message === 'slide:start') this.#figure?.play();
    else if (message === 'slide:stop') this.#figure?.pause();
    else if (isOurs(message)) this.#heed(message);
  }

  #heed(message: Record<string, unknown>): void {
    if (message.type === 'hello') this.#say({ type: 'ready', api: API });
    if (message.type === 'on' && Array.isArray(message.events)) {
      for (const name of message.events) {
        if (typeof name !== 'string' || !name.startsWith('orrery-') || this.#heard.has(name)) continue;
        this.#heard.add(name);
        this.#mirror(name);
      }
    }
    if (typeof message.call === 'string') void this.#call(message.id, message.call, message.args);
    if (typeof message.set === 'object' && message.set !== null) {
      for (const [name, value] of Object.entries(message.set)) {
        if (SETTABLE.includes(name)) this.#figure?.setAttribute(name, String(value));
      }
    }
  }

  async #call(id: unknown, name: string, args: unknown): Promise<void> {
    const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
    try {
      if (this.#figure === undefined || call === undefined) throw new Error(`there is no call ${name}; there are ${Object.keys(CALLS).join(', ')}`);
      this.#say({ id, ok: await call(this.#figure, Array.isArray(args) ? (args as unknown[]) : []) });
    } catch (error) {
      this.#say({ id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  #mirror(name: string): void {
    this.#figure?.addEventListener(name, (event) => this.#say({ event: name, detail: (event as CustomEvent<unknown>).detail }));
  }

  /** Nothing said here is a secret, and a sandboxed parent has no origin to name. */
  #say(message: object): void {
    if (parent !== window) parent.postMessage({ orrery: 1, ...message }, '*');
  }
}

function isOurs(message: unknown): message is Record<string, unknown> {
  return typeof message === 'object' && message !== null && 'orrery' in message && message.orrery === 1;
}

function text(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`${JSON.stringify(value)} is no text`);
  return String(value);
}

function count(value: unknown): number {
  if (value === undefined) return 1;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 10_000) throw new Error(`${JSON.stringify(value)} is no count from 1 to 10000`);
  return value;
}
