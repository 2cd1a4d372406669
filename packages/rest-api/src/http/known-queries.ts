import type { Route } from './route.ts';

/** A part of a request as ts-rest read it. */
export interface Read {
  readonly value?: unknown;
  readonly error?: unknown;
}

/** So many queries of a route are remembered, none longer than that. */
const keptQueries = 50;
const longestKept = 256;

const known = new WeakMap<Route, Map<string, Read>>();

/**
 * What a route reads a query as, by its text: callers ask the same again and again, mostly nothing, and zod is slow. Whoever
 * is given it shares it with others, so it cannot be changed.
 */
export const readOnce = (route: Route, query: string, read: () => Read): Read => {
  let queries = known.get(route);
  if (queries === undefined) {
    queries = new Map();
    known.set(route, queries);
  }
  const before = queries.get(query);
  if (before !== undefined) return before;
  const fresh = read();
  if (fresh.error !== undefined || query.length > longestKept) return fresh;
  if (queries.size >= keptQueries) queries.clear();
  freeze(fresh.value);
  queries.set(query, fresh);
  return fresh;
};

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) freeze(member);
  Object.freeze(value);
};
