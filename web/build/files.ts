// Brings the guest's files into the page's build: `target/guest/` holds the kernel and
// the disk image that QEMU boots too; they are served as `guest/kernel` and
// `guest/fs.img`, byte for byte. The page learns their sizes and hashes from the module
// `virtual:orrery-files`, so that a progress bar knows its end and a mixed-up cache is noticed.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const MODULE = 'virtual:orrery-files';
const GUEST_FILES = { kernel: 'guest/kernel', disk: 'guest/fs.img' } as const;
const WASM = 'target/web/orrery_wasm_bg.wasm';

/** The plugin; `root` is the repository's folder. */
export function orreryFiles(root: string): Plugin {
  const source = (served: string) => resolve(root, 'target', served);
  return {
    name: 'orrery-files',
    buildStart() {
      const missing = [...Object.values(GUEST_FILES).map(source), resolve(root, WASM)].find(
        (file) => !existsSync(file),
      );
      if (missing !== undefined) {
        this.error(`${missing} is missing; \`cargo xtask build\` makes it`);
      }
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const described = Object.entries(GUEST_FILES).map(([role, served]) => {
        const bytes = readFileSync(source(served));
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return [role, { path: served, bytes: bytes.length, sha256 }];
      });
      const wasmBytes = statSync(resolve(root, WASM)).size;
      return [
        `export const guest = ${JSON.stringify(Object.fromEntries(described))};`,
        `export const wasmBytes = ${wasmBytes};`,
      ].join('\n');
    },
    generateBundle() {
      for (const served of Object.values(GUEST_FILES)) {
        this.emitFile({ type: 'asset', fileName: served, source: readFileSync(source(served)) });
      }
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = request.url?.split('?')[0]?.replace(/^\//, '');
        const served = Object.values(GUEST_FILES).find((file) => file === path);
        if (served === undefined) return next();
        response.setHeader('Content-Type', 'application/octet-stream');
        response.end(readFileSync(source(served)));
      });
    },
  };
}
