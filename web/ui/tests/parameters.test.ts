// What the address may ask for, and what it may not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readParameters } from '../parameters.ts';
import { Trouble } from '../trouble.ts';

const BASE = 'https://example.org/notes/page.html';

test('all parameters', () => {
  const hash = '#kernel=k/kernel&disk=https://other.example/fs.img&harts=2&seed=7&bootargs=fork%3Dcow+sbrk%3Dlazy';
  assert.deepEqual(readParameters(hash, BASE), {
    kernel: 'https://example.org/notes/k/kernel',
    disk: 'https://other.example/fs.img',
    harts: 2,
    seed: 7,
    bootargs: 'fork=cow sbrk=lazy',
  });
});

test('nothing asked for', () => {
  assert.deepEqual(readParameters('', BASE), {});
  assert.deepEqual(readParameters('#', BASE), {});
});

const bad: [hash: string, code: string, name: string][] = [
  ['#hartz=2', 'parameter-unknown', 'hartz'],
  ['#constructor=2', 'parameter-unknown', 'constructor'],
  ['#harts=0', 'parameter-range', 'harts'],
  ['#harts=9', 'parameter-range', 'harts'],
  ['#harts=', 'parameter-range', 'harts'],
  ['#harts=2.5', 'parameter-range', 'harts'],
  ['#seed=-1', 'parameter-range', 'seed'],
  ['#seed=99999999999999999', 'parameter-range', 'seed'],
  ['#kernel=', 'parameter-address', 'kernel'],
  ['#disk=http://[', 'parameter-address', 'disk'],
  ['#bootargs=%00', 'parameter-text', 'bootargs'],
  ['#bootargs=写时复制', 'parameter-text', 'bootargs'],
  ['#harts=2&harts=3', 'parameter-twice', 'harts'],
];
for (const [hash, code, name] of bad) {
  test(`${hash} is ${code}`, () => {
    assert.throws(
      () => readParameters(hash, BASE),
      (error) => error instanceof Trouble && error.code === code && error.details.name === name,
    );
  });
}
