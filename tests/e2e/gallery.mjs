// The gallery of panels, built and opened. It has no machine and needs no server: whatever
// the page asks for is answered from the folder it was built into.

import { join, resolve } from 'node:path';
import { build } from 'vite';
import { root } from './site.mjs';

const folder = resolve(root, 'target/gallery');
const page = 'web/ui/panels/gallery/index.html';
// Never asked; but a secure context, as a page has on its own site.
const host = 'http://localhost/gallery/';

/** Builds the gallery; once is enough for all tests of a file. */
export async function buildGallery() {
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    base: './',
    build: { outDir: folder, emptyOutDir: true, target: 'chrome123', rollupOptions: { input: join(root, page) } },
  });
}

/** Opens the gallery at `hash` in a context of its own; `options` are Playwright's. */
export async function openGallery(browser, hash, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: 'en-GB', ...options });
  await context.route(`${host}**`, (route) => route.fulfill({ path: join(folder, new URL(route.request().url()).pathname.replace('/gallery/', '')) }));
  const gallery = await context.newPage();
  const faults = [];
  gallery.on('pageerror', (error) => faults.push(String(error)));
  await gallery.goto(`${host}${page}#${hash}`);
  await gallery.locator('orrery-gallery main > *').first().waitFor();
  return {
    page: gallery,
    faults,
    panel: (type) => gallery.locator(`orrery-${type}-panel`),
    close: () => context.close(),
  };
}
