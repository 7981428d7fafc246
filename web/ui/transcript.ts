// What the guest has printed, as bytes, so that it can be shown as of any moment. Keeps
// the newest part.

const MOST_BYTES = 4_000_000;

/** Keeps console bytes. */
export class Transcript {
  readonly #decoder = new TextDecoder();
  #pieces: Uint8Array[] = [];
  /** Bytes printed before the first piece, and no longer kept. */
  #forgotten = 0;
  #end = 0;

  /** How many bytes were printed. */
  get length(): number {
    return this.#end;
  }

  /** Adds bytes; returns the text they complete. */
  add(bytes: Uint8Array): string {
    this.#pieces.push(bytes);
    this.#end += bytes.length;
    if (this.#end - this.#forgotten > 2 * MOST_BYTES) {
      const kept = this.slice(this.#end - MOST_BYTES, this.#end);
      this.#forgotten = this.#end - MOST_BYTES;
      this.#pieces = [kept];
    }
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** The bytes from the `from`th on up to the `to`th, as far as they are kept. */
  slice(from: number, to: number): Uint8Array<ArrayBuffer> {
    const [start, end] = [Math.max(from, this.#forgotten), Math.min(to, this.#end)];
    const slice = new Uint8Array(Math.max(0, end - start));
    let at = this.#forgotten;
    for (const piece of this.#pieces) {
      const part = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
      if (part.length > 0) slice.set(part, Math.max(0, at - start));
      at += piece.length;
    }
    return slice;
  }

  /** Forgets what was printed after the first `length` bytes. */
  truncate(length: number): void {
    if (length >= this.#end) return;
    this.#pieces = [this.slice(this.#forgotten, length)];
    this.#end = Math.max(length, this.#forgotten);
  }

  /** The newest four million bytes before the `until`th, as text; all of them if there were no more. */
  text(until = this.#end): string {
    return new TextDecoder().decode(this.slice(until - MOST_BYTES, until));
  }
}
