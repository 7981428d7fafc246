// Scenes on the page: from stop to stop, forward and back, with the hashes they have natively.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { open, timed as test } from './browser.mjs';
import { distPath, guestPath, root } from './site.mjs';
import { browser, site } from './stage.mjs';
import { gone, hash, ready, where, WIDE } from './travel.mjs';

for (const scene of ['fork', 'lazy']) {
  test(`the scene ${scene} plays by button, forward and back, with the hashes it has natively`, { timeout: 600_000 }, async () => {
    const file = join(root, `web/scenes/${scene}.scene.json`);
    const native = spawnSync('cargo', ['run', '--quiet', '--package', 'orrery', '--', 'scene', file, '--json',
      '--kernel', guestPath('kernel'), '--disk', guestPath('fs.img'), '--symbols', distPath('guest/symbols')],
    { cwd: root, encoding: 'utf8' });
    const report = JSON.parse(native.stdout);
    for (const { variant, stops } of report.plays) {
      const guest = await open(browser, `${site.url}#scene=${scene}${variant ? `&variant=${variant}` : ''}`, WIDE);
      await ready(guest);
      const seen = [];
      for (const stop of stops) {
        await gone(guest, () => guest.page.locator('orrery-scene-card .next').click());
        seen.push(await hash(guest));
        await guest.page.locator('orrery-scene-card h2', { hasText: stop.title.en }).waitFor();
        assert.equal(await guest.page.locator('orrery-scene-card .broken').count(), 0);
      }
      assert.deepEqual(seen.map((state) => state.hash), stops.map((stop) => stop.hash), `${variant}: as natively`);
      for (const state of seen.toReversed().slice(1)) {
        await gone(guest, () => guest.page.locator('orrery-scene-card .prev').click());
        assert.deepEqual(await hash(guest), state);
      }
      await guest.close();
    }
  });
}

test('a scene stands at its start, with its harts, before anybody begins', async () => {
  const guest = await open(browser, `${site.url}#scene=fork`, WIDE);
  await guest.page.locator('orrery-scene-card .next[aria-disabled="false"]').waitFor();
  assert.equal(await guest.machine.evaluate((machine) => machine.position?.t), 0);
  assert.equal(await guest.machine.evaluate((machine) => machine.status?.harts.length), 1);
  assert.match(await where(guest).innerText(), /^at the very beginning/);
  await guest.close();
});

for (const scene of ['fork', 'lazy']) {
  test(`the scene ${scene} by keyboard alone, forward and back`, { timeout: 180_000 }, async () => {
    const guest = await open(browser, `${site.url}#scene=${scene}`, WIDE);
    await ready(guest);
    const { keyboard } = guest.page;
    /** The class of what has the keyboard, through all shadows. */
    const focused = () => guest.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getRootNode().host?.localName === 'orrery-scene-card' ? element.className : '';
    });
    const reach = async (name, key) => {
      for (let n = 0; n < 60 && (await focused()) !== name; n++) await keyboard.press(key);
      assert.equal(await focused(), name);
    };
    const enter = async (name) => {
      await guest.page.locator(`orrery-scene-card .${name}[aria-disabled="false"]`).waitFor();
      await gone(guest, () => keyboard.press('Enter'));
      return hash(guest);
    };
    // The terminal takes Tab, so the way out of it comes first.
    await keyboard.press('Escape');
    await reach('next', 'Tab');
    const seen = [];
    for (let n = 0; n < 4; n++) {
      seen.push(await enter('next'));
      assert.equal(await focused(), 'next', 'the button keeps the keyboard');
    }
    await reach('prev', 'Shift+Tab');
    for (const state of seen.toReversed().slice(1)) {
      assert.deepEqual(await enter('prev'), state);
    }
    await guest.close();
  });
}

test('an unknown scene, panel or variant is told of', async () => {
  for (const [address, words] of [
    ['#scene=forc', /There is no scene “forc”\. Known are: .*fork/],
    ['#scene=fork&variant=mad', /cannot be played: .*no variant mad.*eager cow/],
    ['#view=page-tables', /There is no panel “page-tables”/],
  ]) {
    const guest = await open(browser, site.url + address, WIDE);
    await guest.notice.filter({ hasText: words }).waitFor();
    await guest.close();
  }
});
