import type { Clock } from '@agent-harbor/core';
import { expect, onTestFinished, test } from 'vitest';
import { watchLoopDelay } from './loop-delay.ts';

/** A clock that a test moves from window to window, and a loop that is as late as the test says. */
const open = () => {
  let now = 0;
  let due: (() => void) | undefined;
  const clock: Clock = {
    now: () => now,
    schedule(delayMs, wake) {
      due = () => {
        now += delayMs;
        wake();
      };
      return () => {
        due = undefined;
      };
    },
  };
  let delayMs = 0;
  const histogram = { percentile: () => (delayMs + 20) * 1e6, max: 0, reset: () => {}, disable: () => true };
  const told: unknown[] = [];
  const log = {
    info: () => {},
    error: () => {},
    warn: (message: string, fields?: object) => void told.push({ message, ...fields }),
  };
  const loop = watchLoopDelay({ clock, log, histogram });
  onTestFinished(() => loop.close());
  return {
    loop,
    told,
    windows(count: number, ms: number) {
      delayMs = ms;
      for (let window = 0; window < count; window++) due?.();
    },
    isWaiting: () => due !== undefined,
  };
};

test('a loop that is late is told once a minute, not each time', () => {
  const { told, windows } = open();
  // The first window has the start in it.
  windows(1, 5_000);
  windows(2, 999);
  expect(told).toEqual([]);
  windows(1, 1_300);
  expect(told).toMatchObject([{ message: 'The event loop was held up', longestMs: 1_300, untold: 0 }]);
  windows(5, 1_400);
  expect(told).toHaveLength(1);
  windows(1, 1_500);
  expect(told[1]).toMatchObject({ longestMs: 1_500, untold: 5 });
});

test('the delays of the last window are there to read, without the tick they are measured by', () => {
  const { loop, windows } = open();
  windows(0, 25);
  // The first window counts before it is over.
  expect(loop.family().samples[0]?.value).toBe(0.025);
  windows(1, 30);
  windows(0, 99);
  expect(loop.family().samples).toEqual([
    { labels: { quantile: '0.5' }, value: 0.03 },
    { labels: { quantile: '0.99' }, value: 0.03 },
    { labels: { quantile: '1' }, value: 0.03 },
  ]);
});

test('nothing goes on once it is closed', () => {
  const { loop, isWaiting } = open();
  loop.close();
  expect(isWaiting()).toBe(false);
});

test('a real loop that is held up is seen', async () => {
  let wake: () => void = () => {};
  const clock: Clock = {
    now: () => 0,
    schedule: (_, due) => {
      wake = due;
      return () => {};
    },
  };
  const loop = watchLoopDelay({ clock, log: { info: () => {}, warn: () => {}, error: () => {} } });
  onTestFinished(() => loop.close());
  const turn = () => new Promise((resolve) => setTimeout(resolve, 60));
  await turn();
  const until = performance.now() + 150;
  while (performance.now() < until);
  await turn();
  wake();
  const [, , longest] = loop.family().samples;
  expect(longest?.value).toBeGreaterThan(0.1);
});
