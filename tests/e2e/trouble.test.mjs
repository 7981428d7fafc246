// What a reader sees when something is wrong: one clear sentence each, never a blank page.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launch, open, timed as test } from './browser.mjs';
import { guestPath, serve } from './site.mjs';

let browser;
let kernel;
let disk;
before(async () => {
  [browser, kernel, disk] = await Promise.all([launch(), readFile(guestPath('kernel')), readFile(guestPath('fs.img'))]);
});
after(() => browser.close());

/** A copy of `bytes` with `patch` at `offset`. */
function patched(bytes, offset, patch) {
  const copy = Buffer.from(bytes);
  copy.set(patch, offset);
  return copy;
}

/** Opens the page as `site` and `hash` say; the sentence must match, and be an alert. */
async function assertTold(sentence, { site = {}, hash = '', init = undefined, state = 'Could not start' }) {
  const server = await serve(site);
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  if (init) await page.addInitScript(init);
  await page.goto(server.url + hash);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.locator('p').innerText(), sentence);
  assert.equal(await page.locator('orrery-status .state').innerText(), state);
  assert.ok(await page.getByRole('button', { name: 'Start again' }).isVisible());
  await context.close();
  await server.close();
}

const kernels = [
  ['no ELF file', Buffer.from('<!doctype html><title>Not found</title>'), /cannot be booted: the kernel is not an ELF file\. Give a 64-bit RISC-V ELF/],
  ['for x86-64', (k) => patched(k, 18, [62, 0]), /for another architecture \(ELF machine 62\), not for RISC-V/],
  ['32-bit', (k) => patched(k, 4, [1]), /not a 64-bit little-endian ELF/],
  ['cut short', (k) => k.subarray(0, 5000), /damaged or cut short/],
  ['empty', Buffer.alloc(0), /not an ELF file/],
];
for (const [what, make, sentence] of kernels) {
  test(`a kernel that is ${what}`, () =>
    assertTold(sentence, {
      site: { instead: { 'my/kernel': typeof make === 'function' ? make(kernel) : make } },
      hash: '#kernel=my/kernel',
    }));
}

const disks = [
  ['no file system', () => Buffer.alloc(4096), /magic number is 0x00000000, not 0x10203040/],
  ['cut short', (d) => d.subarray(0, 700_000), /the image ends in block 683, the superblock \(block 1\) says 2000 blocks/],
  ['empty', () => Buffer.alloc(0), /too few for a file system/],
  ['ragged', (d) => Buffer.concat([d, Buffer.from('x')]), /not a multiple of 512/],
  ['contradictory', (d) => patched(d, 1024 + 20, [0, 0, 0, 0]), /cannot be used: .*superblock.*Build it anew/],
];
for (const [what, make, sentence] of disks) {
  test(`a disk image that is ${what}`, () =>
    assertTold(sentence, { site: { instead: { 'my/fs.img': make(disk) } }, hash: '#disk=my/fs.img' }));
}

test('a disk whose files do not agree is told of, and booted', async () => {
  const superblock = disk.subarray(1024);
  const bitmap = superblock.readUInt32LE(28) * 1024;
  const site = await serve({ instead: { 'my/fs.img': patched(disk, bitmap + 12, [0, 0]) } });
  const guest = await open(browser, `${site.url}#disk=my/fs.img`);
  await guest.notice.filter({ hasText: /file system on the disk image is damaged \(.*; \d+ more findings\)/ }).waitFor();
  await guest.prompt();
  await guest.page.getByRole('button', { name: 'Close this notice' }).click();
  assert.equal(await guest.notice.count(), 0);
  await guest.close();
  await site.close();
});

test('a kernel that panics', async () => {
  // Without a program to start, the kernel has nothing left to do.
  const name = disk.indexOf('init\0\0\0\0\0\0\0\0\0\0');
  const site = await serve({ instead: { 'my/fs.img': patched(disk, name, Buffer.from('nope')) } });
  const guest = await open(browser, `${site.url}#disk=my/fs.img`);
  await guest.notice.filter({ hasText: /^The kernel panicked: .+/ }).waitFor();
  assert.equal(await guest.state.innerText(), 'Panicked');
  await guest.page.getByRole('button', { name: 'Start again' }).click();
  await guest.page.waitForTimeout(100);
  await guest.notice.filter({ hasText: /^The kernel panicked: .+/ }).waitFor();
  await guest.close();
  await site.close();
});

test('a program that prints "panic:" is none', async () => {
  const site = await serve();
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.command('echo panic: only words');
  assert.equal(await guest.notice.count(), 0);
  await guest.close();
  await site.close();
});

test('a kernel that is not there', () =>
  assertTold(/The kernel could not be fetched from .*my\/kernel \(HTTP 404\)/, { hash: '#kernel=my/kernel' }));
test('a disk on a site that does not exist', () =>
  assertTold(/The disk image could not be fetched from http:\/\/127\.0\.0\.1:9\/fs\.img .*CORS/, { hash: '#disk=http://127.0.0.1:9/fs.img' }));
test('a compressed disk that is damaged', () =>
  assertTold(/The disk image could not be fetched from .*my\/fs\.img\.gz \(gzip: /, {
    site: { instead: { 'my/fs.img.gz': gzipSync(disk).subarray(0, 20_000) } },
    hash: '#disk=my/fs.img.gz',
  }));
test('no engine', () =>
  assertTold(/The engine could not be fetched from .*\.wasm\.gz\?\w+ \(HTTP 404\)/, { site: { instead: { 'web/.*wasm.gz': undefined } } }));
test('an engine that is something else', () =>
  assertTold(/not a WebAssembly module this browser can run/, { site: { instead: { 'web/.*wasm.gz': '<!doctype html>' } } }));
test('a kernel of another build', () =>
  assertTold(/The kernel that arrived is not the one this page was built with/, {
    site: { instead: { 'guest/kernel.gz': patched(kernel, kernel.length - 1, [1 ^ kernel[kernel.length - 1]]) } },
  }));
test('a worker that fails to start', () =>
  assertTold(/worker did not start \(.*no workers today.*Reload the page/, {
    init: () => {
      window.Worker = class {
        constructor() {
          throw new Error('no workers today');
        }
      };
    },
  }));
test('a worker with nothing in it but a fault', () =>
  assertTold(/worker did not start \(.*boom/, {
    init: () => {
      const Real = window.Worker;
      window.Worker = class extends Real {
        constructor() {
          super(URL.createObjectURL(new Blob(['throw new Error("boom")'])));
        }
      };
    },
  }));
test('a policy without blob: workers', () =>
  assertTold(/Content-Security-Policy does not let the machine start.*worker-src blob:; script-src 'wasm-unsafe-eval'/, {
    site: { headers: { 'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'" } },
  }));
test('a policy without wasm', () =>
  assertTold(/Content-Security-Policy does not let the machine start/, {
    site: { headers: { 'Content-Security-Policy': "default-src 'self'; worker-src blob:; style-src 'self' 'unsafe-inline'" } },
  }));

test('the policy the README asks for is enough', async () => {
  const policy = "default-src 'self'; worker-src blob:; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'";
  const site = await serve({ headers: { 'Content-Security-Policy': policy } });
  const guest = await open(browser, site.url);
  await guest.prompt();
  await guest.close();
  await site.close();
});

const addresses = [
  ['#hartz=2', /The address asks for “hartz”, which does not exist\. Known are: scene, variant, step, view, kernel, disk, symbols, harts, seed, bootargs\./],
  ['#harts=9', /“9” will not do for “harts”\. Give a whole number from 1 to 8\./],
  ['#seed=many', /“many” will not do for “seed”/],
  ['#kernel=', /“” is no address for “kernel”/],
  ['#harts=1&harts=2', /gives “harts” twice/],
  ['#bootargs=%E5%86%99', /at most 255 printable ASCII characters/],
];
for (const [hash, sentence] of addresses) {
  test(`the address ${hash}`, () => assertTold(sentence, { hash }));
}

test('a page whose script is missing still says what it is', async () => {
  const site = await serve({ instead: { 'assets/.*js': undefined } });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.url);
  await page.getByText('If this text stays, the page could not start').waitFor();
  await context.close();
  await site.close();
});

test('a corrected address starts the machine', async () => {
  const site = await serve();
  const guest = await open(browser, `${site.url}#harts=9`);
  await guest.notice.waitFor();
  await guest.page.evaluate(() => (location.hash = '#harts=1'));
  await guest.prompt();
  assert.equal(await guest.notice.count(), 0);
  await guest.close();
  await site.close();
});

test('trouble is told in Chinese too', async () => {
  const site = await serve();
  const guest = await open(browser, `${site.url}#harts=9`, { locale: 'zh-CN' });
  assert.equal(await guest.notice.innerText(), '“9”不适用于“harts”。请给出 1 到 8 的整数。');
  await guest.close();
  await site.close();
});

test('symbols that do not fit are told of, and the rest goes on', async () => {
  const other = await serve({ instead: { 'guest/symbols.gz': 'no symbols' } });
  const guest = await open(browser, other.url, { viewport: { width: 1400, height: 900 } });
  await guest.prompt();
  await guest.notice.filter({ hasText: 'The symbols do not fit' }).waitFor();
  await guest.machine.evaluate((machine) => machine.pause());
  await guest.machine.evaluate((machine) => machine.back(1, 'event'));
  const views = await guest.machine.evaluate(async (machine) => [await machine.view({ kind: 'page-table' }), await machine.view({ kind: 'processes' })]);
  assert.equal(views[0].kind, 'page-table');
  assert.equal(views[1].kind, 'missing');
  await guest.close();
  await other.close();
});

test('source text that is not there, or is of another build, is told to who looks for it, and the rest goes on', async () => {
  for (const [text, told] of [[undefined, 'The source text could not be fetched'], ['no text', 'The source text does not fit: this is not a file of source text']]) {
    const other = await serve({ instead: { 'guest/symbols.sources.gz': text } });
    const guest = await open(browser, `${other.url}#view=console+source`, { viewport: { width: 1400, height: 900 } });
    await guest.prompt();
    await guest.notice.filter({ hasText: told }).waitFor();
    const panel = guest.page.locator('orrery-source-panel');
    await panel.getByText(/^The text of kernel\/\S+ is not here yet\.$/).waitFor();
    await panel.locator('.code .next').waitFor();
    assert.equal(await guest.command('echo on'), 'on\n');
    assert.deepEqual(guest.faults, []);
    await guest.close();
    await other.close();
  }
});
