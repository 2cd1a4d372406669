import type { Clock } from '@agent-harbor/core';

/** The time of this machine. Longer waits than a timer can count are cut into pieces. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, wake) {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const now = Math.min(leftMs, longestTimerMs);
      timer = setTimeout(() => (leftMs > now ? arm(leftMs - now) : wake()), now);
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};

const longestTimerMs = 2 ** 31 - 1;
