import type { Clock } from '@agent-harbor/core';

/** A clock that stands still until it leaps to whatever is due next. */
export interface LeapingClock extends Clock {
  /** Lets everything run that hangs on promises alone, then leaps to the next wake; false when there is none. */
  leap(): Promise<boolean>;
}

export const createLeapingClock = (): LeapingClock => {
  let now = 0;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    schedule(delayMs, wake) {
      const sleeper = { at: now + Math.max(0, delayMs), wake };
      sleepers.push(sleeper);
      return () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
      };
    },
    async leap() {
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
      const next = sleepers.reduce<(typeof sleepers)[number] | undefined>(
        (first, other) => (first === undefined || other.at < first.at ? other : first),
        undefined,
      );
      if (next === undefined) return false;
      sleepers = sleepers.filter((other) => other !== next);
      now = Math.max(now, next.at);
      next.wake();
      return true;
    },
  };
};
