// Figures in other people's pages: wherever the one script comes from, and whatever the
// page around it forbids.

import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before } from 'node:test';
import { launch, timed as test } from './browser.mjs';
import { Figure, host, pastedLines } from './figures.mjs';
import { distPath, serve } from './site.mjs';

let browser;
let site;
let lines;
before(async () => {
  [browser, site, lines] = await Promise.all([launch(), serve(), pastedLines()]);
});
after(async () => {
  await browser.close();
  await site.close();
});

/** The README's lines, with the script at the site rather than beside them. */
const fromTheSite = () => lines.replace('"orrery-machine.js"', `"${site.url}orrery-machine.js"`);
const attribute = (html) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** Opens `url` for the test `t`; nothing may be thrown, and nothing but the page and the script be fetched. */
async function visit(t, url) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, locale: 'en-GB' });
  t.after(() => context.close());
  const page = await context.newPage();
  const faults = [];
  const fetched = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto(url);
  return { page, faults, fetched };
}

/** The address of `html` on an origin of its own, for as long as the test `t` lasts. */
async function elsewhere(t, html, headers) {
  const other = await host(html, headers);
  t.after(() => other.close());
  return other.url;
}

/** What every host must give: a poster, a prompt, an answer to a command. */
async function assertWorks(visitor, place = visitor.page) {
  const figure = new Figure(place);
  await figure.startButton.click();
  await figure.prompt();
  assert.equal(await figure.command('echo from afar'), 'from afar\n');
  assert.deepEqual(visitor.faults, []);
  const others = visitor.fetched.filter((url) => !/^(blob|data|about):|\/(orrery-machine\.js|favicon\.ico|[^/]*\.html)?$/.test(url));
  assert.deepEqual(others, [], 'the script alone is fetched');
}

test('on the site itself', async (t) => {
  const own = await serve({ instead: { 'notes.html': lines } });
  t.after(() => own.close());
  await assertWorks(await visit(t, `${own.url}notes.html`));
});

test('on another origin', async (t) => {
  await assertWorks(await visit(t, await elsewhere(t, fromTheSite())));
});

test('opened from a file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'orrery-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'empty.html');
  await Promise.all([writeFile(file, lines), copyFile(distPath('orrery-machine.js'), join(folder, 'orrery-machine.js'))]);
  await assertWorks(await visit(t, pathToFileURL(file).href));
});

test('in a sandboxed frame', async (t) => {
  const frame = `<!doctype html><iframe sandbox="allow-scripts" width="900" height="600" srcdoc="${attribute(fromTheSite())}"></iframe>`;
  const visitor = await visit(t, await elsewhere(t, frame));
  await assertWorks(visitor, visitor.page.frameLocator('iframe'));
});

const POLICIES = [
  ['workers', "worker-src 'self'; script-src * 'wasm-unsafe-eval'", 'worker-src'],
  ['WebAssembly', 'worker-src blob:; script-src *', 'script-src'],
];
for (const [what, policy, directive] of POLICIES) {
  test(`under a policy that forbids ${what}, it says what to add`, async (t) => {
    const { page, faults } = await visit(t, await elsewhere(t, fromTheSite(), { 'Content-Security-Policy': policy }));
    await page.evaluate(() => addEventListener('orrery-error', (event) => (window.told = event.detail)));
    const figure = new Figure(page);
    await figure.startButton.click();
    await figure.notice.waitFor();
    assert.match(await figure.notice.innerText(), /should add: worker-src blob:; script-src 'wasm-unsafe-eval'/);
    assert.match(await figure.notice.innerText(), new RegExp(directive));
    assert.equal((await page.evaluate(() => window.told)).code, 'csp');
    assert.deepEqual(faults, []);
  });
}

test('under the policy it asks for', async (t) => {
  const { origin } = new URL(site.url);
  const policy = `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'`;
  await assertWorks(await visit(t, await elsewhere(t, fromTheSite(), { 'Content-Security-Policy': policy })));
});
