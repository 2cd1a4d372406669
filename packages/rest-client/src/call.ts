import type { CallOptions } from '@agent-harbor/core';
import { fieldProblem, Problem } from '@agent-harbor/core/problem';
import { type Backoff, jittered, pause } from './backoff.ts';
import { problemOf } from './problem-response.ts';
import { type QueryValues, queryString } from './query.ts';
import type { ReplyBody, ReplyReader } from './replies.ts';
import { type PathParams, pathOf, type RouteName, routes } from './routes.ts';
import type { TransportResponse } from './transport.ts';
import { ulid } from './ulid.ts';
import { createGuard, type Wire } from './wire.ts';

/** What one call sends beside its route. */
interface CallInput {
  readonly params?: PathParams | undefined;
  readonly query?: QueryValues | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly options?: (CallOptions & { readonly idempotencyKey?: string | undefined }) | undefined;
}

/** A successful answer. */
interface Reply<Name extends RouteName> {
  readonly status: number;
  readonly body: ReplyBody<Name>;
  readonly etag: string | undefined;
}

export interface CallPolicy {
  /** How long a call may take with all its repetitions, in milliseconds. */
  readonly timeoutMs: number;
  /** How often a request is sent at most, where repeating it is safe. */
  readonly attempts: number;
  readonly backoff: Backoff;
}

export type Caller = <Name extends RouteName>(route: Name, input?: CallInput) => Promise<Reply<Name>>;

/** A server that cannot be reached or asks for patience: the same request may well succeed a little later. */
const passing: ReadonlySet<number> = new Set([429, 503]);

/**
 * Calls a route: sends, repeats what may be repeated, reads the answer. Every failure is a rejection with a `Problem`.
 * Repeated are GET, and POST by its idempotency key, which is made here when the caller brought none.
 */
export const createCaller =
  (wire: Wire, policy: CallPolicy, reader: ReplyReader): Caller =>
  async (route, input = {}) => {
    const { signal, idempotencyKey } = input.options ?? {};
    const method = routes[route][0];
    const key = method === 'POST' ? (idempotencyKey ?? ulid(wire.clock.now())) : undefined;
    const path = pathOf(route, input.params) + queryString(input.query ?? {});
    const body = encode(input.body);
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': checkKey(key) }),
      ...input.headers,
    };
    const repeatable = method === 'GET' || key !== undefined;
    const guard = createGuard(wire, signal);
    const deadline = wire.clock.now() + policy.timeoutMs;
    guard.within(policy.timeoutMs);

    const once = async (): Promise<Reply<typeof route> | Problem> => {
      const response = await wire.send({ method, path, headers, body, signal: guard.signal });
      if (response.status < 200 || response.status >= 300) {
        return problemOf(response, `${method} ${wire.base}${path}`, wire.clock.now());
      }
      const value = await decode(route, response);
      return {
        status: response.status,
        body: reader.reply(route, response.status, value),
        etag: response.header('etag'),
      };
    };

    try {
      for (let attempt = 0; ; attempt += 1) {
        if (guard.signal.aborted) throw guard.explain(undefined);
        const outcome = await once().catch((error: unknown) => guard.explain(error));
        if (!(outcome instanceof Problem)) return outcome;
        const wait = repeatable ? waitBefore(outcome, attempt, policy, wire.random) : undefined;
        if (wait === undefined || wire.clock.now() + wait >= deadline) throw outcome;
        await pause(wire.clock, wait, guard.signal);
      }
    } finally {
      guard.release();
    }
  };

/** Milliseconds to wait before the request is sent again; undefined when that would not help. */
const waitBefore = (problem: Problem, attempt: number, policy: CallPolicy, random: () => number) => {
  const jitter = jittered(policy.backoff, attempt, random);
  const asked = (problem.retryAfterSeconds ?? 0) * 1000;
  // The twin that is still running has the answer: worth waiting for as long as there is time.
  if (problem.code === 'idempotency-in-progress') return asked + jitter;
  // Why it is not ready is what was asked for.
  if (reasonsOf(problem) !== undefined) return undefined;
  if (!passing.has(problem.status) || attempt + 1 >= policy.attempts) return undefined;
  return asked + jitter;
};

/** Why the server cannot do its work now, as only `/readyz` tells; undefined for any other failure. */
export const reasonsOf = (error: unknown): readonly string[] | undefined =>
  error instanceof Problem && error.code === 'not-ready' ? error.errors?.reasons : undefined;

const decode = async (route: RouteName, response: TransportResponse): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Problem('internal', { detail: `The answer to ${route} is not JSON.`, cause });
  }
};

const encode = (body: unknown): string | undefined => {
  if (body === undefined) return undefined;
  try {
    return JSON.stringify(body);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fieldProblem('body', `cannot be sent as JSON: ${reason}`);
  }
};

const checkKey = (key: string): string => {
  if (/^(?:"[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255})$/.test(key)) return key;
  throw fieldProblem('idempotency-key', 'must be 1–255 visible ASCII characters');
};
