import type { ProblemCode } from '@agent-harbor/api-contract/problem';
import { fieldProblem, Problem } from '@agent-harbor/core/problem/bare';
import { ulid } from '../ulid.ts';
import type { Wire } from '../wire.ts';
import type { RouteName } from './contract.ts';
import { table } from './table.ts';

/** Which request something is about. Holds no secret: neither headers nor the query, nor any body. */
export interface About {
  readonly route: RouteName;
  readonly method: string;
  /** The path below the base, without its query. */
  readonly path: string;
}

/** One call, as far as it is the same for every attempt. */
export interface RouteRequest {
  readonly about: About;
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  /** How long the answer may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Whether the answer is handed out as it comes. */
  readonly givesBytes: boolean;
}

const entries: Readonly<Record<string, Readonly<Record<string, string>>>> = table;

/** The options that are sent as a header. */
const headerNames: Readonly<Record<string, string>> = {
  after: 'last-event-id',
  idempotencyKey: 'idempotency-key',
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
};

/**
 * The request of a route called with `input`: the parameters of its path, its body if it takes one, then options in as
 * many parts as there are. A POST that brings no idempotency key is given one. Throws a `Problem` for what cannot be
 * sent.
 */
export const requestOf = (
  { clock, timeouts, timeoutMs: usual }: Wire,
  route: RouteName,
  input: readonly unknown[],
): RouteRequest => {
  const [group = '', leaf = ''] = route.split('.');
  const [method = '', place = '', kind, more] = entries[group]?.[leaf]?.split(' ') ?? [];
  const rest = [...input];
  const path = place.replace(/:(\w+)|\*/g, (_, noun) => (noun ? segment(noun, rest.shift()) : leaf));
  const body = kind === '{}' ? encode(rest.shift()) : undefined;
  const { signal, timeoutMs = timeouts?.[route] ?? usual, ...options } = Object.assign({}, ...rest);
  if (method === 'POST') options.idempotencyKey ??= ulid(clock.now());
  const headers: Record<string, string> = { accept: kind === 'bytes' ? '*/*' : 'application/json' };
  if (body) headers['content-type'] = 'application/json';
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries<string | undefined>(options)) {
    // Of a list it is a place in the list.
    const header = name === 'after' && (more ?? kind) !== 'sse' ? undefined : headerNames[name];
    if (value === undefined) continue;
    if (header) headers[header] = visible(name, value);
    // A list is joined by commas, but labels are repeated, as they may hold commas.
    else for (const item of name === 'label' ? [value].flat() : [value]) query.append(name, `${item}`);
  }
  return {
    about: { route, method, path: path.startsWith('/') ? path : `/api/v1/${path}` },
    query: query.size ? `?${query}` : '',
    headers,
    body,
    timeoutMs,
    signal,
    givesBytes: kind === 'bytes',
  };
};

/** A text that ends up in a header; throws `invalid-request` where it could not be sent, and never repeats it. */
export const visible = (name: string, text: string): string => {
  if (/^[!-~]+$/.test(text) && (name !== 'after' || text.length < 129)) return text;
  throw fieldProblem(name, 'must be visible ASCII');
};

/**
 * A value that cannot be addressed by a path names nothing: dot segments would be resolved away, an empty one would
 * reach another route.
 */
const segment = (noun: string, value: unknown): string => {
  const text = `${value}`;
  if (!/^\.{0,2}$/.test(text) && text.isWellFormed()) return encodeURIComponent(text);
  // Whoever generates the table sees to it that there is such a code.
  throw new Problem(`${noun}-not-found` as ProblemCode, { status: 404 });
};

const encode = (body: unknown): string | undefined => {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw fieldProblem('body', `${error}`);
  }
};
