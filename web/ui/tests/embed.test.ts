// Moments as prose names them, and whose turn it is to run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moment } from '../embed/moment.ts';
import { Turns, type Player } from '../embed/turns.ts';

const moments: [at: string, sought: string][] = [
  ['syscall:fork', 'event:syscall.fork'],
  ['trap:store-fault pid=4 #2', 'event:trap.store-fault pid=4 #2'],
  ['print:/child: writes/', 'event:print./child: writes/'],
  ['switch pid=4', 'event:switch pid=4'],
  ['ready', 'event:ready'],
  [' disk-write block=2 ', 'event:disk-write block=2'],
  // What is no event, or counts from the beginning already, stays as it is.
  ['event:syscall.fork#2', 'event:syscall.fork#2'],
  ['t:1234', 't:1234'],
  ['start', 'start'],
  ['end', 'end'],
  ['addr:0x80001234', 'addr:0x80001234'],
  ['', ''],
];
for (const [at, sought] of moments) {
  test(`the moment "${at}"`, () => assert.equal(moment(at), sought));
}

/** A player that notes what it is told. */
function player(log: string[], name: string, group?: string): Player {
  return { group, go: () => log.push(`${name} goes`), rest: () => log.push(`${name} rests`) };
}

test('who takes the turn makes the others rest', () => {
  const log: string[] = [];
  const turns = new Turns();
  const [a, b] = [player(log, 'a'), player(log, 'b')];
  turns.take(a);
  turns.take(a);
  turns.take(b);
  assert.deepEqual(log, ['a rests']);
});

test('who queues goes when nobody else runs, one after the other', () => {
  const log: string[] = [];
  const turns = new Turns();
  const [a, b, c] = [player(log, 'a'), player(log, 'b'), player(log, 'c')];
  turns.queue(a);
  turns.queue(b);
  turns.queue(c);
  assert.deepEqual(log, ['a goes']);
  turns.leave(b);
  turns.leave(a);
  assert.deepEqual(log, ['a goes', 'c goes']);
});

test('one group goes together, and rests together', () => {
  const log: string[] = [];
  const turns = new Turns();
  const [a, b, other] = [player(log, 'a', 'fork'), player(log, 'b', 'fork'), player(log, 'other')];
  turns.take(a);
  turns.queue(b);
  turns.queue(other);
  assert.deepEqual(log, ['b goes']);
  turns.take(other);
  assert.deepEqual(log, ['b goes', 'a rests', 'b rests']);
});

test('who left while waiting is not asked to go', () => {
  const log: string[] = [];
  const turns = new Turns();
  const [a, b] = [player(log, 'a'), player(log, 'b')];
  turns.take(a);
  turns.queue(b);
  turns.leave(b);
  turns.leave(a);
  assert.deepEqual(log, []);
});
