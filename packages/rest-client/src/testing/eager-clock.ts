import type { Clock } from '@agent-harbor/core';

/** A clock whose waits pass at once, so that tests of retries do not wait; deadlines pass only when told. */
export interface EagerClock extends Clock {
  /** Every wait that passed, in milliseconds. */
  readonly waited: readonly number[];
  /** Lets the deadlines pass that are set now. */
  expire(): void;
}

export const createEagerClock = (deadlinesFromMs = 40_000): EagerClock => {
  let now = Date.parse('2026-01-02T03:04:05.678Z');
  const waited: number[] = [];
  const deadlines = new Set<() => void>();
  return {
    now: () => now,
    waited,
    schedule(delayMs, wake) {
      if (delayMs >= deadlinesFromMs) {
        deadlines.add(wake);
        return () => deadlines.delete(wake);
      }
      const timer = setImmediate(() => {
        now += delayMs;
        waited.push(delayMs);
        wake();
      });
      return () => clearImmediate(timer);
    },
    expire() {
      for (const wake of [...deadlines]) {
        deadlines.delete(wake);
        wake();
      }
    },
  };
};
