// Brings what a machine is made of into the page's build: the engine, which is the wasm module in
// `target/web/`, and from `target/guest/` the kernel and the disk image that QEMU boots too, the
// symbols of both, and their source text. They are laid out as `guest/kernel` and so on, byte for
// byte, and beside each its compressed form, which is what the page fetches: few servers compress
// such files by themselves. The page learns sizes and hashes from the module
// `virtual:orrery-files`, so that a progress bar knows its end and a mixed-up cache is noticed.
// The script for other people's pages has no files beside it: there the same module holds the
// compressed bytes themselves.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const MODULE = 'virtual:orrery-files';
/** Where they are below `target/`, and below the page. */
const FILES = {
  engine: 'web/orrery_wasm_bg.wasm',
  kernel: 'guest/kernel',
  disk: 'guest/fs.img',
  symbols: 'guest/symbols',
  sources: 'guest/symbols.sources',
} as const;

/** Whether the files lie beside the script or within it. */
export type Form = 'beside' | 'within';

/** The plugin; `root` is the repository's folder. */
export function orreryFiles(root: string, form: Form = 'beside'): Plugin {
  const read = (served: string) => readFileSync(resolve(root, 'target', served));
  const compressed = (served: string) => better(resolve(root, 'target', `${served}.gz`), read(served)) ?? gzipSync(read(served), { level: 9 });
  const contents = (bytes: Buffer) => (form === 'within' ? { base64: bytes.toString('base64') } : {});
  return {
    name: 'orrery-files',
    buildStart() {
      const missing = Object.values(FILES).find((served) => !existsSync(resolve(root, 'target', served)));
      if (missing !== undefined) {
        this.error(`target/${missing} is missing; \`cargo xtask build\` makes it`);
      }
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const described = Object.entries(FILES).map(([role, served]) => {
        const bytes = compressed(served);
        const sha256 = createHash('sha256').update(read(served)).digest('hex');
        return [role, { path: `${served}.gz`, bytes: bytes.length, sha256, ...contents(bytes) }];
      });
      return `export const files = ${JSON.stringify(Object.fromEntries(described))};`;
    },
    generateBundle() {
      if (form === 'within') return;
      for (const served of Object.values(FILES)) {
        this.emitFile({ type: 'asset', fileName: served, source: read(served) });
        this.emitFile({ type: 'asset', fileName: `${served}.gz`, source: compressed(served) });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = request.url?.split('?')[0]?.replace(/^\//, '');
        const served = Object.values(FILES).find((file) => `${file}.gz` === path);
        if (served === undefined) return next();
        response.setHeader('Content-Type', 'application/gzip');
        response.end(compressed(served));
      });
    },
  };
}

/** What `cargo xtask build` has compressed with more patience than we have, if it is of these `bytes`. */
function better(path: string, bytes: Buffer): Buffer | undefined {
  try {
    const compressed = readFileSync(path);
    return gunzipSync(compressed).equals(bytes) ? compressed : undefined;
  } catch {
    return undefined;
  }
}
