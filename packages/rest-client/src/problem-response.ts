import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { Problem, problemFrom } from '@agent-harbor/core/problem/bare';
import type { RouteRequest } from './routes/request.ts';
import type { Answer } from './transport.ts';
import type { Wire } from './wire.ts';

/**
 * The problem an unsuccessful answer stands for, also where a proxy wrote it, and whether the server itself says so.
 */
export const refusalOf = async (
  { base, clock, secret = '' }: Wire,
  { about: { method, path } }: RouteRequest,
  answer: Answer,
): Promise<readonly [problem: Problem, isOurs: boolean]> => {
  const { status, headers } = answer;
  const text = await answer.text();
  // A server or a proxy may repeat what it was sent. A shorter secret is a word of a test, and part of many others.
  const isSafe = !secret[7] || !text.includes(secret);
  // Seconds, or a date.
  const asked = headers.get('retry-after') ?? '';
  const seconds = Number(asked) || (Date.parse(asked) - clock.now()) / 1000;
  const retryAfterSeconds = seconds > 0 ? seconds : undefined;
  try {
    const document = JSON.parse(text);
    if (document.code && isSafe)
      return [problemFrom({ detail: document.code, ...document }, retryAfterSeconds), true];
  } catch {
    // The page of a proxy.
  }
  // A browser hides a redirect that is not followed behind status 0.
  const detail = `${method} ${base}${path} was answered by something else: ${status || 'a redirect'}.`;
  return [new Problem(codeOf(status), { status, detail, retryAfterSeconds }), false];
};

/** The server does not do what the contract says. */
export const broken = (): Problem =>
  new Problem('internal', { detail: 'The server sent what cannot be read.' });

/** What a bare status most likely means. */
const codeOf = (status: number): ProblemCode => {
  if (status === 401) return 'unauthorized';
  if (status === 404) return 'route-not-found';
  if (status === 429) return 'rate-limited';
  return status > 501 && status < 505 ? 'not-ready' : 'internal';
};
