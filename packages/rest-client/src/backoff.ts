import type { Clock } from '@agent-harbor/core';

/** How long to wait before trying again. */
export interface Backoff {
  /** The longest first wait in milliseconds; every further one may be twice as long. */
  readonly baseMs: number;
  /** No wait is longer than this, unless the server asks for it. */
  readonly maxMs: number;
}

/**
 * Exponential with full jitter: anything between now and the bound, so that clients a restart cut off together do not
 * come back together.
 */
export const jittered = (backoff: Backoff, attempt: number, random: () => number): number =>
  random() * Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt, 30));

/** Resolves after `ms`, or as soon as a signal fires: whoever waits looks at the signals afterwards. */
export const pause = (
  clock: Clock,
  ms: number,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      cancel();
      for (const signal of signals) signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(ms, done);
    for (const signal of signals) signal?.addEventListener('abort', done);
    if (signals.some((signal) => signal?.aborted)) done();
  });
