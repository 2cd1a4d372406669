import type { LocalOptions, MutationOptions } from '../call.ts';
import type { Idempotency } from '../idempotency.ts';
import type { Scope } from '../scope.ts';
import type { Change, Store } from '../store/store.ts';

/** How a call is to be made: who makes it, and what goes into the transaction of its effect. */
export interface Calling<Result> {
  readonly signal: AbortSignal | undefined;
  readonly alongside: (result: Result) => readonly Change[];
  readonly by: string;
  /** The name of the request for work outside the store; undefined when it cannot be repeated. */
  readonly commandId: string | undefined;
}

/** Makes a call: once for all that bring the same key. */
export type Once = <Result>(
  route: string,
  request: unknown,
  options: MutationOptions & LocalOptions<Result>,
  work: (calling: Calling<Result>) => Promise<Result>,
  read: (stored: unknown) => Result,
) => Promise<Result>;

/** A call with a key of its own happens once; a caller that brings `alongside` has claimed the key already. */
export const createOnce =
  (idempotency: Idempotency, scope: Scope): Once =>
  async (route, request, options, work, read) => {
    const { signal, by = 'local', idempotencyKey: key, commandId } = options;
    if (key === undefined || options.alongside !== undefined)
      return work({ signal, by, commandId, alongside: options.alongside ?? (() => []) });
    const claim = {
      scope: `local ${scope.tenantId ?? ''} ${route}`,
      key,
      request,
      twin: 'waits',
      signal,
    } as const;
    const { reply } = await idempotency.once(
      claim,
      (alongside, named) => work({ signal, by, alongside, commandId: named }),
      read,
    );
    return reply;
  };

/** Stores the reply to a call whose effect is outside the store, and has happened. */
export const remember = async <Result>(
  store: Store,
  calling: Calling<Result>,
  result: Result,
): Promise<void> => {
  const rows = calling.alongside(result);
  if (rows.length > 0) await store.commit(rows, { isUrgent: true });
};
