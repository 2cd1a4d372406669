import type { Clock } from '@agent-harbor/core';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time forward step by step, waking who sleeps; lets everything run that hangs on promises alone. */
  advance(ms: number): Promise<void>;
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
};

export const createManualClock = (start = Date.parse('2026-01-02T03:04:05.678Z')): ManualClock => {
  let now = start;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    schedule(delayMs, wake) {
      const sleeper = { at: now + delayMs, wake };
      sleepers.push(sleeper);
      return () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
      };
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        sleepers = sleepers.filter((other) => other !== next);
        now = next.at;
        next.wake();
        await settle();
      }
      now = end;
      await settle();
    },
  };
};
