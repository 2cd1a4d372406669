import { describe, expect, it, vi } from 'vitest';
import { createVirtualClock } from './virtual-clock.ts';

describe('a virtual clock', () => {
  it('stands still', async () => {
    const clock = createVirtualClock(5);
    let woken = false;
    clock.schedule(1, () => {
      woken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([clock.now(), woken]).toEqual([5, false]);
  });

  it('wakes in order, those of one time in the order in which they came', async () => {
    const clock = createVirtualClock();
    const woken: [string, number][] = [];
    const wake = (name: string) => () => {
      woken.push([name, clock.now()]);
    };
    clock.schedule(20, wake('c'));
    clock.schedule(10, wake('a'));
    clock.schedule(20, wake('d'));
    clock.schedule(10, wake('b'));
    clock.schedule(31, wake('later'));
    const cancel = clock.schedule(15, wake('never'));
    cancel();
    cancel();
    await clock.advance(30);
    expect(woken).toEqual([
      ['a', 10],
      ['b', 10],
      ['c', 20],
      ['d', 20],
    ]);
    expect(clock.now()).toBe(30);
  });

  it('lets promises run before time goes on, however many hang on each other', async () => {
    const clock = createVirtualClock();
    const seen: number[] = [];
    const sleeper = async () => {
      for (let nap = 0; nap < 3; nap += 1) {
        await new Promise<void>((resolve) => clock.schedule(10, resolve));
        for (let turn = 0; turn < 500; turn += 1) await undefined;
        seen.push(clock.now());
      }
    };
    const done = sleeper();
    await clock.advance(30);
    expect(seen).toEqual([10, 20, 30]);
    await done;
  });

  it('goes to whoever is due next', async () => {
    const clock = createVirtualClock();
    const wake = vi.fn();
    clock.schedule(-5, wake);
    clock.schedule(86_400_000, wake);
    expect([await clock.advanceToNext(), clock.now(), wake.mock.calls.length]).toEqual([true, 0, 1]);
    expect([await clock.advanceToNext(), clock.now(), wake.mock.calls.length]).toEqual([true, 86_400_000, 2]);
    expect([await clock.advanceToNext(), clock.now()]).toEqual([false, 86_400_000]);
  });

  it('moves as far as it is told, also when nobody waits in between', async () => {
    const clock = createVirtualClock();
    const woken: number[] = [];
    clock.schedule(15, () => woken.push(clock.now()));
    const moves = [clock.advance(10), clock.advance(10)];
    await moves[0];
    expect([clock.now(), woken]).toEqual([10, []]);
    await moves[1];
    expect([clock.now(), woken]).toEqual([20, [15]]);
  });

  it('is not held back by fake timers', async () => {
    vi.useFakeTimers();
    try {
      const clock = createVirtualClock();
      await clock.advance(1_000);
      expect(clock.now()).toBe(1_000);
    } finally {
      vi.useRealTimers();
    }
  });
});
