// What a first visit fetches, in bytes as they travel: whoever opens the page on a slow line waits for them.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { open, timed as test } from './browser.mjs';
import { browser, site } from './stage.mjs';

/** Compressed, of all files together, symbols included. The budget is 620: it falls with what is reached, and never rises. */
const MOST_KB = 770;

test('a first visit to the prompt is small, and fetches nothing twice', async (t) => {
  const guest = await open(browser, 'about:blank');
  const fetched = [];
  // The worker comes out of the page's own script.
  guest.page.on('response', (response) => response.url().startsWith('http') && fetched.push(response));
  await guest.page.goto(site.url, { waitUntil: 'networkidle' });
  await guest.prompt();
  const sizes = await Promise.all(fetched.map(async (response) => {
    const body = await response.body();
    const path = new URL(response.url()).pathname.replace('/courses/os/', '').replace(/-[\w-]{8}\./, '.') || 'index.html';
    // Servers compress the rest by themselves.
    return { path, bytes: path.endsWith('.gz') ? body.length : gzipSync(body, { level: 9 }).length };
  }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of sizes) t.diagnostic(`${(bytes / 1000).toFixed(1).padStart(6)} kB  ${path}`);
  t.diagnostic(`${(total / 1000).toFixed(1).padStart(6)} kB  all together`);
  const paths = sizes.map(({ path }) => path);
  assert.deepEqual([...new Set(paths)], paths);
  for (const wanted of ['index.html', 'guest/kernel.gz', 'guest/fs.img.gz', 'guest/symbols.gz', 'web/orrery_wasm_bg.wasm.gz']) assert.ok(paths.includes(wanted), wanted);
  assert.ok(total <= MOST_KB * 1000, `${total} bytes`);
  await guest.close();
});

test('source text is fetched by who looks at lines, once', async () => {
  const guest = await open(browser, 'about:blank');
  const fetched = [];
  guest.page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  const times = () => fetched.filter((path) => path.endsWith('/symbols.sources.gz')).length;
  await guest.page.goto(site.url);
  await guest.prompt();
  await guest.machine.evaluate((machine) => machine.pause());
  assert.equal((await guest.machine.evaluate((machine) => machine.view({ kind: 'harts' }))).kind, 'harts');
  assert.equal(times(), 0);
  await guest.machine.evaluate((machine) => (machine.contents = 'console source'));
  const next = guest.page.locator('orrery-source-panel .lines .next');
  await next.waitFor();
  // The text came after the view: the line is looked for all the same.
  const [line, box] = [await next.boundingBox(), await guest.page.locator('orrery-source-panel .lines').boundingBox()];
  assert.ok(line.y >= box.y && line.y + line.height <= box.y + box.height, 'the line about to run is in sight');
  await guest.machine.evaluate((machine) => machine.reset());
  await guest.prompt();
  await next.waitFor();
  assert.equal(times(), 1);
  const { lines } = await guest.machine.evaluate((machine) => machine.view({ kind: 'source', hart: 0 }));
  assert.ok(lines.length > 10);
  await guest.close();
});
