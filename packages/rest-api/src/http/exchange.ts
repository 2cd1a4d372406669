import { readTraceparent, type Span, traceparent } from '@agent-harbor/core';
import type { Preference } from './accept.ts';
import type { Caller } from './access/credentials.ts';
import type { Allowance } from './access/rate-limit.ts';
import type { Around } from './around.ts';
import { type Incoming, readHeaders } from './incoming.ts';
import type { Route } from './route.ts';

/** One request and what is known about it by now; problems, headers and the log line are made from it. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly startedAt: number;
  /** The path as sent, without the query, which may hold secrets. */
  readonly path: string;
  /** The `traceparent` of the caller; what cannot be read counts as nothing sent. */
  readonly parent: string | undefined;
  /** What the metrics gave when it began. */
  readonly counted: number;
  /** The request in its trace, once its route is known. */
  span: Span | undefined;
  isCounted: boolean;
  isReported: boolean;
  route: Route | undefined;
  caller: Caller | undefined;
  allowance: Allowance | undefined;
  cors: Readonly<Record<string, string>> | undefined;
}

/** A request that may be answered: its route is known and its caller may call it. */
export interface Entered {
  readonly exchange: Exchange;
  readonly route: Route;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly queryText: string;
  readonly accept: (mediaType: string) => Preference;
  /** What is played around the answer; nearly always nothing. */
  readonly around?: Around | undefined;
}

export const beginExchange = (
  incoming: Incoming,
  requestId: (sent: string | undefined) => string,
  now: number,
  counted: number,
): Exchange => {
  const headers = readHeaders(incoming.headers);
  const trace = readTraceparent(headers.traceparent);
  return {
    incoming,
    headers,
    requestId: requestId(headers['x-request-id']),
    startedAt: now,
    parent: trace && traceparent(trace),
    counted,
    path: pathOf(incoming.target),
    // All of it from the beginning: an exchange that grows is laid out anew at each step.
    span: undefined,
    isCounted: false,
    isReported: false,
    route: undefined,
    caller: undefined,
    allowance: undefined,
    cors: undefined,
  };
};

const pathOf = (target: string): string => {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
};
