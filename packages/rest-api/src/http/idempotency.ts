import type { Harbor } from '@agent-harbor/core';
import { z } from 'zod';
import type { Caller } from './access/credentials.ts';
import type { AnyReply, Effect, JsonReply } from './call.ts';
import type { Route } from './route.ts';

/** A reply as it is kept for repetition. */
const StoredReply = z.object({
  status: z.number().int(),
  headers: z.record(z.string()).optional(),
  body: z.unknown(),
});

/** What makes a request repeatable. */
export interface Repeatable {
  readonly caller: Caller;
  readonly route: Route;
  /** The header as sent, quoted or bare. */
  readonly key: string;
  readonly path: string;
  readonly query: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly traceparent: string | undefined;
}

/**
 * Answers a request once per key, and with the first answer ever after. The handler's `effect` carries the reply into
 * the transaction of what it does.
 */
export const answerOnce = async (
  { idempotency }: Harbor,
  { caller, route, key, path, query, body, traceparent }: Repeatable,
  signal: AbortSignal,
  handle: (
    effect: <Result>(reply: (result: Result) => AnyReply) => Effect<Result>,
    answered?: unknown,
  ) => Promise<AnyReply>,
): Promise<AnyReply> => {
  const hash = await crypto.subtle.digest('SHA-256', body);
  const request = [path, query, btoa(String.fromCharCode(...new Uint8Array(hash)))];
  const { reply, replayed } = await idempotency.once<AnyReply>(
    { scope: `${caller.id} ${route.name}`, key: key.replace(/^"(.*)"$/, '$1'), request },
    (remember, commandId) =>
      handle((reply) => ({
        signal,
        by: caller.id,
        commandId,
        traceparent,
        alongside: (result) => remember(reply(result)),
      })),
    readStored,
  );
  if (!replayed) return reply;
  const first = asJson(reply);
  // An answer that goes on is not kept: it is read again from what the first request did.
  const again =
    route.policy.media[200]?.includes('text/event-stream') === true
      ? await handle(() => ({ signal, by: caller.id }), first.body)
      : first;
  const headers = 'headers' in again ? again.headers : undefined;
  return { ...again, headers: { ...headers, 'idempotency-replayed': 'true' } };
};

const readStored = (stored: unknown): JsonReply => {
  const { status, headers, body } = StoredReply.parse(stored);
  return { status, body, ...(headers === undefined ? {} : { headers }) };
};

const asJson = (reply: AnyReply): JsonReply => {
  if ('body' in reply) return reply;
  throw new Error('only a reply with a JSON body can be repeated');
};
