// The lecture notes as students read them: with the mouse, by keyboard alone, without
// scripts, on a phone, in both languages. Both figures go forward and back.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { timed as test } from './browser.mjs';
import { browser, site } from './stage.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LANGUAGES = { en: 'en-GB', 'zh-Hans': 'zh-CN' };
/** The buttons below the first figure, and below the second. */
const FORK = { call: 0, returned: 1, beforeWrite: 2, childWrote: 3, parentWrote: 4 };
const LAZY = { promised: 5, firstTouch: 6, onePage: 7, notItsOwn: 8, used: 9 };

/** Opens the chapter for the test `t`. */
async function read(t, language, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, locale: LANGUAGES[language], ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(`${site.url}notes/${language}/fork.html`);
  return new Chapter(page, faults);
}

/** The chapter, with its figures' buttons and panels. */
class Chapter {
  constructor(page, faults) {
    this.page = page;
    this.faults = faults;
  }

  button(n) {
    return this.page.locator('orrery-goto').nth(n).locator('button');
  }

  /** Waits until button `n` says that its figures stand where it leads. */
  arrived(n) {
    return this.page.locator('orrery-goto').nth(n).locator('button[aria-current=step]').waitFor();
  }

  async press(n) {
    await this.button(n).click();
    await this.arrived(n);
  }

  /** What the figure `id` has printed. */
  transcript(id) {
    return this.page.locator(`#${id}`).evaluate((machine) => machine.transcript());
  }

  hash(id) {
    return this.page.locator(`#${id}`).evaluate(async (machine) => (await machine.hash()).hash);
  }

  /** Of the page table that panel `n` shows as a view: each page's flags, frame, and who shares it. */
  pages(id, pid) {
    return this.page.locator(`#${id}`).evaluate(async (machine, pid) => {
      const view = await machine.view({ kind: 'page-table', pid });
      if (view.kind !== 'page-table') return view.why;
      const leaves = (entries) => entries.flatMap((entry) => (entry.children.length > 0 ? leaves(entry.children) : [entry]));
      const each = leaves(view.tree).flatMap(({ va, pa, flags, count, shared_with }) =>
        Array.from({ length: count }, (_, n) => ({ va: Number(va) + n * 4096, pa: Number(pa) + n * 4096, flags: flags.join(''), shared: shared_with.length > 0 })),
      );
      return Object.fromEntries(each.map(({ va, ...page }) => [va.toString(16), page]));
    }, pid);
  }

  panelText(n) {
    return this.page.locator('orrery-panel').nth(n).locator('section').innerText();
  }
}

for (const language of Object.keys(LANGUAGES)) {
  test(`fork, eager beside copy-on-write, forward and back, ${language}`, { timeout: 120_000 }, async (t) => {
    const chapter = await read(t, language);
    await chapter.press(FORK.call);
    assert.match(await chapter.transcript('cow'), /parent: forks\r?\n$/);
    assert.equal(typeof (await chapter.pages('cow', 4)), 'string', 'there is no child yet');

    await chapter.press(FORK.returned);
    const hashes = [await chapter.hash('eager'), await chapter.hash('cow')];
    const [eager, cow, parent] = [await chapter.pages('eager', 4), await chapter.pages('cow', 4), await chapter.pages('cow', 3)];
    // Four pages of data, from the end of the stack on.
    for (const va of ['4000', '5000', '6000', '7000']) {
      assert.ok(eager[va].flags.includes('W') && !eager[va].shared, `eager: ${va} is the child's own`);
      assert.ok(!/W/.test(cow[va].flags) && /Cow/.test(cow[va].flags) && cow[va].shared, `cow: ${va} is shared`);
      assert.equal(cow[va].pa, parent[va].pa);
      assert.equal(cow[va].flags.replace(/[AD]/g, ''), parent[va].flags.replace(/[AD]/g, ''), 'in both tables');
    }
    assert.match(await chapter.panelText(1), /pid 3/);

    await chapter.press(FORK.childWrote);
    const [child, parentAfter] = [await chapter.pages('cow', 4), await chapter.pages('cow', 3)];
    assert.ok(child['5000'].flags.includes('W') && !child['5000'].shared, 'the page written is a copy');
    assert.notEqual(child['5000'].pa, cow['5000'].pa);
    assert.ok(child['4000'].shared && child['6000'].shared && child['7000'].shared);
    assert.match(parentAfter['5000'].flags, /Cow/, 'nobody has told the parent');

    await chapter.press(FORK.parentWrote);
    const parentLast = await chapter.pages('cow', 3);
    assert.equal(parentLast['5000'].pa, parent['5000'].pa, 'the parent keeps the frame');
    assert.ok(parentLast['5000'].flags.includes('W'));

    await chapter.press(FORK.returned);
    assert.deepEqual([await chapter.hash('eager'), await chapter.hash('cow')], hashes, 'back where it was');
    assert.deepEqual(await chapter.pages('cow', 4), cow);
    assert.deepEqual(chapter.faults, []);
  });

  test(`lazy allocation, forward and back, ${language}`, { timeout: 120_000 }, async (t) => {
    const chapter = await read(t, language);
    const heap = async () => Object.keys(await chapter.pages('lazy', 3)).filter((va) => parseInt(va, 16) >= 0x4000 && parseInt(va, 16) < 0x14000);
    await chapter.press(LAZY.promised);
    assert.deepEqual(await heap(), []);
    await chapter.press(LAZY.firstTouch);
    assert.deepEqual(await heap(), []);
    const hash = await chapter.hash('lazy');
    await chapter.press(LAZY.onePage);
    assert.deepEqual(await heap(), ['4000']);
    await chapter.press(LAZY.notItsOwn);
    await chapter.press(LAZY.used);
    assert.deepEqual(await heap(), ['4000', '8000', 'd000']);
    // The guest itself says how many, and why the child ended.
    assert.match(await chapter.transcript('lazy'), /unexpected scause 0xd pid=4[\s\S]*frames taken so far: 3\r?\ngives all of them back/);
    await chapter.press(LAZY.firstTouch);
    assert.deepEqual(await heap(), []);
    assert.equal(await chapter.hash('lazy'), hash);
    assert.deepEqual(chapter.faults, []);
  });
}

test('both figures by keyboard alone', { timeout: 120_000 }, async (t) => {
  const chapter = await read(t, 'en');
  const { keyboard } = chapter.page;
  const focused = () =>
    chapter.page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getRootNode().host?.getAttribute('at') ?? element?.closest('orrery-machine')?.id ?? '';
    });
  const tabTo = async (at, key = 'Tab') => {
    for (let n = 0; n < 120; n++) {
      if ((await focused()) === at) return;
      await keyboard.press(key);
    }
    assert.fail(`${at} cannot be reached; the focus is at ${await focused()}`);
  };
  const t_ = (id) => chapter.page.locator(`#${id}`).evaluate((machine) => machine.t);

  await tabTo('event:syscall.fork pid=3');
  await keyboard.press('Enter');
  await chapter.arrived(FORK.call);
  const call = await t_('cow');
  // The arrow keys step the figures that the button is for.
  await keyboard.press('ArrowRight');
  await chapter.page.waitForFunction((call) => document.querySelector('#cow').t > call, call);
  await keyboard.press('ArrowLeft');
  await chapter.page.waitForFunction((call) => document.querySelector('#cow').t === call, call);
  await tabTo('print:/child: reads AxCD/');
  await keyboard.press(' ');
  await chapter.arrived(FORK.childWrote);
  assert.ok((await t_('cow')) > call);

  // On through panels and prose to the second figure, and back out of it again.
  await tabTo('event:trap.store-fault pid=3');
  await keyboard.press('Enter');
  await chapter.arrived(LAZY.firstTouch);
  const touch = await t_('lazy');
  await tabTo('lazy', 'Shift+Tab');
  await keyboard.press('ArrowLeft');
  await chapter.page.waitForFunction((touch) => document.querySelector('#lazy').t < touch, touch);
  await tabTo('print:/gives all/');
  await keyboard.press('Enter');
  await chapter.arrived(LAZY.used);
  assert.deepEqual(chapter.faults, []);
});

for (const colorScheme of ['light', 'dark']) {
  for (const language of Object.keys(LANGUAGES)) {
    test(`axe has nothing to say of the chapter, ${colorScheme}, ${language}`, { timeout: 120_000 }, async (t) => {
      const chapter = await read(t, language, { colorScheme });
      const assertAccessible = async (when) => {
        await chapter.page.evaluate(axe);
        const { violations } = await chapter.page.evaluate(() => window.axe.run());
        assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), [], when);
      };
      await assertAccessible('before anything is started');
      await chapter.press(FORK.childWrote);
      await chapter.press(LAZY.onePage);
      await assertAccessible('with both figures open');
    });
  }
}

test('without scripts the chapter is whole, and says what the figures show', async (t) => {
  const { page } = await read(t, 'en', { javaScriptEnabled: false });
  const text = await page.locator('main').innerText();
  for (const part of ['each page of the child is a frame of its own', 'parent and child name the same frames', 'A page arrives with the first store', 'Back in the parent']) {
    assert.ok(text.includes(part), part);
  }
});

test('on a phone nothing is lost', async (t) => {
  const chapter = await read(t, 'en', { viewport: { width: 320, height: 640 } });
  await chapter.press(FORK.returned);
  const { width, scrolled } = await chapter.page.evaluate(() => ({ width: document.documentElement.clientWidth, scrolled: document.documentElement.scrollWidth }));
  assert.ok(scrolled <= width, `${scrolled} px wide in ${width}`);
});

test('the two languages lead to each other and have the same figures', async (t) => {
  const chapter = await read(t, 'en');
  const figures = () =>
    chapter.page.evaluate(() =>
      [...document.querySelectorAll('main orrery-machine, main orrery-panel, main orrery-goto')].map((element) =>
        ['localName', 'id'].map((name) => element[name]).concat(['for', 'at', 'type', 'pid', 'bootargs', 'input', 'until'].map((name) => element.getAttribute(name))),
      ),
    );
  const english = await figures();
  await chapter.page.getByRole('link', { name: '中文' }).click();
  assert.match(chapter.page.url(), /notes\/zh-Hans\/fork\.html$/);
  assert.deepEqual(await figures(), english);
  await chapter.page.getByRole('link', { name: 'English' }).click();
  assert.match(chapter.page.url(), /notes\/en\/fork\.html$/);
});
