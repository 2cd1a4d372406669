import { Problem, throwIfAborted } from './problem.ts';

/** Time as a port: rules never read the system's. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Milliseconds since some moment, which go by evenly whatever becomes of the time of day. Absent where `now` is so
   * by itself.
   */
  elapsed?(): number;
  /** Calls `wake` once, `delayMs` milliseconds from now; the returned function prevents it. */
  schedule(delayMs: number, wake: () => void): () => void;
}

/**
 * The clock for deadlines: its `now` is no time of day, and does not jump when somebody sets that. Whatever is told or
 * stored needs the clock itself.
 */
export const steady = (clock: Clock): Clock => ({
  now: () => clock.elapsed?.() ?? clock.now(),
  schedule: (delayMs, wake) => clock.schedule(delayMs, wake),
});

/** What was asked for last: events come in batches, and most of a batch happened in one millisecond. */
let latest = { ms: 0, text: new Date(0).toISOString() };

/** RFC 3339 in UTC with milliseconds, as everywhere on the wire. */
export const timestamp = (ms: number): string => {
  if (ms !== latest.ms) latest = { ms, text: new Date(ms).toISOString() };
  return latest.text;
};

/** Resolves after `ms` of the clock's time; rejects with `aborted` when the signal fires first. */
export const sleep = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    throwIfAborted(signal);
    const abort = () => {
      cancel();
      reject(new Problem('aborted', { cause: signal?.reason }));
    };
    const cancel = clock.schedule(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
