// Runs what it is told to, and says how long it took by the clock on the wall.

import init, { Measurement } from './bench.js';

// The crate `rvemu` asks a page for its keyboard; here there is neither.
globalThis.Window = class {
  static [Symbol.hasInstance]() {
    return true;
  }
};
globalThis.document = { getElementById: () => ({ firstChild: null }) };

const ready = init({ module_or_path: './bench_bg.wasm' });
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

onmessage = async ({ data: { system, program, rounds, paged } }) => {
  try {
    await ready;
    const loaded =
      system === 'boot'
        ? Measurement.boot(await bytes('./guest/kernel'), await bytes('./guest/fs.img'))
        : new Measurement(system, await bytes(`./programs/${program}`), BigInt(rounds), paged);
    const start = performance.now();
    const value = loaded.run();
    const seconds = (performance.now() - start) / 1e3;
    postMessage({ seconds, value: String(value), instructions: Number(loaded.instructions()) });
    loaded.free();
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
