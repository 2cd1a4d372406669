import { fieldProblem } from '@agent-harbor/core';
import { isAppRouteNoBody } from '@ts-rest/core';
import type { Route } from '../route.ts';
import { type Body, emptyBody } from './read-body.ts';

/** Whether a route looks at a body at all. */
export const mayHaveBody = (route: Route): boolean => route.schema.method !== 'GET';

/** A route without a body takes none, or the empty object some clients always send: both are nothing. */
export const expectBody = (route: Route, body: Body): Body => {
  if (!('body' in route.schema) || !isAppRouteNoBody(route.schema.body)) return body;
  if (body.value !== undefined && !isEmptyObject(body.value)) {
    throw fieldProblem('body', 'this route takes no body; send none');
  }
  return emptyBody;
};

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
