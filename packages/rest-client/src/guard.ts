import { Problem } from '@agent-harbor/core/problem/bare';
import type { Wire } from './wire.ts';

/**
 * Watches over a call or a connection: its signal breaks off what is under way when the caller gives up, the client
 * closes or the time set by `within` has passed. The reason of the signal is the `Problem` that tells which.
 */
export interface Guard {
  readonly signal: AbortSignal;
  end(problem?: Problem): void;
  /** The work ends unless this or `sleep` is called again within `ms`. */
  within(ms: number): void;
  /** As `promise`, but rejects as soon as the work ends. */
  race<Value>(promise: Promise<Value> | Value): Promise<Value>;
  /** Resolves after `ms`; rejects as soon as the work ends. */
  sleep(ms: number): Promise<void>;
  /** What a rejection under this guard means. */
  explain(error: unknown): Problem;
  release(): void;
}

export const createGuard = ({ base, clock, guards, closed }: Wire, outer: AbortSignal | undefined): Guard => {
  const controller = new AbortController();
  const { signal } = controller;
  let cancel: (() => void) | undefined;
  // Longer waits do not fit a timer, and would pass at once.
  const arm = (ms: number, then: () => void) => {
    cancel?.();
    cancel = ms < 2 ** 31 ? clock.schedule(ms, then) : undefined;
  };
  const lost = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  // Nobody may be waiting.
  lost.catch(() => undefined);
  const end = (problem?: Problem) => controller.abort(problem);
  const giveUp = () => end(new Problem('aborted', { status: 499, cause: outer?.reason }));
  const failed = (why: unknown, cause?: unknown) =>
    new Problem('connection-failed', { status: 503, detail: `No connection to ${base}: ${why}.`, cause });
  const guard: Guard = {
    signal,
    end,
    within: (ms) => arm(ms, () => end(failed(`nothing came for ${ms / 1000} s`))),
    race: (promise) => Promise.race([promise, lost]),
    sleep: (ms) => guard.race(new Promise((resolve) => arm(ms, resolve))),
    explain: (error) =>
      signal.reason ?? (error instanceof Problem ? error : failed(Object(error).message, error)),
    release() {
      cancel?.();
      guards.delete(guard);
      outer?.removeEventListener('abort', giveUp);
    },
  };
  guards.add(guard);
  outer?.addEventListener('abort', giveUp);
  if (closed) end(closed);
  if (outer?.aborted) giveUp();
  return guard;
};
