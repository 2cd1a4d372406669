import type { Clock } from '@agent-harbor/core';

/** A clock whose time is moved by hand. */
export const handClock = () => {
  let now = 1000;
  const due = new Map<() => void, number>();
  const clock: Clock = {
    now: () => now,
    schedule(delayMs, wake) {
      due.set(wake, now + delayMs);
      return () => due.delete(wake);
    },
  };
  const advance = (ms: number) => {
    now += ms;
    for (const [wake, at] of [...due]) if (at <= now && due.delete(wake)) wake();
  };
  return { clock, advance };
};
