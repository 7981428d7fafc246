// What the guest has printed, as text. Keeps the newest part and says so if it had to forget.

const MOST_CHARACTERS = 4_000_000;

/** Decodes console bytes and keeps them. */
export class Transcript {
  readonly #decoder = new TextDecoder();
  #pieces: string[] = [];
  #length = 0;

  /** Adds bytes; returns the text they complete. */
  add(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length > 2 * MOST_CHARACTERS) {
      this.#pieces = [this.text()];
      this.#length = this.#pieces[0]?.length ?? 0;
    }
    return text;
  }

  /** The newest four million characters, all of them if there were no more. */
  text(): string {
    return this.#pieces.join('').slice(-MOST_CHARACTERS);
  }
}
