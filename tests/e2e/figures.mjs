// A figure in somebody else's page, as a test sees it.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Guest } from './browser.mjs';
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
export class Figure extends Guest {
  constructor(place, nth = 0) {
    super(place.locator('orrery-machine').nth(nth));
    this.startButton = this.machine.locator('button.start');
  }
}
