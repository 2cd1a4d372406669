import { validateIfSchema, validateMultiSchemaObject } from '@ts-rest/core';
import { z } from 'zod';
import type { Route } from './route.ts';

/** What the contract makes of a request that leaves out all it may leave out. */
export interface Unsaid {
  /** An empty query, read; undefined where something must be asked for. */
  readonly query: { readonly value: unknown } | undefined;
  /** The headers the route looks at, when it makes nothing of none of them: then what was sent is what it reads. */
  readonly headers: readonly string[] | undefined;
}

/** The same for every such request of a route, so it is found out once: most requests are such, and zod is slow. */
export const unsaidOf = (route: Route): Unsaid => {
  const known = found.get(route);
  if (known !== undefined) return known;
  const fresh = findUnsaid(route);
  found.set(route, fresh);
  return fresh;
};
const found = new WeakMap<Route, Unsaid>();

const findUnsaid = ({ schema }: Route): Unsaid => {
  const query = validateIfSchema({}, schema.query);
  const headers = validateMultiSchemaObject({}, schema.headers);
  const addsNothing = headers.error === undefined && Object.keys(Object(headers.value)).length === 0;
  return {
    // Whoever is handed it shares it with all others.
    query: query.error === undefined ? { value: Object.freeze(query.value) } : undefined,
    headers: addsNothing ? headerNames(schema.headers) : undefined,
  };
};

const headerNames = (headers: unknown): readonly string[] | undefined =>
  headers instanceof z.ZodObject ? Object.keys(headers.shape) : headers == null ? [] : undefined;
