import type { Clock } from '@agent-harbor/core';

/** The longest delay a timer of the platform can take; longer ones are slept in pieces. */
const longestTimer = 2 ** 31 - 1;

/**
 * Time from the global timers, looked up at every call: a test that fakes them moves the mock, before or after it was
 * made.
 */
export const globalClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, wake) {
    let timer: ReturnType<typeof setTimeout>;
    const sleep = (rest: number): void => {
      timer =
        rest > longestTimer
          ? setTimeout(() => sleep(rest - longestTimer), longestTimer)
          : setTimeout(wake, Math.max(0, rest));
    };
    sleep(delayMs);
    return () => clearTimeout(timer);
  },
};
