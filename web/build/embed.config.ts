// How `orrery-machine.js` is built: one classic script that holds everything, so that a
// page can have it from any origin, from a file, and in a sandboxed frame. Runs after the
// page's own build and adds to its folder.

import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { BROWSERS, common } from '../../vite.config.ts';
import { ascii } from './ascii.ts';
import { orreryFiles } from './files.ts';

export default defineConfig({
  ...common,
  plugins: [orreryFiles(common.root, 'within'), ascii(), frame()],
  // A library build leaves this to whoever bundles it further; nobody will.
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: BROWSERS,
    lib: {
      entry: `${common.root}web/ui/embed/main.ts`,
      formats: ['iife'],
      name: 'orrery',
      fileName: () => 'orrery-machine.js',
    },
  },
});

/** Lays out `embed.html`, the page that is a figure and nothing else. */
function frame(): Plugin {
  return {
    name: 'orrery-frame',
    generateBundle() {
      const source = readFileSync(`${common.root}web/ui/embed/embed.html`);
      this.emitFile({ type: 'asset', fileName: 'embed.html', source });
    },
  };
}
