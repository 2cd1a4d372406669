import { Problem, throwIfAborted } from './problem.ts';

/** Time as a port: rules never read the system's. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls `wake` once, `delayMs` milliseconds from now; the returned function prevents it. */
  schedule(delayMs: number, wake: () => void): () => void;
}

/** RFC 3339 in UTC with milliseconds, as everywhere on the wire. */
export const timestamp = (ms: number): string => new Date(ms).toISOString();

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
