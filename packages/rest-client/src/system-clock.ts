import type { Clock } from '@agent-harbor/core';

/** The time of the host the client runs on. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};
