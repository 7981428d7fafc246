// Panels as a reader meets them, with views of a real guest: what they show and mark, by
// mouse and by keyboard alone, in both languages, narrow, in the dark, in few colours.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { launch, timed as test } from './browser.mjs';
import { buildGallery, openGallery } from './gallery.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TYPES = ['page-table', 'processes', 'locks', 'log', 'disk', 'harts', 'source'];
let browser;
before(async () => {
  [browser] = await Promise.all([launch(), buildGallery()]);
}, { timeout: 120_000 });
after(() => browser.close());

async function assertAccessible({ page }, when) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
  assert.deepEqual(told, [], when);
}

const moment = (gallery, name) => gallery.page.getByRole('button', { name, exact: true }).click();
const active = (gallery) => gallery.page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.innerText.replaceAll(/\s+/g, ' ').trim();
});

for (const [name, options, moments] of [
  ['light, English', {}, ['fork', 'fault', 'exit', 'lazy', 'log', 'odd', 'missing']],
  ['dark, Chinese', { colorScheme: 'dark', locale: 'zh-CN' }, ['fault', 'odd']],
  ['320 px', { viewport: { width: 320, height: 640 } }, ['fork', 'odd']],
  ['few colours', { forcedColors: 'active' }, ['fork', 'log']],
]) {
  test(`axe has nothing to say, ${name}`, { timeout: 240_000 }, async () => {
    const gallery = await openGallery(browser, 'moment=fork', options);
    for (const next of moments) {
      await moment(gallery, next);
      await assertAccessible(gallery, next);
    }
    await moment(gallery, 'log');
    await gallery.page.evaluate(() => {
      for (const panel of document.querySelector('orrery-gallery').shadowRoot.querySelectorAll('main > *')) {
        for (const details of panel.shadowRoot.querySelectorAll('details')) details.open = true;
        panel.shadowRoot.querySelector('.tools button')?.click();
      }
    });
    await assertAccessible(gallery, 'as tables');
    assert.deepEqual(gallery.faults, []);
    await gallery.close();
  });
}

test('fork with copy-on-write: what the parent lost and got is marked in words and signs', async () => {
  const gallery = await openGallery(browser, 'moment=fork&pid=3');
  const tree = gallery.panel('page-table').getByRole('tree');
  const heap = tree.getByRole('treeitem').filter({ hasText: '0x4000' });
  assert.equal(await heap.getByRole('img', { name: /copy-on-write/ }).count(), 1);
  assert.match(await heap.locator('.lattice').getAttribute('aria-label'), /－writable, ＋copy-on-write$/);
  assert.match(await heap.innerText(), /4 cowdemo/);
  assert.equal(await heap.getByRole('img', { name: 'changed' }).innerText(), '±');
  const untouched = tree.getByRole('treeitem').filter({ hasText: 'trapframe' });
  assert.equal(await untouched.getByRole('img', { name: 'changed' }).count(), 0);
  const child = gallery.panel('processes').getByRole('row').filter({ hasText: 'cowdemo' }).last();
  assert.equal(await child.getByRole('img', { name: 'new' }).innerText(), '＋');
  await gallery.close();
});

test('the store fault: one page has another frame, and the walk leads to it', async () => {
  const gallery = await openGallery(browser, 'moment=fault&panel=page-table&pid=4&va=0x3f48');
  const panel = gallery.panel('page-table');
  const stack = panel.getByRole('treeitem').filter({ hasText: '0x3000' });
  const [before, now] = [await stack.locator('.was s [aria-hidden]').innerText(), await stack.locator('.was .now').innerText()];
  assert.notEqual(before, now);
  assert.equal(await stack.getAttribute('aria-selected'), 'true');
  assert.equal(await panel.locator('.outcome').innerText(), `Physical address ${now.replace(/000$/, 'f48')}`);
  assert.deepEqual(await panel.locator('.walk .bits code').allInnerTexts(), ['000 000 000', '000 000 000', '000 000 011', '1111 0100 1000']);
  await gallery.close();
});

test('lazy memory: the map shows what is promised, the walk where it stops', async () => {
  const gallery = await openGallery(browser, 'moment=lazy&panel=page-table&pid=5&va=0x4000');
  const panel = gallery.panel('page-table');
  const heap = panel.getByRole('option').filter({ hasText: 'heap' });
  assert.match(await heap.getAttribute('class'), /promised/);
  assert.match(await heap.innerText(), /＋\s*heap\s*16 pages/);
  assert.equal(await panel.locator('.outcome').innerText(), 'The walk stops at level 0: the entry is not valid: V is clear.');
  await gallery.close();
});

test('the tree by keyboard alone', async () => {
  const gallery = await openGallery(browser, 'moment=fork&panel=page-table&pid=3');
  const { keyboard } = gallery.page;
  const tree = gallery.panel('page-table').getByRole('tree');
  await gallery.panel('page-table').locator('.tree .row').first().focus();
  const rows = await tree.getByRole('treeitem').count();
  await keyboard.press('ArrowRight');
  assert.match(await active(gallery), /^▾ L1 0/);
  await keyboard.press('ArrowLeft');
  assert.equal(await tree.getByRole('treeitem').count(), rows - 8);
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  assert.match(await active(gallery), /^L0 1 0x1000/);
  await keyboard.press('ArrowLeft');
  assert.match(await active(gallery), /^▾ L1 0/);
  await keyboard.press('End');
  assert.match(await active(gallery), /trampoline/);
  // One stop for the whole tree: Tab goes on to the address.
  await keyboard.press('Tab');
  await keyboard.type('3010\n');
  const asked = await gallery.panel('page-table').evaluate((panel) => panel.request);
  assert.deepEqual(asked, { kind: 'page-table', pid: 3, va: '0x3010' });
  await keyboard.press('Shift+Tab');
  assert.match(await active(gallery), /trampoline/);
  await gallery.close();
});

test('an address that is none is told so', async () => {
  const gallery = await openGallery(browser, 'moment=fork&panel=page-table&pid=3');
  const panel = gallery.panel('page-table');
  await panel.locator('input').fill('main');
  await panel.locator('input').press('Enter');
  assert.match(await panel.locator('.bad').innerText(), /“main” is no address/);
  assert.equal(await panel.locator('input').getAttribute('aria-invalid'), 'true');
  await panel.locator('input').fill('0x1000');
  await panel.locator('input').press('Enter');
  assert.equal(await panel.locator('.bad').innerText(), '');
  assert.equal(await panel.getByRole('treeitem').filter({ hasText: '0x1000' }).getAttribute('aria-selected'), 'true');
  await gallery.close();
});

test('one selection, followed by all panels', async () => {
  const gallery = await openGallery(browser, 'moment=fork');
  await gallery.panel('processes').getByRole('row').filter({ hasText: 'cowdemo' }).last().click();
  const table = gallery.panel('page-table');
  assert.equal(await table.locator('select').inputValue(), '4');
  assert.match(await gallery.panel('processes').locator('h3').innerText(), /pid 4/);
  // A frame of the child's heap is chosen: the parent's table shows the same one.
  await table.getByRole('treeitem').filter({ hasText: '0x5000' }).click();
  await table.locator('select').selectOption('3');
  const lit = table.locator('.tree [aria-selected=true]');
  assert.equal(await lit.count(), 1);
  assert.match(await lit.innerText(), /0x5000/);
  assert.equal(await table.locator('.stack [aria-selected=true] b').innerText(), 'heap');
  // A block chosen in the cache is the one the disk stands on.
  await moment(gallery, 'log');
  await gallery.panel('log').getByRole('option', { name: /^block 47,/ }).click();
  assert.equal(await gallery.panel('disk').getByRole('slider').getAttribute('aria-valuenow'), '47');
  assert.match(await gallery.panel('disk').locator('.readout').innerText(), /^block 47 · data/);
  await gallery.close();
});

test('a panel that is set to one process stays with it, others follow', async () => {
  const pinned = await openGallery(browser, 'moment=fork&pid=4');
  const request = (gallery) => gallery.panel('page-table').evaluate((panel) => panel.request);
  await pinned.panel('processes').getByRole('row').filter({ hasText: 'sh' }).click();
  assert.equal((await request(pinned)).pid, 4);
  await pinned.panel('page-table').locator('select').selectOption('kernel');
  assert.deepEqual(await request(pinned), { kind: 'page-table' });
  await pinned.close();
  const following = await openGallery(browser, 'moment=fork');
  await following.panel('page-table').locator('select').selectOption('4');
  assert.match(await following.panel('processes').locator('[aria-selected=true]').innerText(), /4\s+└ cowdemo/);
  // An address chosen elsewhere, say by a fault on the timeline, is walked here.
  await following.page.evaluate(() => {
    const panel = document.querySelector('orrery-gallery').shadowRoot.querySelector('orrery-page-table-panel');
    panel.selection = { ...panel.selection, va: '0x7008' };
  });
  await following.page.waitForTimeout(50);
  assert.deepEqual(await request(following), { kind: 'page-table', pid: 4, va: '0x7008' });
  await following.close();
});

test('the disk by keyboard and by mouse', async () => {
  const gallery = await openGallery(browser, 'moment=log&panel=disk');
  const slider = gallery.panel('disk').getByRole('slider');
  await slider.focus();
  const at = async () => Number(await slider.getAttribute('aria-valuenow'));
  await gallery.page.keyboard.press('ArrowRight');
  assert.equal(await at(), 1);
  await gallery.page.keyboard.press('ArrowDown');
  const row = (await at()) - 1;
  assert.ok(row > 24);
  await gallery.page.keyboard.press('End');
  assert.equal(await at(), 1999);
  await gallery.page.keyboard.press('ArrowRight');
  assert.equal(await at(), 1999);
  const { width } = await slider.boundingBox();
  const cell = width / row;
  await slider.click({ position: { x: cell * 2.5, y: cell * 1.5 } });
  assert.equal(await at(), row + 2);
  await gallery.close();
});

test('a commit: header in memory, header on disk, and the point between them', async () => {
  const gallery = await openGallery(browser, 'moment=log&panel=log');
  const panel = gallery.panel('log');
  assert.equal(await panel.locator('[aria-current=step]').innerText(), 'committing');
  assert.match(await panel.locator('.commit').innerText(), /^Commit point passed/);
  const [memory, disk] = await panel.locator('.header').all();
  const blocks = async (header) => (await header.locator('button').allInnerTexts()).map((text) => text.replace(/\D/g, ''));
  assert.deepEqual(await blocks(memory), await blocks(disk));
  assert.ok((await blocks(disk)).length > 0);
  assert.equal(await disk.getByRole('img', { name: 'new' }).count(), (await blocks(disk)).length);
  await gallery.close();
});

test('the source line about to run is marked, and in sight', async () => {
  const gallery = await openGallery(browser, 'moment=fork&panel=source');
  const next = gallery.panel('source').locator('.lines .next');
  assert.equal(await next.count(), 1);
  assert.match(await next.innerText(), /⇒/);
  const [line, box] = [await next.boundingBox(), await gallery.panel('source').locator('.lines').boundingBox()];
  assert.ok(line.y >= box.y && line.y + line.height <= box.y + box.height);
  await gallery.close();
});

test('a frame of a call stack is where the source is shown, by mouse and by keyboard', async () => {
  const gallery = await openGallery(browser, 'moment=fork');
  const processes = gallery.panel('processes');
  await processes.getByRole('row').filter({ hasText: 'cowdemo' }).first().click();
  const frames = processes.locator('.frames-list').getByRole('option');
  const request = () => gallery.panel('source').evaluate((panel) => panel.request);
  await frames.nth(2).click();
  assert.deepEqual(await request(), { kind: 'source', hart: 0, call: { pid: 3, frame: 2 } });
  assert.deepEqual(await processes.locator('.frames-list [aria-selected=true]').allInnerTexts(), [await frames.nth(2).innerText()]);
  assert.match(await gallery.panel('source').locator('.where').innerText(), /^on the stack of pid 3/);
  assert.match(await gallery.panel('source').locator('.lines .next').innerText(), /↳[^]*line \d+, in a call/);
  await assertAccessible(gallery, 'a frame is chosen');
  await gallery.page.keyboard.press('ArrowUp');
  await gallery.page.keyboard.press('ArrowUp');
  await gallery.page.keyboard.press('Enter');
  assert.deepEqual(await request(), { kind: 'source', hart: 0, call: { pid: 3, frame: 0 } });
  assert.match(await gallery.panel('source').locator('.lines .next').innerText(), /⇒[^]*line \d+, about to run/);
  // Once more, and the panel follows its hart again; so it does when another process is chosen.
  await gallery.page.keyboard.press('Enter');
  assert.deepEqual(await request(), { kind: 'source', hart: 0 });
  await frames.last().click();
  await processes.getByRole('row').filter({ hasText: 'init' }).click();
  assert.deepEqual(await request(), { kind: 'source', hart: 0 });
  await gallery.close();
});

test('tables say what the drawings draw', async () => {
  const gallery = await openGallery(browser, 'moment=fork&pid=3');
  const table = gallery.panel('page-table');
  const leaves = table.getByRole('treeitem').filter({ hasText: /^\s*L0/ });
  const drawn = await leaves.locator('.va').allInnerTexts();
  await table.getByRole('button', { name: 'Show as a table' }).click();
  assert.deepEqual(await table.locator('tbody td:first-child').allInnerTexts(), drawn);
  const disk = gallery.panel('disk');
  await disk.getByRole('button', { name: 'Show as a table' }).click();
  const counts = await disk.locator('tbody td:nth-child(3)').allInnerTexts();
  assert.equal(counts.reduce((sum, text) => sum + Number(text), 0), 2000);
  await gallery.close();
});

test('a view is copied as JSON', async () => {
  const gallery = await openGallery(browser, 'moment=fork&panel=log', { permissions: ['clipboard-read', 'clipboard-write'] });
  await gallery.page.evaluate(() => {
    navigator.clipboard.writeText = (text) => Promise.resolve((window.copied = text));
  });
  await gallery.panel('log').getByRole('button', { name: 'Copy as JSON' }).click();
  await gallery.panel('log').getByText('Copied').waitFor();
  const { kind, cache } = JSON.parse(await gallery.page.evaluate(() => window.copied));
  assert.deepEqual([kind, cache.length], ['log', 30]);
  await gallery.close();
});

test('nothing to show is said, with the reason', async () => {
  const gallery = await openGallery(browser, 'moment=missing');
  for (const type of TYPES) assert.match(await gallery.panel(type).locator('.missing').innerText(), /symbols lack kernel::proc::PROC/, type);
  await gallery.close();
});

test('a panel that throws says so, and the others go on', async () => {
  const gallery = await openGallery(browser, 'moment=fork');
  await gallery.page.evaluate(() => {
    const { shadowRoot } = document.querySelector('orrery-gallery');
    shadowRoot.querySelector('orrery-log-panel').view = { kind: 'log' };
  });
  assert.match(await gallery.panel('log').getByRole('alert').innerText(), /^This panel broke down/);
  await moment(gallery, 'fault');
  assert.ok(await gallery.panel('log').locator('.cache').isVisible());
  assert.deepEqual(gallery.faults, []);
  await gallery.close();
});

for (const locale of ['en-GB', 'zh-CN']) {
  test(`nothing is lost at 320 px, ${locale}`, async () => {
    const gallery = await openGallery(browser, 'moment=fork', { locale, viewport: { width: 320, height: 640 } });
    for (const next of ['fork', 'fault', 'lazy', 'log', 'odd']) {
      await moment(gallery, next);
      // Wider than the screen, and not inside something that scrolls.
      const lost = await gallery.page.evaluate(() => {
        const found = [];
        for (const panel of document.querySelector('orrery-gallery').shadowRoot.querySelectorAll('main > *')) {
          for (const element of panel.shadowRoot.querySelectorAll('*')) {
            const { right, width } = element.getBoundingClientRect();
            const isHidden = element.closest('.hidden, details:not([open]), thead') !== null;
            if (right > 320.5 && width > 0 && !isHidden && !element.closest('.scroll, .scroller, .code')) found.push(`${panel.localName} ${element.className} ${element.textContent?.trim().slice(0, 30)}`);
          }
        }
        return found;
      });
      assert.deepEqual(lost, [], next);
    }
    await gallery.close();
  });
}

test('nothing moves', async () => {
  const gallery = await openGallery(browser, 'moment=fork');
  await moment(gallery, 'fault');
  assert.equal(await gallery.page.evaluate(() => document.getAnimations().length), 0);
  await gallery.close();
});
