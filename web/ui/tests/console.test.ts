// What is made of the text a guest prints.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PanicWatch } from '../panic-watch.ts';
import { Transcript } from '../transcript.ts';

function watched(...pieces: string[]): string | undefined {
  const watch = new PanicWatch();
  return pieces.map((piece) => watch.read(piece)).at(-1);
}

test('a panic is found however it is cut', () => {
  const text = '$ boom\npanic: kerneltrap: scause 13\n  at kernel/src/trap.rs:40:9\n';
  assert.equal(watched(text), 'kerneltrap: scause 13');
  assert.equal(watched(...text), 'kerneltrap: scause 13');
  assert.equal(watched(text.replaceAll('\n', '\r\n')), 'kerneltrap: scause 13');
});

test('a panic after a prompt is one', () => {
  assert.equal(watched('$ panic: timer\n'), 'timer');
});

test('words about a panic are none', () => {
  assert.equal(watched('no panic: here\n'), undefined);
  assert.equal(watched('panic: not yet ended'), undefined);
  assert.equal(watched('$ echo panic: no\npanic: no\n$ '), undefined);
});

test('the transcript joins characters cut in two', () => {
  const transcript = new Transcript();
  const bytes = new TextEncoder().encode('写 ok');
  assert.equal(transcript.add(bytes.slice(0, 2)), '');
  assert.equal(transcript.add(bytes.slice(2)), '写 ok');
  assert.equal(transcript.text(), '写 ok');
});

test('the transcript keeps the newest part', () => {
  const transcript = new Transcript();
  const line = new TextEncoder().encode('x'.repeat(999_999) + '\n');
  for (let n = 0; n < 12; n++) transcript.add(line);
  transcript.add(new TextEncoder().encode('end'));
  assert.ok(transcript.text().endsWith('x\nend'));
  assert.equal(transcript.text().length, 4_000_000);
});

test('the transcript can be had as of any moment, and be cut there', () => {
  const transcript = new Transcript();
  for (const piece of ['one\n', 'two\n', 'three\n']) transcript.add(new TextEncoder().encode(piece));
  assert.equal(transcript.text(6), 'one\ntw');
  assert.equal(new TextDecoder().decode(transcript.slice(2, 9)), 'e\ntwo\nt');
  assert.equal(transcript.slice(9, 2).length, 0);
  transcript.truncate(4);
  transcript.add(new TextEncoder().encode('other\n'));
  assert.equal(transcript.text(), 'one\nother\n');
  assert.equal(transcript.length, 10);
});
