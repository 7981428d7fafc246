// Brings the guest's files into the page's build: `target/guest/` holds the kernel and
// the disk image that QEMU boots too, the symbols of both, and their source text. They are laid out as
// `guest/kernel` and so on, byte for byte, and beside each its compressed form, which is what the
// page fetches: few servers compress such files by themselves. The page learns sizes and
// hashes from the module `virtual:orrery-files`, so that a progress bar knows its end and
// a mixed-up cache is noticed. The script for other people's pages has no files beside it:
// there the same module holds the compressed bytes themselves.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const MODULE = 'virtual:orrery-files';
const GUEST_FILES = {
  kernel: 'guest/kernel', disk: 'guest/fs.img', symbols: 'guest/symbols', sources: 'guest/symbols.sources',
} as const;
const WASM = 'target/web/orrery_wasm_bg.wasm';

/** Whether the files lie beside the script or within it. */
export type Form = 'beside' | 'within';

/** The plugin; `root` is the repository's folder. */
export function orreryFiles(root: string, form: Form = 'beside'): Plugin {
  const read = (served: string) => readFileSync(resolve(root, 'target', served));
  const compressed = (served: string) => gzipSync(read(served), { level: 9 });
  const contents = (bytes: Buffer) => (form === 'within' ? { base64: bytes.toString('base64') } : {});
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
        const bytes = compressed(served);
        const sha256 = createHash('sha256').update(read(served)).digest('hex');
        return [role, { path: `${served}.gz`, bytes: bytes.length, sha256, ...contents(bytes) }];
      });
      return [
        `export const guest = ${JSON.stringify(Object.fromEntries(described))};`,
        form === 'within'
          ? `export const engine = ${JSON.stringify(engineWithin(root))};`
          : `import url from '/${WASM}?url'; export const engine = { url, bytes: ${statSync(resolve(root, WASM)).size} };`,
      ].join('\n');
    },
    generateBundle() {
      if (form === 'within') return;
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

function engineWithin(root: string) {
  const bytes = gzipSync(readFileSync(resolve(root, WASM)), { level: 9 });
  return { url: 'orrery_wasm_bg.wasm', bytes: bytes.length, base64: bytes.toString('base64') };
}
