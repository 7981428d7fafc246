// The finished page, as a reader uses it: boot, type, pause, reset, look.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open, timed as test } from './browser.mjs';
import { assertShown, commands } from './session.mjs';
import { guestPath, root } from './site.mjs';
import { browser, site } from './stage.mjs';

test('plays the session with the same transcript as every other machine', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  for (const command of await commands()) {
    await guest.command(command);
  }
  await assertShown(await guest.transcript());
  assert.deepEqual(guest.faults, []);
  await guest.close();
});

test('shows a prompt worth showing', async () => {
  const guest = await open(browser, site.url, { viewport: { width: 1200, height: 760 }, deviceScaleFactor: 2 });
  await guest.prompt();
  await guest.command('ls');
  await guest.command('cat README | grep xv6 | wc');
  // The count and the chips are those of a guest that waits again.
  await guest.page.waitForTimeout(1500);
  const folder = join(root, 'target/screenshots');
  await mkdir(folder, { recursive: true });
  await guest.page.screenshot({ path: join(folder, 'prompt.png') });
  await guest.page.emulateMedia({ colorScheme: 'dark' });
  await guest.page.screenshot({ path: join(folder, 'prompt-dark.png') });
  await guest.close();
});

test('is at the prompt soon after the page opens', async (t) => {
  const seconds = [];
  for (let n = 0; n < 5; n++) {
    const start = Date.now();
    const guest = await open(browser, site.url);
    await guest.prompt();
    seconds.push((Date.now() - start) / 1000);
    await guest.close();
  }
  const [, , median] = seconds.sort((a, b) => a - b);
  t.diagnostic(`page to prompt, median of 5: ${median} s (${seconds.join(', ')})`);
  assert.ok(median < 5, `${median} s`);
});

test('gives the console driver its keys', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  const { keyboard } = guest.page;
  // ^U takes the line back, Backspace a letter.
  await guest.terminal.focus();
  await keyboard.type('rm README');
  await keyboard.press('Control+u');
  assert.equal(await guest.command('echo whole'), 'whole\n');
  const start = (await guest.transcript()).length;
  await keyboard.type('echo abd');
  await keyboard.press('Backspace');
  await keyboard.type('c\n');
  assert.match(await guest.printed(/\n\$ $/, { start }), /\nabc\n\$ $/);
  // ^D ends input.
  const beforeCat = (await guest.transcript()).length;
  await keyboard.type('cat\n');
  await guest.printed(/cat\n$/, { start: beforeCat });
  await keyboard.type('once\n');
  await guest.printed(/once\nonce\n$/, { start: beforeCat });
  await keyboard.press('Control+d');
  await guest.prompt({ start: beforeCat });
  // ^P lists the processes, and is not the browser's "print".
  const beforeList = (await guest.transcript()).length;
  await keyboard.press('Control+p');
  assert.match(await guest.printed(/sh\b/, { start: beforeList }), /1 sleep +init[\s\S]*2 sleep +sh/);
  await guest.close();
});

test('loses nothing of a long paste', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  const lines = Array.from({ length: 84 }, (_, n) => `${String(n).padStart(3, '0')} ${'orrery '.repeat(8)}`);
  const text = lines.join('\n') + '\n';
  assert.ok(text.length > 5000);
  await guest.terminal.focus();
  await guest.page.keyboard.type('cat > pasted\n');
  await guest.printed(/cat > pasted\n$/);
  await guest.paste(text);
  await guest.printed(/083 (orrery ){8}\n$/);
  const start = (await guest.transcript()).length;
  await guest.page.keyboard.press('Control+d');
  await guest.prompt({ start });
  assert.equal(await guest.command('cat pasted'), text);
  assert.match(await guest.command('wc pasted'), new RegExp(`^84 756 ${text.length} pasted`));
  await guest.close();
});

test('copies and pastes with the keys everybody uses', async () => {
  const guest = await open(browser, site.url, { permissions: ['clipboard-read', 'clipboard-write'] });
  await guest.prompt();
  const { keyboard } = guest.page;
  const start = (await guest.transcript()).length;
  await guest.page.evaluate(() => navigator.clipboard.writeText('echo pasted\n'));
  await guest.terminal.focus();
  await keyboard.press('Control+v');
  assert.equal(await guest.printed(/\n\$ $/, { start }), 'echo pasted\npasted\n$ ');
  // A double click selects a word.
  const row = await guest.page.locator('orrery-terminal .xterm-rows > div', { hasText: 'init: starting sh' }).boundingBox();
  await guest.page.mouse.dblclick(row.x + 12, row.y + row.height / 2);
  await keyboard.press('Control+c');
  assert.equal(await guest.page.evaluate(() => navigator.clipboard.readText()), 'init:');
  await guest.close();
});

test('pauses, runs on, and resets', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.terminal.focus();
  await guest.page.keyboard.type('compute 1000000\n');
  await guest.page.locator('orrery-status .mips', { hasText: 'MIPS' }).waitFor();
  await guest.page.getByRole('button', { name: 'Pause' }).click();
  await guest.state.filter({ hasText: 'Paused' }).waitFor();
  await guest.page.waitForTimeout(300);
  const paused = await guest.instructions();
  await guest.page.waitForTimeout(500);
  assert.equal(await guest.instructions(), paused);
  // Space, with the keyboard outside the terminal: the page is no trap for it either.
  await guest.page.locator('h1').click();
  await guest.page.keyboard.press('Space');
  await guest.state.filter({ hasText: 'Running' }).waitFor();
  await guest.page.waitForFunction(
    (before) => Number(document.querySelector('orrery-machine').shadowRoot.querySelector('orrery-status').shadowRoot.querySelector('.instret b').textContent.replace(/\D/g, '')) > before,
    paused,
  );
  await guest.page.getByRole('button', { name: 'Reset' }).click();
  const text = await guest.prompt();
  assert.equal(text.match(/init: starting sh/g).length, 1);
  assert.equal(await guest.command('echo again'), 'again\n');
  await guest.close();
});

test('tells how the machine is', async () => {
  const guest = await open(browser, `${site.url}#harts=2&seed=5`);
  await guest.prompt();
  await guest.state.filter({ hasText: 'Waiting' }).waitFor();
  const chips = guest.page.locator('orrery-status li');
  await chips.filter({ hasText: 'waiting' }).nth(1).waitFor();
  assert.deepEqual(await chips.allTextContents(), ['h0 waiting', 'h1 waiting']);
  await guest.page.locator('orrery-status .mips', { hasText: 'idle' }).waitFor();
  assert.match(await guest.page.locator('orrery-status .instret').textContent(), /^\d{1,3}(,\d{3})+ instructions$/);
  await guest.terminal.focus();
  await guest.page.keyboard.type('compute 1000000\n');
  await chips.filter({ hasText: /h\d U running/ }).waitFor();
  await guest.page.locator('orrery-status .mips', { hasText: /^\s*\d[\d.]* MIPS\s*$/ }).waitFor();
  await guest.page.locator('orrery-status summary').click();
  assert.match(await guest.page.locator('orrery-status dl').innerText(), /2 harts · seed 5/);
  await guest.close();
});

test('shows the hashes of the very files', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.page.locator('orrery-status summary').click();
  const shown = await guest.page.locator('orrery-status code.sha256').allTextContents();
  const sha256 = async (name) => createHash('sha256').update(await readFile(guestPath(name))).digest('hex');
  assert.deepEqual(shown, [await sha256('kernel'), await sha256('fs.img')]);
  await guest.close();
});

test('is in the state the native machine is in at that time', { timeout: 300_000 }, async () => {
  const guest = await open(browser, `${site.url}#seed=3`);
  await guest.prompt();
  await guest.page.waitForTimeout(500);
  await guest.machine.evaluate((machine) => machine.pause());
  const { t, hash } = await guest.machine.evaluate((machine) => machine.hash());
  const args = ['--seed', '3', '--until', t, '--hash-at', t, '--kernel', guestPath('kernel'), '--disk', guestPath('fs.img')];
  const native = spawnSync('cargo', ['run', '--quiet', '--package', 'orrery', '--', 'boot', ...args.map(String)], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  assert.match(native.stderr, new RegExp(`t ${t} · state ${hash}`));
  await guest.close();
});

test('shows the line of a call that is chosen on a stack, until the machine moves', async () => {
  const guest = await open(browser, `${site.url}#view=console+processes`, { viewport: { width: 1400, height: 900 } });
  await guest.prompt();
  await guest.machine.evaluate((machine) => machine.pause());
  const processes = guest.page.locator('orrery-processes-panel');
  await processes.getByRole('row').filter({ hasText: 'sh' }).click();
  const where = guest.page.locator('orrery-source-panel .where');
  for (const place of [/kernel\/src\/console\.rs:\d+/, /user\/src\/bin\/sh\.rs:\d+/]) {
    const frame = processes.getByRole('option').filter({ hasText: place }).first();
    const [line] = place.exec(await frame.innerText());
    await frame.click();
    await where.filter({ hasText: line }).waitFor();
    const next = guest.page.locator('orrery-source-panel .lines .next .number').filter({ hasText: new RegExp(`^${line.split(':')[1]}$`) });
    await next.waitFor();
  }
  await guest.machine.evaluate((machine) => machine.back(1, 'event'));
  await where.filter({ hasText: 'hart' }).waitFor();
  assert.deepEqual(guest.faults, []);
  await guest.close();
});

test('says that the guest powered off, with its status', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.terminal.focus();
  await guest.page.keyboard.type('poweroff 3\n');
  await guest.notice.filter({ hasText: 'The guest powered off (status 3).' }).waitFor();
  await guest.state.filter({ hasText: 'Powered off' }).waitFor();
  await guest.page.getByRole('button', { name: 'Start again' }).click();
  await guest.prompt();
  assert.equal(await guest.notice.count(), 0);
  await guest.close();
});

test('the timeline shows the sorts of events that are wanted, chosen with the keyboard alone', async () => {
  const guest = await open(browser, site.url);
  await guest.prompt();
  const chips = guest.page.locator('orrery-sorts button');
  const pressed = () => chips.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-pressed')).join(' '));
  assert.equal(await pressed(), 'true true true true true true true');
  const drawn = () => guest.page.locator('orrery-timeline canvas').evaluate((canvas) => canvas.toDataURL());
  await guest.page.getByRole('button', { name: 'Pause' }).click();
  await guest.state.filter({ hasText: 'Paused' }).waitFor();
  const before = await drawn();
  await chips.first().focus();
  const { keyboard } = guest.page;
  await keyboard.press('Space');
  await keyboard.press('ArrowLeft');
  await keyboard.press('Enter');
  assert.equal(await pressed(), 'false true true true true true false');
  while ((await drawn()) === before) await guest.page.waitForTimeout(20);
  assert.equal(await guest.state.innerText(), 'Paused', 'Space pressed the chip, and nothing else');
  await guest.page.locator('orrery-timeline .table').click();
  const rows = guest.page.locator('orrery-event-list tbody');
  await rows.getByText('interrupt').first().waitFor();
  assert.doesNotMatch(await rows.innerText(), /system call|prints/);
  await guest.close();
});
