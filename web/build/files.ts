// Brings the guest's files into the page's build: `target/guest/` holds the kernel and
// the disk image that QEMU boots too. They are laid out as `guest/kernel` and
// `guest/fs.img`, byte for byte, and beside each its compressed form, which is what the
// page fetches: few servers compress such files by themselves. The page learns sizes and
// hashes from the module `virtual:orrery-files`, so that a progress bar knows its end and
// a mixed-up cache is noticed.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const MODULE = 'virtual:orrery-files';
const GUEST_FILES = { kernel: 'guest/kernel', disk: 'guest/fs.img' } as const;
const WASM = 'target/web/orrery_wasm_bg.wasm';

/** The plugin; `root` is the repository's folder. */
export function orreryFiles(root: string): Plugin {
  const read = (served: string) => readFileSync(resolve(root, 'target', served));
  const compressed = (served: string) => gzipSync(read(served), { level: 9 });
  return {
    name: 'orrery-files',
    buildStart() {
      const wanted = [...Object.values(GUEST_FILES).map((served) => `target/${served}`), WASM];
      const missing = wanted.find((file) => !existsSync(resolve(root, file)));
      if (missing !== undefined) {
        this.error(`${missing} is missing; \`cargo xtask build\` makes it`);
      }
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const described = Object.entries(GUEST_FILES).map(([role, served]) => {
        const sha256 = createHash('sha256').update(read(served)).digest('hex');
        return [role, { path: `${served}.gz`, bytes: compressed(served).length, sha256 }];
      });
      const wasmBytes = statSync(resolve(root, WASM)).size;
      return [
        `export const guest = ${JSON.stringify(Object.fromEntries(described))};`,
        `export const wasmBytes = ${wasmBytes};`,
      ].join('\n');
    },
    generateBundle() {
      for (const served of Object.values(GUEST_FILES)) {
        this.emitFile({ type: 'asset', fileName: served, source: read(served) });
        this.emitFile({ type: 'asset', fileName: `${served}.gz`, source: compressed(served) });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = request.url?.split('?')[0]?.replace(/^\//, '');
        const served = Object.values(GUEST_FILES).find((file) => `${file}.gz` === path);
        if (served === undefined) return next();
        response.setHeader('Content-Type', 'application/gzip');
        response.end(compressed(served));
      });
    },
  };
}
