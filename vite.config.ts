// How the page is built: static files that work from any server under any path.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { orreryFiles } from './web/build/files.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The first versions with CSS `light-dark()`. */
export const BROWSERS = ['chrome123', 'firefox120', 'safari17.5'];

/** What every build of the page's code has. */
export const common = {
  root,
  resolve: { alias: { 'orrery-wasm': `${root}target/web/orrery_wasm.js` } },
  // A classic script inlined as a Blob is the one form of worker that starts everywhere:
  // same origin, another origin, file:// and a sandboxed frame.
  worker: { format: 'iife' },
} as const;

export default defineConfig({
  ...common,
  base: './',
  plugins: [orreryFiles(root)],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: BROWSERS,
    assetsInlineLimit: 0,
  },
});
