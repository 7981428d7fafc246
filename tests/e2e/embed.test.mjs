// Figures in other people's pages: wherever the one script comes from, and whatever the
// page around it forbids.

import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before } from 'node:test';
import { launch, timed as test } from './browser.mjs';
import { Figure, host, pastedLines, sceneLines } from './figures.mjs';
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

/** What every host must give: a poster, a prompt, an answer to a command, a step back and forth. */
async function assertWorks(visitor, place = visitor.page) {
  const figure = new Figure(place);
  await figure.startButton.click();
  await figure.prompt();
  assert.equal(await figure.command('echo from afar'), 'from afar\n');
  const [before, after, again] = await figure.machine.evaluate(async (machine) => {
    const hash = async () => (await machine.hash()).hash;
    const { moved } = await machine.back(2);
    if (!moved) throw new Error('it stays where it is');
    const first = await hash();
    await machine.step();
    const second = await hash();
    await machine.back();
    return [first, second, await hash()];
  });
  assert.equal(before, again, 'a step forward and back leads nowhere');
  assert.notEqual(before, after);
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

test('a scene in prose, as in the README', async (t) => {
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js" defer></script>${await sceneLines()}`);
  const began = Date.now();
  const { page, faults } = await visit(t, url);
  const figure = new Figure(page);
  await page.evaluate(() => addEventListener('orrery-scene', ({ detail }) => (window.stop = detail)));
  await figure.startButton.click();
  await page.waitForFunction(() => window.stop?.step === 0);
  t.diagnostic(`from opening the page to the scene's first stop: ${Date.now() - began} ms`);
  const [hash, panel] = [() => figure.machine.evaluate(async (machine) => (await machine.hash()).hash), page.locator('orrery-panel section')];
  const first = await hash();
  await page.locator('orrery-goto button').click();
  await page.locator('orrery-goto button[aria-current=step]').waitFor();
  assert.equal((await page.evaluate(() => window.stop)).mark, 'child-writes');
  assert.match(await panel.innerText(), /pid 4/, 'the parent shares with the child');
  await figure.machine.locator('orrery-scene-card .next').click();
  await page.waitForFunction(() => window.stop.step === 5);
  for (let step = 4; step >= 0; step--) {
    await figure.machine.locator('orrery-scene-card .prev').click();
    await page.waitForFunction((step) => window.stop.step === step, step);
  }
  assert.equal(await hash(), first, 'back at the first stop');
  assert.deepEqual(faults, []);
});

test('after a reset a figure comes to the same place again', async (t) => {
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js" defer></script><orrery-machine harts="1" input="echo again\\n" until="print:/^again/">…</orrery-machine>`);
  const { page } = await visit(t, url);
  const { machine } = new Figure(page);
  const stand = () => machine.evaluate(async (figure) => { await figure.open(); return [figure.t, (await figure.hash()).hash]; });
  const first = await stand();
  await machine.evaluate((figure) => figure.reset());
  await machine.evaluate(async (figure) => { while (figure.isRunning || !/again\r?\nagain/.test(figure.transcript())) await new Promise((later) => setTimeout(later, 20)); });
  assert.deepEqual(await stand(), first);
});

const BAD_ATTRIBUTES = [
  ['run="sometimes"', /“sometimes” will not do for the attribute “run”\. Known are: click, visible, load, never/],
  ['scene="frok"', /“frok” will not do for the attribute “scene”\. Known are: fork, lazy/],
  ['unit="mile"', /“mile” will not do for the attribute “unit”\. Known are: event, syscall/],
  ['controls="back spin"', /“spin” will not do for the attribute “controls”/],
  ['harts="9"', /“9” will not do for “harts”\. Give a whole number from 1 to 8/],
  ['flags="cow fast"', /“fast” will not do for the attribute “flags”\. Known are: cow/],
  ['lang="tlh"', /“tlh” will not do for the attribute “lang”/],
  ['height="tall"', /“tall” will not do for “height”/],
];
test('an attribute that cannot be read is told in the figure', async (t) => {
  const figures = BAD_ATTRIBUTES.map(([attribute]) => `<orrery-machine ${attribute}>The text stays.</orrery-machine>`);
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js"></script><script>told = []; addEventListener('orrery-error', (event) => told.push(event.detail))</script>${figures.join('')}`);
  const { page, faults } = await visit(t, url);
  for (const [n, [attribute, sentence]] of BAD_ATTRIBUTES.entries()) {
    const figure = page.locator('orrery-machine').nth(n);
    assert.match(await figure.getByRole('alert').innerText(), sentence, attribute);
    assert.equal(await figure.locator('button.start').count(), 0);
  }
  assert.equal((await page.evaluate(() => window.told)).length, BAD_ATTRIBUTES.length);
  assert.deepEqual(faults, []);
});

test('an unknown panel, figure or condition is told where it stands', async (t) => {
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js"></script>
    <orrery-machine id="m" until="syscal:fork">…</orrery-machine>
    <orrery-panel for="m" type="page-tabel">…</orrery-panel>
    <orrery-panel for="x">…</orrery-panel>
    <orrery-goto for="x">go</orrery-goto>`);
  const { page, faults } = await visit(t, url);
  const panels = page.locator('orrery-panel');
  assert.match(await panels.nth(0).getByRole('alert').innerText(), /page-tabel.*page-table, processes/s);
  assert.match(await panels.nth(1).getByRole('alert').innerText(), /There is no figure “x” on this page/);
  await page.locator('orrery-goto button').click();
  assert.match(await page.locator('orrery-goto').getByRole('alert').innerText(), /There is no figure “x”/);
  await new Figure(page).startButton.click();
  const refusal = page.locator('orrery-machine').getByRole('alert').filter({ hasText: /column 1/ });
  await refusal.waitFor();
  assert.match(await refusal.innerText(), /syscal/);
  assert.deepEqual(faults, []);
});

test('a moment that cannot be read, or does not come, is told beside its button', async (t) => {
  const goto = (at) => `<orrery-goto for="m" at="${at}">go</orrery-goto>`;
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js"></script>
    <orrery-machine id="m" harts="1" controls="step" interactive="time">…</orrery-machine>
    ${goto('trap:stor-fault')}${goto('print:/never printed/')}${goto('ready')}`);
  const { page, faults } = await visit(t, url);
  const button = (n) => page.locator('orrery-goto').nth(n).locator('button');
  const told = (n) => page.locator('orrery-goto').nth(n).getByRole('alert');
  await button(0).click();
  await told(0).filter({ hasText: /column \d+: .*store-fault/ }).waitFor();
  assert.match(await page.locator('#m .misread').innerText(), /store-fault/, 'and in the figure, though its box for conditions is hidden');
  await button(1).click();
  await told(1).filter({ hasText: 'the guest now waits for input' }).waitFor();
  assert.equal(await button(1).getAttribute('aria-current'), null);
  await button(2).click();
  await page.locator('orrery-goto').nth(2).locator('button[aria-current=step]').waitFor();
  assert.equal(await button(0).getAttribute('aria-busy'), 'false');
  assert.deepEqual(faults, []);
});

/** How many machines of the page get on by themselves. */
const running = (page) => page.evaluate(() => [...document.querySelectorAll('orrery-machine')].filter((machine) => machine.isRunning).length);

test('of twelve figures at most one runs, and none before it is wanted', async (t) => {
  const figure = (n) => `<p>Figure ${n}</p><orrery-machine harts="1" height="300">Figure ${n}</orrery-machine>`;
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js"></script>${Array.from({ length: 12 }, (_, n) => figure(n)).join('')}`);
  const { page, faults } = await visit(t, url);
  assert.equal(page.workers().length, 0, 'a poster has no worker');
  for (const n of [0, 1, 2, 11]) {
    const figure = new Figure(page, n);
    await figure.startButton.click();
    await figure.prompt();
    assert.equal(await running(page), 1);
    assert.equal(await figure.machine.evaluate((machine) => machine.isRunning), true, 'who was asked for last');
  }
  assert.equal(page.workers().length, 4, 'one worker for each that was started');
  await page.evaluate(() => scrollTo(0, 1500));
  await page.waitForFunction(() => [...document.querySelectorAll('orrery-machine')].every((machine) => !machine.isRunning));
  await page.evaluate(() => document.querySelectorAll('orrery-machine')[11].scrollIntoView());
  await page.waitForFunction(() => document.querySelectorAll('orrery-machine')[11].isRunning);
  assert.equal(await running(page), 1);
  assert.deepEqual(faults, []);
});

test('figures that start when they are seen take turns', async (t) => {
  const figure = '<orrery-machine run="visible" harts="1" height="250" input="echo seen\\n" until="print:/^seen/">…</orrery-machine>';
  const count = `running = new Set(); most = 0;
    addEventListener('orrery-play', ({ target }) => (most = Math.max(most, running.add(target).size)));
    for (const still of ['orrery-pause', 'orrery-stop']) addEventListener(still, ({ target }) => running.delete(target));`;
  const url = await elsewhere(t, `<script>${count}</script><script src="${site.url}orrery-machine.js"></script>${figure.repeat(2)}<div style="height:3000px"></div>${figure}`);
  const { page } = await visit(t, url);
  for (const n of [0, 1]) await new Figure(page, n).printed(/seen\n$/);
  assert.equal(await page.evaluate(() => window.most), 1);
  assert.equal(page.workers().length, 2, 'the third is far below');
});

test('a figure that is removed frees its worker, again and again', async (t) => {
  const url = await elsewhere(t, `<script src="${site.url}orrery-machine.js"></script><main></main>`);
  const { page, faults } = await visit(t, url);
  for (let n = 0; n < 20; n++) {
    await page.evaluate(() => {
      const machine = document.createElement('orrery-machine');
      machine.run = 'load';
      document.querySelector('main').append(machine);
    });
    await new Figure(page).printed(/booting/);
    assert.equal(page.workers().length, 1);
    await page.evaluate(() => document.querySelector('orrery-machine').remove());
    for (let waits = 0; page.workers().length > 0; waits++) {
      assert.ok(waits < 200, `${page.workers().length} workers left after ${n + 1} figures`);
      await page.waitForTimeout(20);
    }
  }
  assert.deepEqual(faults, []);
});

test('a figure put elsewhere on the page waits there anew', async (t) => {
  const url = await elsewhere(t, `${fromTheSite()}<main></main>`);
  const { page, faults } = await visit(t, url);
  const figure = new Figure(page);
  await figure.startButton.click();
  await figure.prompt();
  await page.evaluate(() => document.querySelector('main').append(document.querySelector('orrery-machine')));
  await figure.startButton.click();
  await figure.prompt();
  assert.equal(page.workers().length, 1);
  assert.deepEqual(faults, []);
});

test('the frame takes its attributes from the address, and messages from its parent alone', async (t) => {
  const url = await elsewhere(t, `<!doctype html><script>
      heard = [];
      addEventListener('message', ({ data }) => heard.push(data));
      send = (message) => frames[0].postMessage(message, '*');
      ask = (call, ...args) => new Promise((resolve) => {
        const id = crypto.randomUUID();
        addEventListener('message', function answer({ data }) {
          if (data.id !== id) return;
          removeEventListener('message', answer);
          resolve(data);
        });
        send({ orrery: 1, id, call, args });
      });
    </script>
    <iframe width="900" height="500" src="${site.url}embed.html#v=1&harts=1&bootargs=fork%3Dcow&input=cowdemo%5Cn&until=syscall:fork pid=3&lang=zh-Hans&theme=dark"></iframe>`);
  const { page, faults } = await visit(t, url);
  await page.waitForFunction(() => window.heard.some(({ type }) => type === 'ready'));
  const answers = await page.evaluate(async () => {
    window.send({ orrery: 1, type: 'on', events: ['orrery-stop'] });
    return [await window.ask('open'), await window.ask('transcript'), await window.ask('goTo', 'ready'), await window.ask('t'), await window.ask('fetch', '/'), await window.ask('seek')];
  });
  assert.match(answers[1].ok, /parent: forks/);
  assert.equal(answers[2].error, undefined);
  assert.ok(answers[3].ok > 0);
  assert.match(answers[4].error, /there is no call fetch; there are open, play/);
  assert.match(answers[5].error, /no text/);
  assert.ok((await page.evaluate(() => window.heard)).some(({ event }) => event === 'orrery-stop'));
  await page.frameLocator('iframe').getByRole('button', { name: '后退' }).first().waitFor();
  // Somebody else in the same window is not heard.
  const before = await page.evaluate(() => window.heard.length);
  await page.frames()[1].evaluate(() => postMessage({ orrery: 1, type: 'hello' }, '*'));
  await page.waitForTimeout(100);
  assert.equal(await page.evaluate(() => window.heard.length), before);
  await page.evaluate(() => (document.querySelector('iframe').src = document.querySelector('iframe').src.replace(/#.*/, '#v=1&colour=red')));
  await page.frameLocator('iframe').getByRole('alert').filter({ hasText: /colour/ }).waitFor();
  assert.deepEqual(faults, []);
});
