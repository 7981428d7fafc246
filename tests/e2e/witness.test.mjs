// Panels against the guest's own word: `vmprint` prints its page table, `ps` the processes
// and the free frames, and the panels show the same at the very moment they do.

import assert from 'node:assert/strict';
import { open, timed as test } from './browser.mjs';
import { browser, site } from './stage.mjs';

/** Wide enough for every column of a panel. */
const WIDE = { viewport: { width: 2000, height: 1000 } };
const VIEW = `#view=${encodeURIComponent('page-table processes')}`;

const travel = (guest, condition) => guest.machine.evaluate((machine, until) => machine.runUntil(until), condition);
const panel = (guest, type) => guest.page.locator(`orrery-${type}-panel`);

/** Types at the prompt, and has the guest wait: it does much in the time until it is asked for something. */
async function type(guest, line) {
  await guest.machine.evaluate((machine, text) => {
    machine.pause();
    machine.type(text);
  }, `${line}\n`);
}

/** Lets the guest run to its prompt; returns all it has printed. */
async function toPrompt(guest) {
  await guest.machine.evaluate((machine) => machine.play());
  await guest.prompt();
  return guest.transcript();
}

/** Waits, in the page, until `panel` shows the table of `pid`. */
async function showing(panel, pid) {
  while (panel.view?.owner?.pid !== pid) await new Promise((again) => setTimeout(again, 20));
  await panel.updateComplete;
}

/** The leaves that the tree shows: page by page, the frame and the flags but A and D, which change. */
async function shownLeaves(guest) {
  const rows = await panel(guest, 'page-table').locator('.row.is-leaf').evaluateAll((all) => all.map((row) => ({
    index: row.querySelector('.place code').textContent,
    va: BigInt(row.querySelector('.va').textContent),
    pa: BigInt(row.querySelector('.pa').lastElementChild?.querySelector('.now')?.textContent ?? row.querySelector('.pa').textContent.replace(/[^0-9a-fx]/g, '')),
    flags: [...row.querySelectorAll('.bit:is(.set, .added)')].map((bit) => bit.title.split(':')[0]),
  })).map(({ va, pa, ...rest }) => ({ va: Number(va), pa: Number(pa), ...rest })));
  return Object.fromEntries(rows.flatMap(({ index, va, pa, flags }) => {
    const [from, to = from] = index.split('–').map(Number);
    return Array.from({ length: to - from + 1 }, (_, n) => [va + n * 4096, { pa: pa + n * 4096, flags: flags.filter((flag) => flag !== 'A' && flag !== 'D').join(' ') }]);
  }));
}

const BITS = [[1, 'V'], [2, 'R'], [4, 'W'], [8, 'X'], [16, 'U'], [32, 'G'], [256, 'COW'], [512, 'RSW1']];

/** The leaves that `vmprint` prints after `pid N`. */
function printedLeaves(transcript, pid) {
  const [, after = ''] = transcript.split(`pid ${pid}\n`);
  const lines = after.split('\n').slice(1);
  const own = lines.slice(0, lines.findIndex((line) => !line.startsWith(' ..')) >>> 0);
  return Object.fromEntries(own.filter((line) => line.startsWith(' .. .. ..')).map((line) => {
    const [va, pte, pa] = [...line.matchAll(/0x[0-9a-f]+/g)].map(Number);
    return [va, { pa, flags: BITS.filter(([bit]) => Math.floor(pte / bit) % 2 === 1).map(([, letter]) => letter).join(' ') }];
  }));
}

for (const bootargs of ['', '&bootargs=fork%3Dcow']) {
  test(`page tables are those the guest prints${bootargs && ', with copy-on-write'}`, { timeout: 120_000 }, async () => {
    const guest = await open(browser, `${site.url}${VIEW}&harts=1${bootargs}`, WIDE);
    await guest.prompt();
    await guest.page.getByRole('button', { name: 'Sv39 tree' }).click();
    await type(guest, 'vmprint 5 fork');
    const shown = {};
    for (const who of ['child', 'parent']) {
      const { reason } = await travel(guest, 'return:kpgtbl');
      assert.equal(reason.kind, 'met', who);
      const row = panel(guest, 'processes').locator('tr:not(.gone)').filter({ hasText: 'RUNNING' });
      await row.click();
      const pid = (await row.locator('.pid').innerText()).replace(/\D/g, '');
      await panel(guest, 'page-table').evaluate(showing, Number(pid));
      assert.equal(await panel(guest, 'page-table').locator('select').inputValue(), pid);
      shown[pid] = await shownLeaves(guest);
    }
    const transcript = await toPrompt(guest);
    assert.equal(Object.keys(shown).length, 2);
    for (const [pid, leaves] of Object.entries(shown)) {
      assert.ok(Object.keys(leaves).length >= 5 + 3, `pid ${pid}`);
      assert.deepEqual(leaves, printedLeaves(transcript, pid), `pid ${pid}`);
    }
    await guest.close();
  });
}

test('processes and free frames are those the guest tells', { timeout: 120_000 }, async () => {
  const guest = await open(browser, `${site.url}${VIEW}&harts=2`, WIDE);
  await guest.prompt();
  await type(guest, 'sleep 1000 & ps');
  const { reason } = await travel(guest, 'return:sysinfo');
  assert.equal(reason.kind, 'met');
  const processes = panel(guest, 'processes');
  await processes.getByRole('row').filter({ hasText: 'ps' }).waitFor();
  const cells = await processes.locator('tbody tr').evaluateAll((rows) => rows.map((row) =>
    // Of what changed, the last word is how it is now.
    ['pid', 'parent', 'state', 'name'].map((column) => row.querySelector(`td.${column}`).innerText.trim().split(/[\s＋±└]+/).at(-1))));
  const shown = cells.map(([pid, parent, state, name]) => [pid, parent === '–' ? '0' : parent, state.toLowerCase(), name]);
  const frames = (await processes.locator('.frames b').evaluate((told) => (told.querySelector('.now') ?? told).textContent)).replace(/\D/g, '');
  const transcript = await toPrompt(guest);
  const lines = transcript.slice(transcript.lastIndexOf('PID PARENT')).split('\n').slice(1).map((line) => line.trim().split(/\s+/));
  const said = lines.filter((words) => words.length === 5 && words.slice(0, 2).every((word) => /^\d+$/.test(word))).map(([pid, parent, state, , name]) => [pid, parent, state, name]);
  assert.ok(said.length >= 4);
  assert.deepEqual(shown.toSorted((a, b) => a[0] - b[0]), said.toSorted((a, b) => a[0] - b[0]));
  assert.match(transcript, new RegExp(` ${frames} free frames`));
  await guest.close();
});
