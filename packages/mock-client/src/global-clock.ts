import type { Clock } from '@agent-harbor/core';

/**
 * Time from the global timers, looked up at every call: a test that fakes them moves the mock, before or after it was
 * made.
 */
export const globalClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
