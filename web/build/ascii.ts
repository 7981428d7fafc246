// Writes a script in ASCII alone: a page that names no encoding is read in one from the
// last century, and its scripts with it.

import type { Plugin } from 'vite';

/** The plugin. Only strings, templates and regular expressions may hold other characters; there an escape means the same. */
export function ascii(): Plugin {
  return {
    name: 'orrery-ascii',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
      }
    },
  };
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
