import { Problem, throwIfAborted } from './problem.ts';
import type { Scope } from './scope.ts';
import type { Change } from './store/store.ts';

/** What every call accepts. */
export interface CallOptions {
  /** Gives up waiting: the call rejects with `aborted`. What was durable by then stays. */
  readonly signal?: AbortSignal | undefined;
}

/** What every call that changes something accepts. */
export interface MutationOptions extends CallOptions {
  /** Makes the call repeatable: the same key and the same request happen once and give the same result for 24 h. */
  readonly idempotencyKey?: string | undefined;
}

/** What a caller inside the process may add: its scope, and rows to write in the same transaction as the effect. */
export interface LocalOptions<Result> extends CallOptions {
  readonly scope?: Scope | undefined;
  /** The rows, made from the result the call will have. */
  readonly alongside?: ((result: Result) => readonly Change[]) | undefined;
  /** Who calls, where an event names somebody; `local` when nobody says. */
  readonly by?: string | undefined;
  /** By which work outside the store knows this request again; every repetition of the request has the same. */
  readonly commandId?: string | undefined;
  /** The place of the caller in a trace, which what is launched belongs to. */
  readonly traceparent?: string | undefined;
}

/** Rejects with `aborted` as soon as the caller gives up waiting; the work itself goes on. */
export const untilAborted = <Result>(
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> =>
  new Promise((resolve, reject) => {
    throwIfAborted(signal);
    const abort = () => reject(new Problem('aborted', { cause: signal?.reason }));
    signal?.addEventListener('abort', abort, { once: true });
    const forget = () => signal?.removeEventListener('abort', abort);
    work().then(resolve, reject).finally(forget);
  });
