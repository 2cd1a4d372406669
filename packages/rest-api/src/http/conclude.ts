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
  const headers: Record<string, string> = {
    'cache-control': 'no-store',
    'content-security-policy': locked,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-request-id': exchange.requestId,
    'ratelimit-policy': limiter.policy,
    ratelimit: `"default";r=${remaining};t=${resetSeconds}`,
    date: dateOf(now),
  };
  for (const name in exchange.cors) headers[name] = exchange.cors[name] ?? '';
  const vary = headers.vary;
  for (const name in answer.headers) headers[name] = answer.headers[name] ?? '';
  // What the answer depends on: who asks from where, and what it says itself.
  if (vary !== undefined && answer.headers.vary !== undefined)
    headers.vary = `${vary}, ${answer.headers.vary}`;
  return { status: answer.status, headers, payload: answer.payload };
};

let written = { second: Number.NaN, text: '' };

/** The time as HTTP writes it, which is the same for all answers of one second. */
const dateOf = (now: number): string => {
  const second = Math.floor(now / 1000);
  if (second !== written.second) written = { second, text: new Date(now).toUTCString() };
  return written.text;
};
