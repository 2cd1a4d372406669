import type { Clock } from '@agent-harbor/core';

/** The host's clock. The recorder is a process of its own, so it brings one. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};
