import type { Problem } from '@agent-harbor/core/problem/bare';

/** How long to wait before trying again. */
export interface Backoff {
  /** The longest first wait in milliseconds; every further one may be twice as long. */
  readonly baseMs: number;
  /** No wait is longer than this, unless the server asks for it. */
  readonly maxMs: number;
}

/**
 * Milliseconds to wait: what the server asked for, and on top anything up to a bound that doubles (full jitter), so
 * that clients a restart cut off together do not come back together.
 */
export const waitAfter = (
  problem: Problem | undefined,
  failures: number,
  { backoff, random }: { readonly backoff: Backoff; readonly random: () => number },
): number =>
  (problem?.retryAfterSeconds ?? 0) * 1000 +
  random() * Math.min(backoff.maxMs, backoff.baseMs * 2 ** failures);
