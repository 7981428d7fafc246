// The scripted session, as tests/session/README.md defines it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './site.mjs';

const read = (name) => readFile(join(root, 'tests/session', name), 'utf8');

/** The commands, one per prompt. */
export async function commands() {
  return (await read('commands.txt')).split('\n').filter((line) => line !== '');
}

/** Holds what a guest has shown against the transcript. */
export async function assertShown(shown) {
  const cleaned = shown.replaceAll('\r', '').replace(/hart \d+ starting\n/g, '');
  const lines = cleaned.slice(cleaned.search(/^\$ /m)).split('\n');
  const expected = (await read('transcript.txt')).split('\n');
  assert.equal(lines.length, expected.length, `as many lines as in the transcript:\n${cleaned}`);
  lines.forEach((line, n) => {
    const pattern = expected[n].split('{n}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\d+');
    assert.match(line, new RegExp(`^${pattern}$`), `line ${n + 1} of the transcript`);
  });
}
