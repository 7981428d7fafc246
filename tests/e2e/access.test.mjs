// The page for everybody: by keyboard alone, by ear, small, in the dark, at rest, in Chinese.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { open, timed as test } from './browser.mjs';
import { browser, site } from './stage.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function assertAccessible(guest, when) {
  await guest.page.evaluate(axe);
  const { violations } = await guest.page.evaluate(() => window.axe.run());
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  assert.deepEqual(told, [], when);
}

for (const colorScheme of ['light', 'dark']) {
  for (const locale of ['en-GB', 'zh-CN']) {
    test(`axe has nothing to say, ${colorScheme}, ${locale}`, async () => {
      const guest = await open(browser, site.url, { colorScheme, locale });
      await guest.prompt();
      await guest.command('ls');
      await guest.page.locator('orrery-status summary').click();
      await assertAccessible(guest, 'at the prompt');
      await guest.terminal.focus();
      await guest.page.keyboard.type('compute 1000000\n');
      await guest.page.locator('orrery-status li.busy').first().waitFor();
      await assertAccessible(guest, 'running');
      await guest.page.locator('orrery-toolbar .run').click();
      await guest.page.locator('orrery-status li.busy').first().waitFor({ state: 'detached' });
      await assertAccessible(guest, 'paused');
      await guest.machine.evaluate((machine) => machine.reverseUntil('syscall:fork'));
      await guest.page.locator('orrery-past').waitFor();
      await guest.page.locator('orrery-timeline .table').click();
      await assertAccessible(guest, 'in the past, with the table of events');
      await guest.page.evaluate(() => (location.hash = '#scene=fork&step=3'));
      await guest.page.locator('orrery-scene-card fieldset').waitFor();
      await guest.page.locator('orrery-scene-card .choices button').first().click();
      await assertAccessible(guest, 'in a scene');
      await guest.page.evaluate(() => (location.hash = '#harts=9'));
      await guest.notice.waitFor();
      await assertAccessible(guest, 'in trouble');
      await guest.close();
    });
  }
}

const focused = (guest) =>
  guest.page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.className || element?.tagName;
  });

test('Esc, then Tab leaves the terminal, both ways', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  const { keyboard } = guest.page;
  const hint = guest.page.locator('orrery-terminal .hint');
  assert.equal(await focused(guest), 'xterm-helper-textarea');
  assert.ok(await hint.isVisible());
  // Tab alone is the guest's.
  await keyboard.press('Tab');
  assert.equal(await focused(guest), 'xterm-helper-textarea');
  await keyboard.press('Escape');
  assert.match(await hint.innerText(), /^Now Tab/);
  await keyboard.press('Tab');
  assert.notEqual(await focused(guest), 'xterm-helper-textarea');
  assert.ok(!(await hint.isVisible()));
  await keyboard.press('Shift+Tab');
  assert.equal(await focused(guest), 'xterm-helper-textarea');
  await keyboard.press('Escape');
  await keyboard.press('Shift+Tab');
  assert.equal(await focused(guest), 'run-until');
  await guest.close();
});

test('an Esc that is not for the page reaches the guest', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  // Not the shell, which edits its line: `cat` leaves that to the console, which echoes what it gets.
  await guest.terminal.pressSequentially('cat\n');
  await guest.printed(/cat\n$/);
  const start = (await guest.transcript()).length;
  await guest.page.keyboard.press('Escape');
  await guest.page.keyboard.type('x');
  assert.equal(await guest.printed(/x$/, { start }), '\x1bx');
  await guest.page.keyboard.press('Escape');
  await guest.page.keyboard.press('Escape');
  assert.equal(await guest.printed(/x\x1b$/, { start }), '\x1bx\x1b');
  await guest.close();
});

test('every control by keyboard alone', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  const { keyboard } = guest.page;
  await guest.page.evaluate(() => document.querySelector('orrery-machine').shadowRoot.activeElement.shadowRoot.activeElement.blur());
  await guest.page.locator('h1').click();
  const order = [];
  while (order.at(-1) !== 'xterm-helper-textarea' && order.length < 30) {
    await keyboard.press('Tab');
    order.push(await focused(guest));
  }
  assert.deepEqual(order, [
    'reset', 'end', 'back', 'run', 'step', 'SELECT', 'panels', 'scenes', 'keys', 'theme', 'language',
    'back-until', 'INPUT', 'run-until', 'xterm-helper-textarea',
  ]);
  await guest.page.getByRole('button', { name: '切换到简体中文' }).focus();
  await keyboard.press('Enter');
  await guest.page.getByRole('button', { name: '暂停' }).waitFor();
  assert.equal(await guest.page.evaluate(() => document.documentElement.lang), 'zh-Hans');
  await guest.close();
});

test('language and theme are remembered', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.page.getByRole('button', { name: '切换到简体中文' }).click();
  const background = () => guest.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await guest.page.locator('button.theme').click();
  await guest.page.locator('button.theme').click();
  assert.notEqual(await background(), light);
  await guest.page.reload();
  await guest.prompt();
  await guest.page.getByRole('button', { name: 'Switch to English' }).waitFor();
  assert.notEqual(await background(), light);
  await guest.close();
});

test('nothing is lost at 320 px', async () => {
  const guest = await open(browser, site.url, { viewport: { width: 320, height: 640 } });
  await guest.prompt();
  await guest.page.locator('orrery-status summary').click();
  const { width, scrolled } = await guest.page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    scrolled: document.documentElement.scrollWidth,
  }));
  assert.ok(scrolled <= width, `${scrolled} px wide in ${width}`);
  for (const name of ['Pause', 'Reset', 'Switch to light', '切换到简体中文']) {
    const box = await guest.page.getByRole('button', { name }).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 320, `${name} is on the screen`);
    assert.ok(box.width >= 24 && box.height >= 24, `${name} can be hit`);
  }
  assert.equal(await guest.command('echo small'), 'small\n');
  await guest.close();
});

test('nothing moves for who asked for that', async () => {
  const guest = await open(browser, site.url, { reducedMotion: 'reduce' });
  await guest.prompt();
  const moving = await guest.page.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running').length);
  assert.equal(moving, 0);
  await guest.close();
});

test('a screen reader gets what the guest prints', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.command('echo Hello');
  const rows = guest.page.locator('orrery-terminal .xterm-accessibility-tree [role=listitem]');
  await rows.filter({ hasText: /^Hello$/ }).waitFor({ state: 'attached' });
  assert.match(await guest.terminal.getAttribute('aria-label'), /Esc, then Tab leaves it/);
  await guest.close();
});
