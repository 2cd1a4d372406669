import type { Clock } from '@agent-harbor/core';

/** A session's own time: that of the clock, but for the time it was paused. */
export interface Stopwatch {
  /** Milliseconds since it was made, without pauses. */
  elapsed(): number;
  /** Calls `wake` once, when `delayMs` more have elapsed; the returned function prevents it. */
  schedule(delayMs: number, wake: () => void): () => void;
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
}

export const createStopwatch = (clock: Clock): Stopwatch => {
  const waiting = new Set<{ readonly dueMs: number; readonly wake: () => void; cancel: () => void }>();
  let startedAt = clock.now();
  let pausedAt: number | undefined;

  const elapsed = () => (pausedAt ?? clock.now()) - startedAt;
  const arm = (waiter: { readonly dueMs: number; readonly wake: () => void; cancel: () => void }): void => {
    // Timers count whole milliseconds; one that came early would find nothing due.
    waiter.cancel = clock.schedule(Math.max(0, Math.ceil(waiter.dueMs - elapsed())), () => {
      waiting.delete(waiter);
      waiter.wake();
    });
  };

  return {
    elapsed,
    schedule(delayMs, wake) {
      const waiter = { dueMs: elapsed() + delayMs, wake, cancel: () => {} };
      waiting.add(waiter);
      if (pausedAt === undefined) arm(waiter);
      return () => {
        waiting.delete(waiter);
        waiter.cancel();
      };
    },
    pause() {
      if (pausedAt !== undefined) return;
      pausedAt = clock.now();
      for (const { cancel } of waiting) cancel();
    },
    resume() {
      if (pausedAt === undefined) return;
      startedAt += clock.now() - pausedAt;
      pausedAt = undefined;
      for (const waiter of waiting) arm(waiter);
    },
    get isPaused() {
      return pausedAt !== undefined;
    },
  };
};
