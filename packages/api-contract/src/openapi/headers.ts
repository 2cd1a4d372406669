import type { AppRoute } from '@ts-rest/core';
import type { HeaderObject, HeadersObject } from 'openapi3-ts/oas31';
import type { Policy } from '../policy.ts';

const text = (description: string): HeaderObject => ({ description, schema: { type: 'string' } });

/** The headers of answers, by the name the document keeps them under. */
export const headers: Readonly<Record<string, HeaderObject>> = {
  RequestId: text(
    'The id of the request, as sent in X-Request-Id or made here; it is in every log line too.',
  ),
  RateLimit: text('What is left of the quota, and the seconds until it is whole again.'),
  RateLimitPolicy: text('The quota and its window in seconds.'),
  RetryAfter: {
    description: 'Seconds to wait before asking again.',
    schema: { type: 'integer', minimum: 0 },
  },
  ETag: text('The version of what was read, for If-None-Match and If-Match.'),
  Allow: text('The methods this path has.'),
  Authenticate: text('How to authenticate.'),
  IdempotencyReplayed: {
    description: 'There when this is the stored answer to an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
};

const refer = (name: string) => ({ $ref: `#/components/headers/${name}` });

const onEveryAnswer: HeadersObject = {
  'X-Request-Id': refer('RequestId'),
  RateLimit: refer('RateLimit'),
  'RateLimit-Policy': refer('RateLimitPolicy'),
};

/** Problems that pass with time say when. */
const retried: ReadonlySet<number> = new Set([409, 429, 503, 507]);

/** The headers of an answer with this status; without a route, of a problem. */
export const headersOf = (status: number, route?: AppRoute, policy?: Policy): { headers: HeadersObject } => {
  const isTagged = route !== undefined && (route.responses[304] ?? route.responses[412]) !== undefined;
  return {
    headers: {
      ...onEveryAnswer,
      ...(isTagged && (status === 200 || status === 304) && { ETag: refer('ETag') }),
      ...(policy?.idempotent === true &&
        status < 300 && { 'Idempotency-Replayed': refer('IdempotencyReplayed') }),
      ...(route === undefined && status === 401 && { 'WWW-Authenticate': refer('Authenticate') }),
      ...(route === undefined && status === 405 && { Allow: refer('Allow') }),
      ...(route === undefined && retried.has(status) && { 'Retry-After': refer('RetryAfter') }),
    },
  };
};
