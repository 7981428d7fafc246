// Budgets, idle time and speed, in numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextBudget, Pacer, Speedometer, T_PER_MS } from '../engine/worker/pacing.ts';

test('a call settles at two milliseconds and never exceeds a million instructions', () => {
  const settle = (instructionsPerMs: number) => {
    let budget = 50_000;
    for (let n = 0; n < 20; n++) budget = nextBudget(budget, budget / instructionsPerMs);
    return budget;
  };
  assert.equal(settle(100_000), 200_000);
  assert.equal(settle(1_000_000), 1_000_000);
  assert.equal(settle(1_000), 10_000);
  assert.equal(nextBudget(1_000_000, 0), 1_000_000);
});

test('one slow call at most halves the budget', () => {
  assert.equal(nextBudget(400_000, 1000), 200_000);
});

test('an idle guest waits as long as its deadline is away', () => {
  const pacer = new Pacer();
  pacer.tie(5_000_000, 1000);
  assert.equal(pacer.msUntil(5_000_000 + 30 * T_PER_MS, 1000), 30);
  assert.equal(pacer.msUntil(5_000_000 + 30 * T_PER_MS, 1020), 10);
  assert.equal(pacer.msUntil(5_000_000 + 30 * T_PER_MS, 1040), 0);
  assert.equal(pacer.tAt(1010), 5_000_000 + 10 * T_PER_MS);
});

test('short waits do not drift, long work ties the clocks anew', () => {
  const pacer = new Pacer();
  pacer.tie(0, 0);
  // Ten ticks of 10 ms, each taken up 1 ms late: the tenth is still due at 100 ms.
  for (let n = 1; n <= 9; n++) pacer.idle(n * 10 * T_PER_MS, n * 10 + 1);
  assert.equal(pacer.msUntil(100 * T_PER_MS, 91), 9);
  // Three guest seconds computed in one: the next tick is 10 ms away, not two seconds.
  pacer.idle(3000 * T_PER_MS, 1000);
  assert.equal(pacer.msUntil(3010 * T_PER_MS, 1000), 10);
});

test('speed is that of the last second', () => {
  const speedometer = new Speedometer();
  assert.deepEqual(speedometer.read(0, 0), { mips: 0, busy: 0 });
  for (let ms = 100; ms <= 2000; ms += 100) {
    speedometer.ran(50);
    speedometer.read(ms, ms * 100_000);
  }
  assert.deepEqual(speedometer.read(2100, 2_000 * 100_000 + 10_000_000), { mips: 100, busy: 0.45 });
  for (let ms = 2200; ms <= 3200; ms += 100) speedometer.read(ms, 210_000_000);
  assert.deepEqual(speedometer.read(3300, 210_000_000), { mips: 0, busy: 0 });
});
