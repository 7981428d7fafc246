// How the page is built: static files that work from any server under any path.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { orreryFiles } from './web/build/files.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root,
  base: './',
  plugins: [orreryFiles(root)],
  resolve: { alias: { 'orrery-wasm': `${root}target/web/orrery_wasm.js` } },
  // A classic script inlined as a Blob is the one form of worker that starts everywhere:
  // same origin, another origin, file:// and a sandboxed frame.
  worker: { format: 'iife' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The first versions with CSS `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
  },
});
