// What a kernel's debug information says, digested, in two files: the symbols, fetched at once and
// not waited for, and the text of the source files, fetched when somebody first looks at lines.

import type { ViewRequest } from 'orrery-wasm';
import { asTrouble, type Trouble } from '../trouble.ts';
import { Refused, type Engine } from './engine.ts';
import { fetchBeside, type Source } from './files.ts';
import type { Bytes } from './protocol.ts';

type Which = 'symbols' | 'sources';

/** Both files of one kernel, for whatever engine runs it at the moment. */
export class SymbolFiles {
  /** The symbols, or nothing if there are none, or if they could not be had. */
  readonly symbols: Promise<Bytes | undefined>;
  readonly #fetched: (which: Which) => Promise<Bytes | undefined>;
  readonly #failed: (trouble: Trouble) => void;
  #sources: Promise<Bytes | undefined> | undefined;
  /** Who took the symbols, and, once it was given the source text too, when that is done. */
  readonly #engines = new WeakMap<Engine, Promise<void> | undefined>();

  /** Begins to fetch the symbols; what goes wrong with either file is told to `failed`. */
  constructor(places: Record<Which, Source> | undefined, signal: AbortSignal, failed: (trouble: Trouble) => void) {
    this.#failed = failed;
    this.#fetched = async (which) => {
      try {
        return places && (await fetchBeside(places[which], `${which}-missing`, signal));
      } catch (error) {
        if (!signal.aborted) failed(asTrouble(error, `${which}-missing`));
        return undefined;
      }
    };
    this.symbols = this.#fetched('symbols');
  }

  /** Whoever booted with the symbols, and took them, says so. */
  taken(engine: Engine): void {
    this.#engines.set(engine, undefined);
  }

  /** Gives the symbols to an engine that started without them. */
  async giveSymbols(engine: Engine, symbols: Bytes): Promise<void> {
    if (await this.#give(engine, 'symbols', symbols)) this.taken(engine);
  }

  /** Gives `engine` the source text if one of `requests` is about it; resolves when it has all that it will have. */
  async seeTo(engine: Engine, requests: readonly ViewRequest[]): Promise<void> {
    if (!this.#engines.has(engine) || !requests.some(({ kind }) => kind === 'source')) return;
    const given = this.#engines.get(engine) ?? this.#giveSources(engine);
    this.#engines.set(engine, given);
    await given;
  }

  async #giveSources(engine: Engine): Promise<void> {
    this.#sources ??= this.#fetched('sources');
    const sources = await this.#sources;
    if (sources !== undefined) await this.#give(engine, 'sources', sources);
    // Whoever starts the machine anew may have more luck.
    else this.#sources = undefined;
  }

  /** Whether `engine` took them. */
  async #give(engine: Engine, which: Which, bytes: Bytes): Promise<boolean> {
    try {
      await engine.call(which, bytes);
      return true;
    } catch (error) {
      const isGone = error instanceof Refused && error.isCalledOff;
      if (!isGone) this.#failed(asTrouble(error, `${which}-bad`));
      return false;
    }
  }
}
