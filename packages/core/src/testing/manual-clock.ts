import type { Clock } from '../clock.ts';

/** A clock for tests: it stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time forward, waking sleepers in order; work that becomes due meanwhile is done too. */
  advance(ms: number): Promise<void>;
  /** How many wait to be woken. */
  readonly waiting: number;
}

export const createManualClock = (start = Date.parse('2026-01-02T03:04:05.678Z')): ManualClock => {
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  /** Lets everything run that hangs on promises alone. */
  const settle = async () => {
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  };
  return {
    now: () => now,
    schedule(delayMs, wake) {
      const sleeper = { at: now + Math.max(0, delayMs), wake };
      sleepers.push(sleeper);
      return () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
      };
    },
    get waiting() {
      return sleepers.length;
    },
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const next = sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        sleepers = sleepers.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.wake();
        await settle();
      }
      now = end;
      await settle();
    },
  };
};
