import type { Clock } from '@agent-harbor/core';
import { describe, expect, it } from 'vitest';
import { createMockClock, type MockClockOptions } from './mock-clock.ts';

/** A time below that the test moves, and how many timers hang on it. */
const createBase = () => {
  let now = 1_000;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const base: Clock = {
    now: () => now,
    schedule(delayMs, wake) {
      const timer = { at: now + delayMs, wake };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const pass = (ms: number) => {
    const until = now + ms;
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers.delete(next);
      now = next.at;
      next.wake();
    }
    now = until;
  };
  return { base, pass, timers };
};

const open = (options: Partial<MockClockOptions> = {}) => {
  const below = createBase();
  const clock = createMockClock({ base: below.base, ...options });
  const woken: [string, number][] = [];
  const wait = (name: string, ms: number) => clock.schedule(ms, () => woken.push([name, clock.now()]));
  return { ...below, clock, woken, wait };
};

describe('a clock that runs', () => {
  it('keeps pace with the time below, on one timer', () => {
    const { clock, pass, wait, woken, timers } = open();
    wait('late', 300);
    wait('early', 100);
    wait('never', 200)();
    expect([clock.now(), clock.waiting, timers.size, clock.isFrozen]).toEqual([1_000, 2, 1, false]);
    pass(250);
    expect(woken).toEqual([['early', 1_100]]);
    pass(250);
    expect(woken).toEqual([
      ['early', 1_100],
      ['late', 1_300],
    ]);
    expect([clock.now(), timers.size]).toEqual([1_500, 0]);
  });

  it('leaps when it is moved, waking everybody on the way, and runs on from there', async () => {
    const { clock, pass, wait, woken } = open();
    wait('a', 100);
    wait('b', 5_000);
    wait('c', 5_100);
    await clock.advance(5_000);
    expect(woken).toEqual([
      ['a', 1_100],
      ['b', 6_000],
    ]);
    expect([clock.now(), clock.isFrozen]).toEqual([6_000, false]);
    pass(100);
    expect(woken.at(-1)).toEqual(['c', 6_100]);
  });
});

describe('a clock that is frozen', () => {
  it('stands still whatever happens below', () => {
    const { clock, pass, wait, woken, timers } = open({ frozenAt: 42 });
    wait('a', 1);
    wait('now', 0);
    pass(1_000_000);
    expect([clock.now(), clock.isFrozen, woken, timers.size]).toEqual([42, true, [], 0]);
  });

  it('can be frozen and run again: no time is lost, none is made up for', () => {
    const { clock, pass, wait, woken } = open();
    wait('a', 100);
    pass(60);
    clock.freeze();
    pass(10_000);
    expect([clock.now(), woken]).toEqual([1_060, []]);
    clock.run();
    pass(39);
    expect(woken).toEqual([]);
    pass(1);
    expect(woken).toEqual([['a', 1_100]]);
  });

  it('wakes in order, of several at one time the first come, and goes on with what comes up on the way', async () => {
    const { clock, wait, woken } = open({ frozenAt: 0 });
    wait('second', 20);
    wait('third', 20);
    wait('first', 10);
    clock.schedule(10, () => wait('nested', 5));
    await clock.advance(20);
    expect(woken).toEqual([
      ['first', 10],
      ['nested', 15],
      ['second', 20],
      ['third', 20],
    ]);
  });

  it('lets each do all it can before the next is woken', async () => {
    const { clock } = open({ frozenAt: 0 });
    const told: string[] = [];
    clock.schedule(1, async () => {
      for (let turn = 0; turn < 500; turn++) await Promise.resolve();
      told.push(`slow at ${clock.now()}`);
    });
    clock.schedule(2, () => told.push(`next at ${clock.now()}`));
    await clock.advance(2);
    expect(told).toEqual(['slow at 1', 'next at 2']);
  });

  it('is moved by one after the other, and may be run meanwhile', async () => {
    const { clock, pass } = open({ frozenAt: 0 });
    const moving = [clock.advance(10), clock.advance(5)];
    clock.run();
    expect([clock.now(), clock.isFrozen]).toEqual([0, false]);
    await Promise.all(moving);
    expect(clock.now()).toBe(15);
    pass(7);
    expect(clock.now()).toBe(22);
  });

  it('tells whoever moved it when somebody woken fails, and can still be moved', async () => {
    const { clock } = open({ frozenAt: 0 });
    clock.schedule(1, () => {
      throw new Error('mine');
    });
    await expect(clock.advance(5)).rejects.toThrow('mine');
    await clock.advance(5);
    expect(clock.now()).toBeGreaterThan(4);
  });
});

it('wakes nobody any more once it is closed', async () => {
  const { clock, pass, wait, woken, timers } = open();
  wait('a', 10);
  clock.close();
  pass(100);
  await clock.advance(100);
  expect([woken, timers.size]).toEqual([[], 0]);
});

it('wakes ten thousand in good time', async () => {
  const { clock } = open({ frozenAt: 0, settle: async () => {} });
  let woken = 0;
  for (let count = 0; count < 10_000; count++) clock.schedule((count * 7919) % 10_007, () => woken++);
  const begun = performance.now();
  await clock.advance(10_007);
  expect(woken).toBe(10_000);
  expect(performance.now() - begun).toBeLessThan(2_000);
});
