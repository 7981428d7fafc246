// Chromium, and the page in it as a test sees it.

import { test } from 'node:test';
import { chromium } from 'playwright-core';

/** Starts the Chromium of the system; Playwright downloads none. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A test that ends, one way or another: in a minute, if `options` do not say when. */
export function timed(name, ...rest) {
  const run = rest.pop();
  return test(name, { timeout: 60_000, ...rest[0] }, run);
}

/** Opens `url` in a fresh context; `options` are Playwright's. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 720 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(url);
  return new MachinePage(page, faults);
}

/** A machine on some page, as a reader meets it. */
export class Guest {
  constructor(machine) {
    this.machine = machine;
    this.state = machine.locator('orrery-status .state');
    this.notice = machine.locator('orrery-notice p');
    this.terminal = machine.locator('orrery-terminal textarea');
  }

  /** Everything the guest has printed, without carriage returns. */
  async transcript() {
    return (await this.machine.evaluate((machine) => machine.transcript())).replaceAll('\r', '');
  }

  /** Waits until the transcript from `start` matches `pattern`; returns that part. */
  async printed(pattern, { start = 0, timeout = 20_000 } = {}) {
    const deadline = Date.now() + timeout;
    for (;;) {
      const text = (await this.transcript()).slice(start);
      if (pattern.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`waited for ${pattern}, got ${JSON.stringify(text.slice(-2000))}`);
      await new Promise((later) => setTimeout(later, 20));
    }
  }

  /** Waits for the shell's prompt. The console echoes a ^D as it is. */
  prompt(options) {
    return this.printed(/(^|[\n\x04])\$ $/, options);
  }

  /** Types a command as a reader would, waits for the next prompt, returns what came after the echo. */
  async command(line) {
    const start = (await this.transcript()).length;
    await this.terminal.focus();
    await this.terminal.pressSequentially(`${line}\n`);
    const text = await this.printed(/\n\$ $/, { start });
    return text.slice(text.indexOf('\n') + 1, -2);
  }

  /** Pastes `text` into the terminal. */
  async paste(text) {
    await this.terminal.evaluate((textarea, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      textarea.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }));
    }, text);
  }
}

/** The page and its machine. */
export class MachinePage extends Guest {
  constructor(page, faults) {
    super(page.locator('orrery-machine'));
    this.page = page;
    /** What JavaScript threw and nobody caught. */
    this.faults = faults;
  }

  /** The status line's count of instructions. */
  async instructions() {
    return Number((await this.page.locator('orrery-status .instret b').textContent()).replace(/\D/g, ''));
  }

  close() {
    return this.page.context().close();
  }
}
