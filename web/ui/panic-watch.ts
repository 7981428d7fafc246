// Finds a kernel panic in what the guest prints. Works on text as it arrives, in pieces
// of any length.

const PANIC = /^(?:\$ )?panic: (.*)$/;
/** A prompt after the panic: the line was printed by some program, the kernel is well. */
const PROMPT = '$ ';
/** A line longer than this is no panic message. */
const LONGEST_LINE = 400;

/** Reads console text and remembers what it says about a panic. */
export class PanicWatch {
  #line = '';
  #message: string | undefined;

  /** Reads on; returns the message of a `panic: …` line, if the guest has said nothing but its consequences since. */
  read(text: string): string | undefined {
    const lines = (this.#line + text).split('\n');
    this.#line = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) {
      if (this.#message !== undefined && line.startsWith(PROMPT)) this.#message = undefined;
      this.#message ??= PANIC.exec(line.replace(/\r$/, ''))?.[1];
    }
    if (this.#line.startsWith(PROMPT)) this.#message = undefined;
    return this.#message;
  }
}
