import { type Clock, steady } from '@agent-harbor/core';

/** A clock that can be made to stand still; what was scheduled then waits with it. */
export interface PausableClock extends Clock {
  /** The time that went by while it was not paused, milliseconds. */
  now(): number;
  pause(): void;
  resume(): void;
}

interface Timer {
  readonly dueAt: number;
  readonly wake: () => void;
  cancel: () => void;
}

export const createPausableClock = (underneath: Clock): PausableClock => {
  const clock = steady(underneath);
  const timers = new Set<Timer>();
  let before = 0;
  let since = clock.now();
  let isPaused = false;

  // The clock underneath may be set back.
  const now = () => before + (isPaused ? 0 : Math.max(0, clock.now() - since));
  const arm = (timer: Timer) => {
    timer.cancel = clock.schedule(Math.max(0, timer.dueAt - now()), () => {
      timers.delete(timer);
      timer.wake();
    });
  };
  return {
    now,
    schedule(delayMs, wake) {
      const timer: Timer = { dueAt: now() + delayMs, wake, cancel: () => {} };
      timers.add(timer);
      if (!isPaused) arm(timer);
      return () => {
        timers.delete(timer);
        timer.cancel();
      };
    },
    pause() {
      if (isPaused) return;
      before = now();
      isPaused = true;
      for (const timer of timers) timer.cancel();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      since = clock.now();
      for (const timer of timers) arm(timer);
    },
  };
};
