import type { RateLimiter } from './access/rate-limit.ts';
import { addressKey } from './access/rate-limit.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';

/** Nothing this server sends may run or be framed, unless its own headers say otherwise. */
const locked = "default-src 'none'; frame-ancestors 'none'";

/** The answer with what every answer carries. What it says itself goes before. */
export const conclude = (exchange: Exchange, answer: Answer, limiter: RateLimiter, now: number): Answer => {
  exchange.allowance ??= limiter.take(addressKey(exchange.incoming.address));
  const { remaining, resetSeconds } = exchange.allowance;
  return {
    ...answer,
    headers: {
      'cache-control': 'no-store',
      'content-security-policy': locked,
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-request-id': exchange.requestId,
      'ratelimit-policy': limiter.policy,
      ratelimit: `"default";r=${remaining};t=${resetSeconds}`,
      date: new Date(now).toUTCString(),
      ...exchange.cors,
      ...answer.headers,
      ...varying(exchange.cors?.vary, answer.headers.vary),
    },
  };
};

/** What the answer depends on: who asks from where, and what it says itself. */
const varying = (...names: (string | undefined)[]): { readonly vary?: string } => {
  const all = names.filter((name) => name !== undefined);
  return all.length === 0 ? {} : { vary: all.join(', ') };
};
