// How `orrery-machine.js` is built: one classic script that holds everything, so that a
// page can have it from any origin, from a file, and in a sandboxed frame. Runs after the
// page's own build and adds to its folder.

import { defineConfig } from 'vite';
import { BROWSERS, common } from '../../vite.config.ts';
import { ascii } from './ascii.ts';
import { orreryFiles } from './files.ts';

export default defineConfig({
  ...common,
  plugins: [orreryFiles(common.root, 'within'), ascii()],
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
