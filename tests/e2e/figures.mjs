// A figure in somebody else's page, as a test sees it.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { root } from './site.mjs';

/** The lines README.md tells people to paste. */
export async function pastedLines() {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, lines] = readme.match(/```html\n(<script src="orrery-machine\.js"[\s\S]*?)```/) ?? [];
  if (lines === undefined) throw new Error('README.md shows no figure to paste');
  return lines;
}

/** The figure that plays a scene, in README.md. */
export async function sceneLines() {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const [, lines] = readme.match(/```html\n(<orrery-machine id="m" scene=[\s\S]*?)```/) ?? [];
  if (lines === undefined) throw new Error('README.md shows no scene');
  return lines;
}

/** Serves one page on an origin of its own; `headers` go with it. */
export async function host(html, headers = {}) {
  const server = createServer((request, response) => {
    if (request.url !== '/') return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers }).end(html);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

/** A figure: the `nth` machine of `place`, a page or a frame. */
export class Figure {
  constructor(place, nth = 0) {
    this.machine = place.locator('orrery-machine').nth(nth);
    this.startButton = this.machine.locator('button.start');
    this.notice = this.machine.locator('orrery-notice p');
    this.terminal = this.machine.locator('orrery-terminal textarea');
    this.state = this.machine.locator('orrery-status .state');
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

  prompt() {
    return this.printed(/(^|\n)\$ $/);
  }

  /** Types a command as a reader would, and returns what the guest answered. */
  async command(line) {
    const start = (await this.transcript()).length;
    await this.terminal.focus();
    await this.terminal.pressSequentially(`${line}\n`);
    const text = await this.printed(/\n\$ $/, { start });
    return text.slice(text.indexOf('\n') + 1, -2);
  }
}
