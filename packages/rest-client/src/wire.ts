import type { Clock } from '@agent-harbor/core';
import type { Problem } from '@agent-harbor/core/problem/bare';
import type { Backoff } from './backoff.ts';
import type { Authorization, Authorizer } from './credential.ts';
import type { Guard } from './guard.ts';
import type { Log } from './log.ts';
import type { ReplyReader } from './replies.ts';
import type { RouteName } from './routes/contract.ts';
import type { About, RouteRequest } from './routes/request.ts';
import type { Flatten } from './stream/event-stream.ts';
import type { Answer, Transport } from './transport.ts';

/** Headers of the program's own for a request, as `traceparent`; asked anew for every attempt. */
export type OwnHeaders = (request: About) => Readonly<Record<string, string>> | undefined;

/** What every call and every stream of one client works with. */
export interface Wire {
  /** Where the server is. */
  readonly base: string;
  readonly fetch: Transport;
  readonly flatten: Flatten;
  readonly authorize: Authorizer;
  readonly clock: Clock;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  readonly reader: ReplyReader;
  readonly log?: Log | undefined;
  readonly headers?: OwnHeaders | undefined;
  /** How long an answer may take in milliseconds: usually, and that of single routes. */
  readonly timeoutMs: number;
  readonly timeouts?: Readonly<Partial<Record<RouteName, number>>> | undefined;
  /** How often a request is sent at most, where repeating it is safe. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** After how many milliseconds without a byte a stream counts as dead; heartbeats come every 15 s. */
  readonly streamIdleMs: number;
  /** What is under way. */
  readonly guards: Set<Guard>;
  /** Why no more work is taken. */
  closed?: Problem | undefined;
  /** The credential that was sent last, which no error may repeat. */
  secret?: string | undefined;
}

/** Sends with the client's credential, renewed once when it is refused. Rejects as the transport does. */
export const send = async (
  wire: Wire,
  { about, query, headers, body }: RouteRequest,
  { signal, race }: Guard,
): Promise<Answer> => {
  const { base, fetch, authorize, clock, log, headers: own } = wire;
  const attempt = async (authorization: Authorization) => {
    wire.secret = authorization?.split(' ')[1];
    const sentAt = clock.now();
    log?.({ kind: 'request', ...about });
    const answer = await fetch(base + about.path + query, {
      ...about,
      headers: { ...own?.(about), ...headers, ...(authorization && { authorization }) },
      body,
      signal,
      redirect: 'manual',
      cache: 'no-store',
    });
    const { status } = answer;
    const requestId = answer.headers.get('x-request-id');
    log?.({ kind: 'response', ...about, status, durationMs: clock.now() - sentAt, requestId });
    return answer;
  };
  const first = await race(authorize());
  const answer = await attempt(first);
  const other = answer.status === 401 ? await race(authorize([first])) : first;
  return other === first ? answer : attempt(other);
};
