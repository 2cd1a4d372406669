import { validateMultiSchemaObject } from '@ts-rest/core';
import { z } from 'zod';
import type { Route } from './route.ts';

/**
 * The headers a route looks at, when it makes nothing of none of them: then what was sent is what it reads. Undefined
 * otherwise. The same for every request of a route, so it is found out once: most send none of them, and zod is slow.
 */
export const silentHeaders = (route: Route): readonly string[] | undefined => {
  const known = found.get(route);
  if (known !== undefined) return known.names;
  const { headers } = route.schema;
  const { value, error } = validateMultiSchemaObject({}, headers);
  const addsNothing = error === undefined && Object.keys(Object(value)).length === 0;
  const names = addsNothing ? namesIn(headers) : undefined;
  found.set(route, { names });
  return names;
};
const found = new WeakMap<Route, { readonly names: readonly string[] | undefined }>();

const namesIn = (headers: unknown): readonly string[] | undefined =>
  headers instanceof z.ZodObject ? Object.keys(headers.shape) : headers == null ? [] : undefined;
