import type { Clock } from '@agent-harbor/core';

/** One waiter that several things can wake: no promise outlives a wait, however long the stream is. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, at once when it rang since the last wait, or when the clock reaches `until`. */
  wait(clock: Clock, until: number): Promise<void>;
}

export const createBell = (): Bell => {
  let hasRung = false;
  let wake: (() => void) | undefined;
  const ring = () => {
    hasRung = true;
    wake?.();
  };
  return {
    ring,
    async wait(clock, until) {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const cancel = clock.schedule(Math.max(0, until - clock.now()), resolve);
          wake = () => {
            cancel();
            resolve();
          };
        });
      }
      hasRung = false;
      wake = undefined;
    },
  };
};
