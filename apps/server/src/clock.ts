import type { Clock } from '@agent-harbor/core';

/** The longest delay a timer of the platform can take; longer ones are slept in pieces. */
const longestTimer = 2 ** 31 - 1;

/** The system's time. Timers do not keep the process alive: the server's socket does. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(delayMs, wake) {
    let timer: NodeJS.Timeout;
    const sleep = (rest: number) => {
      timer = setTimeout(
        () => (rest > longestTimer ? sleep(rest - longestTimer) : wake()),
        Math.min(Math.max(0, rest), longestTimer),
      );
      timer.unref();
    };
    sleep(delayMs);
    return () => clearTimeout(timer);
  },
};
