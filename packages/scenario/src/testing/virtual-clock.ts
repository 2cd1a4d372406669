import type { Clock } from '@agent-harbor/core';

/** A clock that moves only when told to. */
export interface VirtualClock extends Clock {
  /** Lets time pass; whatever becomes due is done in order. */
  advance(ms: number): Promise<void>;
  /** How many timers wait. */
  readonly waiting: number;
}

export const createVirtualClock = (start = Date.parse('2026-03-04T05:06:07.000Z')): VirtualClock => {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    now: () => now,
    schedule(delayMs, wake) {
      const timer = { at: now + delayMs, wake };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        await settle();
        const [due] = [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
        if (due === undefined) break;
        timers.delete(due);
        now = due.at;
        due.wake();
      }
      now = end;
      await settle();
    },
    get waiting() {
      return timers.size;
    },
  };
};
