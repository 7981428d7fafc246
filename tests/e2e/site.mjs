// A tiny static server for the page, under a path of its own as on a lecturer's site.
// A test can put another file in a file's place, or add headers.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = process.env.ORRERY_DIST ?? join(root, 'dist');
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Where a file of the finished page lies. */
export const distPath = (name) => join(dist, name);
/** Where the page's kernel (`kernel`) or disk (`fs.img`) lies. */
export const guestPath = (name) => distPath(`guest/${name}`);

/**
 * Serves `dist/` under `/courses/os/`.
 *
 * `instead` maps a path below that to bytes, or to `undefined` for "404"; `headers` go
 * with every answer. Returns the page's address and `close`.
 */
export async function serve({ instead = {}, headers = {} } = {}) {
  const base = '/courses/os/';
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    answer(pathname).then(
      (bytes) => {
        const type = TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream';
        response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, ...headers });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  async function answer(pathname) {
    if (!pathname.startsWith(base)) throw new Error('outside');
    const path = pathname.slice(base.length) || 'index.html';
    const replaced = Object.keys(instead).find((pattern) => new RegExp(`^${pattern}$`).test(path));
    return replaced === undefined ? readFile(join(dist, path)) : Buffer.from(instead[replaced]);
  }
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}
