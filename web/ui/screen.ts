// What the terminal shows: what the guest printed up to the moment the machine stands at.
// At the present that is what arrives; in the past it is cut out of the transcript.

import type { OrreryTerminal } from './terminal.ts';
import { Transcript } from './transcript.ts';

/** Of a transcript shown anew, this much at the end: as much as can be scrolled through. */
const MOST_SHOWN_BYTES = 200_000;
/** In the past, where the reader moves to and fro, the last few screens will do. */
const MOST_PAST_BYTES = 16_000;

/** One guest's output on one terminal. */
export class Screen {
  readonly #terminal: () => OrreryTerminal | undefined;
  #transcript = new Transcript();
  /** The terminal shows the transcript up to here. */
  #shown = 0;
  #isPast = false;

  constructor(terminal: () => OrreryTerminal | undefined) {
    this.#terminal = terminal;
  }

  /** Bytes shown now, which are those the guest has printed by now. */
  get text(): string {
    return this.#transcript.text(this.#shown);
  }

  /** Another guest begins. */
  clear(): void {
    this.#transcript = new Transcript();
    this.#shown = 0;
    this.#isPast = false;
    this.#terminal()?.clear();
  }

  /** The guest printed `bytes`. Returns the text they complete, and a promise for when they are on the screen. */
  print(bytes: Uint8Array): { text: string; drawn: Promise<void> } {
    const text = this.#transcript.add(bytes);
    const drawn = this.#isPast ? Promise.resolve() : (this.#terminal()?.write(bytes) ?? Promise.resolve());
    if (!this.#isPast) this.#shown = this.#transcript.length;
    return { text, drawn };
  }

  /** The machine stands where `printed` bytes had been printed, with more to come if it `isPast`. */
  moveTo(printed: number, isPast: boolean): void {
    const to = isPast ? Math.min(printed, this.#transcript.length) : this.#transcript.length;
    this.#isPast = isPast;
    if (to === this.#shown) return;
    if (to < this.#shown || to - this.#shown > MOST_PAST_BYTES) {
      this.#terminal()?.clear();
      this.#terminal()?.retell(wholeLines(this.#transcript, to - (isPast ? MOST_PAST_BYTES : MOST_SHOWN_BYTES), to));
    } else {
      this.#terminal()?.retell(this.#transcript.slice(this.#shown, to));
    }
    this.#shown = to;
  }

  /** What was printed after the first `printed` bytes never was. */
  forgetFuture(printed: number): void {
    this.moveTo(printed, true);
    this.#transcript.truncate(printed);
    this.#isPast = false;
  }
}

/** From `from` to `to`, but beginning with a line rather than in the middle of one. */
function wholeLines(transcript: Transcript, from: number, to: number): Uint8Array {
  const bytes = transcript.slice(Math.max(0, from), to);
  return from <= 0 ? bytes : bytes.subarray(bytes.indexOf(0x0a) + 1);
}
